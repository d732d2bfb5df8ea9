"""Template sets for the benchmarks, generated once and kept below the build directory."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from integration.processes import generator_command
from telemetry_common.signals import Signal

_SIZES: dict[str, dict[str, str | int]] = {
    # 15,000 spans, which are rendered as text within half a second.
    "small": {"traces.count": 1000},
    # 150,000 events of each signal.
    "medium": {
        "traces.count": 10_000,
        "metrics.metric_count": 500,
        "metrics.timeseries_per_metric": "{min: 200, max: 400, default: 300}",
        "logs.count": 150_000,
    },
    # At least 500 MB of traces.
    "large": {"traces.count": 90_000},
}


@dataclass(frozen=True, slots=True)
class BenchSets:
    """Generates sets into `folder` on demand."""

    folder: Path

    def medium(self, *signals: Signal) -> dict[Signal, Path]:
        """Return template files of about 150,000 events each."""
        return self._files("medium", signals)

    def small(self) -> dict[Signal, Path]:
        """Return a traces template of about 15,000 spans."""
        return self._files("small", (Signal.TRACES,))

    def large(self) -> dict[Signal, Path]:
        """Return a traces template of at least 500 MB."""
        return self._files("large", (Signal.TRACES,))

    def _files(self, size: str, signals: tuple[Signal, ...]) -> dict[Signal, Path]:
        folder = self.folder / size
        if not (folder / "bench-metadata.yaml").exists():
            self._generate(size, folder)
        return {signal: folder / f"bench-{signal}.pb" for signal in signals}

    def _generate(self, size: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "generator.yaml"
        config.write_text("output: {prefix: bench}\n")
        settings = [f"--set={key}={value}" for key, value in _SIZES[size].items()]
        command = generator_command("--config", config, "--output-dir", folder, *settings)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
