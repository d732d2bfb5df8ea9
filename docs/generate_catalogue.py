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

The metrics that come with the generator: {names} names. A set has those that something in its
system reports: no `jvm.*` without a service in Java.

## Which metrics a set has

```yaml
metrics:
  metric_count: 500                 # absent: all that are selected
  families: [http, jvm, container]  # the headings below; absent: all
  include: ["http.server.*", "jvm.*", "container.cpu.*"]
  exclude: ["*.body.size"]
  style: collector                  # where a name has two definitions; semconv unless set
```

`metric_count` makes a choice at random, by the seed; a larger one keeps the metrics and series of
a smaller one. More than are selected are made up as application metrics, called `app.…`.

## Metrics of your own

They are always in the set. The same list may stand in files of its own, under the key `metrics`;
`metrics.catalogues` names them, relative to the working directory.

```yaml
metrics:
  custom:
    - name: shop.checkout.duration
      description: How long a checkout takes.
      unit: s
      instrument: histogram      # gauge, counter, updown, histogram, exponential_histogram, summary
      number: double             # or int
      range: [0.05, 0.8]         # from idle to busy; of a counter per second, here the median
      driver: latency            # what moves it: load, memory, disk, traffic, latency, errors,
                                 # uptime, noise, constant
      rate: 2.5                  # measurements a second of each series, at full traffic
      bounds: [0.1, 0.25, 0.5, 1, 2.5]
      attributes:
        shop.step: [address, payment, confirm]
        shop.attempt: 1..3
      reported_by: http_server   # service, a make of services, host, node, pod, container, …
      temporality: delta
      series: 240
  overrides:                     # the same for metrics of the catalogue
    - metrics: ["db.*"]
      series: 1000
      exponential: true
```

Only `name` is required. A name that is taken, an unknown key or a value that does not fit is an
error that names file and line.

## How many series

`timeseries_per_metric` or `series` says how many. They are shared out among those who report the
metric, evenly, and no two have the same resource and attributes. When the attributes below have no
combination left, one more tells the series apart: `app.tenant` of services, `app.shard` of machines
and workloads.

```yaml
metrics:
  timeseries_per_metric: {{min: 100, default: 300, max: 500}}
  explosion:                     # some metrics get an attribute that differs in every series
    metrics: [http.server.request.duration]
    attribute: user.id
    series: 100000
  churn:                         # some series end, and others take their places
    percentage: 20
    generations: 4               # parts of the horizon; each has new ids
    attribute: k8s.pod.uid
```

## The catalogue

*Source* says whose style a metric keeps: the OpenTelemetry semantic conventions 1.44 (`semconv`),
a receiver of the OpenTelemetry Collector or its own telemetry (`collector`), a Prometheus client
library (`prometheus`), or made up (`application`). Attributes in **bold** are those that the
conventions require.
"""


def page() -> str:
    """Return the text of the page."""
    introduction = _INTRODUCTION.format(names=len(catalogue_names()))
    return "\n".join([introduction, *(line for family in Family for line in _section(family))])


def _section(family: Family) -> Iterator[str]:
    yield f"### {family.value}\n"
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
