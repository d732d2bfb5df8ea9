"""Writes `catalogue.md`, the list of all metrics that come with the generator, from its data.

A test runs it with `--check`, so the page cannot differ from what is generated.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from telemetry_generator.metrics.cardinality import attribute_keys
from telemetry_generator.metrics.catalogue import (
    catalogue_names,
    load_catalogue,
    required_attributes,
)
from telemetry_generator.metrics.definition import Family, MetricDefinition

PAGE = Path(__file__).parent / "catalogue.md"

_INTRODUCTION = """\
# Metric catalogue

<!-- Written by docs/generate_catalogue.py; `make docs` writes it again. -->

The metrics that come with the generator: {names} names. `metrics.families`, `metrics.include` and
`metrics.exclude` select among them, and metrics of your own stand beside them, as
[metrics](metrics.md) explains. A set has those that something in its system reports: no `jvm.*`
without a service in Java.

*Source* says whose style a metric keeps: the OpenTelemetry semantic conventions 1.44 (`semconv`),
a receiver of the OpenTelemetry Collector or its own telemetry (`collector`), a Prometheus client
library (`prometheus`), or made up (`application`). Where a name has two, `metrics.style` decides
which is taken. Attributes in **bold** are those that the conventions require.
"""


def page() -> str:
    """Return the text of the page."""
    introduction = _INTRODUCTION.format(names=len(catalogue_names()))
    return "\n".join([introduction, *(line for family in Family for line in _section(family))])


def _section(family: Family) -> Iterator[str]:
    yield f"## {family.value}\n"
    yield "| name | source | instrument | unit | reported by | attributes | meaning |"
    yield "|---|---|---|---|---|---|---|"
    for metric in load_catalogue():
        if metric.family is family:
            yield f"| {' | '.join(_cells(metric))} |"
    yield ""


def _cells(metric: MetricDefinition) -> tuple[str, ...]:
    required = required_attributes()[metric.name, metric.source]
    keys = (
        f"**`{key}`**" if key in required else f"`{key}`" for key in sorted(attribute_keys(metric))
    )
    number = "int" if metric.is_int else "double"
    return (
        f"`{metric.name}`",
        metric.source,
        f"{metric.instrument.value.replace('_', ' ')}, {number}",
        f"`{metric.unit}`" if metric.unit else "",
        metric.reporter.value.replace("_", " "),
        ", ".join(keys),
        metric.description,
    )


def main(arguments: Sequence[str]) -> None:
    """Write the page; with `--check`, only fail when it is out of date."""
    text = page()
    if PAGE.exists() and PAGE.read_text() == text:
        return
    if "--check" in arguments:
        sys.exit(f"error: out of date: {PAGE}; run `make docs`")
    PAGE.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
