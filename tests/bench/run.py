"""`make bench`: measures, writes build/bench.json, and prints a table.

Machines are shared and noisy, so what counts are ratios, and all figures of a ratio come from one
run in which the two sides take turns. What was seen is recorded in README.md beside this file.
"""

import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.measure_collector import measure_collectors
from bench.measure_files import measure_files
from bench.measure_generate import measure_generate
from bench.measure_http import measure_http
from bench.measure_load import measure_load
from bench.measure_memory import measure_memory
from bench.measure_pace import measure_pace
from bench.measure_processes import measure_processes
from bench.measure_receiver import measure_receiver
from bench.measure_stamp import measure_stamp
from bench.measure_text import measure_text
from bench.measure_transport import measure_transport
from bench.sets import BenchSets

Figures = dict[str, float]

SECTIONS: dict[str, Callable[[BenchSets], Figures]] = {
    "stamp": measure_stamp,
    "text": measure_text,
    "files": measure_files,
    "grpc": measure_transport,
    "http": measure_http,
    "collector": measure_collectors,
    "load": measure_load,
    "receiver": measure_receiver,
    "processes": measure_processes,
    "pace": measure_pace,
    "memory": measure_memory,
    "generate": measure_generate,
}


@click.command()
@click.option(
    "--only", type=click.Choice(list(SECTIONS)), multiple=True, help="Measure these sections only."
)
@click.option(
    "--build", type=click.Path(path_type=Path), default=Path("build"), show_default=True,
    help="Where template sets are kept and bench.json is written.",
)  # fmt: skip
def main(only: tuple[str, ...], build: Path) -> None:
    """Measure the speed of Stampede on this machine."""
    sets = BenchSets(build / "bench")
    figures: Figures = {}
    build.mkdir(parents=True, exist_ok=True)
    for name in only or SECTIONS:
        click.echo(f"measuring {name} …", err=True)
        figures |= SECTIONS[name](sets)
    result = {"machine": _machine(), "figures": figures}
    (build / "bench.json").write_text(json.dumps(result, indent=2) + "\n")
    Console().print(_table(figures))


def _machine() -> dict[str, str | int | None]:
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
    }


def _table(figures: Figures) -> Table:
    table = Table(title="build/bench.json", show_edge=False)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}")
    return table


if __name__ == "__main__":
    main()
