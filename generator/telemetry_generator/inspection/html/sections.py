"""The sections of the page, each made of one part of an inspection."""

import sys
from collections.abc import Iterator, Mapping

from telemetry_common.markup import Markup, element, together
from telemetry_common.units import format_duration, format_size
from telemetry_generator.inspection.html.charts import bars, columns
from telemetry_generator.inspection.html.colours import hue_style
from telemetry_generator.inspection.html.graph import MOST_NODES, graph
from telemetry_generator.inspection.html.tables import Cell, Row, table
from telemetry_generator.inspection.html.waterfall import waterfall
from telemetry_generator.inspection.model import (
    Call,
    Inspection,
    KeyFacts,
    LogFacts,
    LogSample,
    MetricFacts,
    MetricsFacts,
    Node,
    NodeKind,
    ProfileFacts,
    SetFacts,
    TraceFacts,
)
from telemetry_generator.inspection.words import brief, count, distinct, duration, share

_MOST_KEYS = 300
_OPEN_TRACES = 2
_BAD, _WARN = 0.05, 0.02
_NODE_HEADER = (
    "name", "kind", "spans", "requests", "from outside", "errors", "p50", "p90", "p99"
)  # fmt: skip
_CALL_HEADER = ("caller", "callee", "calls", "errors", "p50", "p90", "p99")

Hues = Mapping[str, float]


def section(name: str, title: str, *parts: str) -> Markup:
    """Return a section that the navigation leads to."""
    return element("section", element("h2", title), *parts, id=name)


def services(inspection: Inspection, hues: Hues) -> Markup:
    """Return the service graph, and all nodes and calls as tables."""
    nodes, calls = inspection.nodes, inspection.calls
    note = (
        f"The {MOST_NODES} busiest of {len(nodes)} nodes are drawn."
        if len(nodes) > MOST_NODES
        else "Numbers on the lines are calls. Point at a node, or move to it with Tab, "
        "to see its own calls only."
    )
    picture = element("div", graph(nodes, calls, hues), class_="scroll graph-frame")
    node_rows = [_node(each, hues) for each in nodes]
    node_table = table("Services and what they use", _NODE_HEADER, node_rows)
    call_table = table("Calls", _CALL_HEADER, map(_call, calls), can_filter=len(calls) > 20)
    return section(
        "services", "Services", element("p", note, class_="note"), picture,
        element("div", element("h3", "Services and what they use"), node_table, class_="card"),
        element("div", element("h3", "Calls"), call_table, class_="card"),
    )  # fmt: skip


def _node(node: Node, hues: Hues) -> Row:
    is_service = node.kind is NodeKind.SERVICE
    dot = element("i", class_="dot", style=hue_style(node.name, hues)) if is_service else ""
    return (
        Cell(together([dot, node.name])),
        str(node.kind),
        _number(node.spans),
        _number(node.requests),
        _number(node.entries),
        _errors(node.errors, node.requests),
        _time(node.latency.p50),
        _time(node.latency.p90),
        _time(node.latency.p99),
    )


def _call(call: Call) -> Row:
    return (
        call.caller,
        call.callee,
        _number(call.count),
        _errors(call.errors, call.count),
        _time(call.latency.p50),
        _time(call.latency.p90),
        _time(call.latency.p99),
    )


def _number(value: int) -> Cell:
    return Cell(count(value), value)


def _time(nanos: int) -> Cell:
    return Cell(duration(nanos), nanos)


def _errors(errors: int, whole: int) -> Cell:
    part = errors / whole if whole else 0.0
    return Cell(
        share(errors, whole), part, "bad" if part >= _BAD else "warn" if part >= _WARN else ""
    )


def traces(inspection: Inspection, facts: TraceFacts, hues: Hues) -> Markup:
    """Return what is known of all traces, and a few of them as waterfalls."""
    fewest, median, most = facts.spans_per_trace
    latency = facts.duration
    tiles = _tiles(
        {
            "traces": count(facts.traces),
            "with an error": share(facts.errors, facts.traces),
            "spans a trace, median": f"{median:,} ({fewest:,} to {most:,})",
            "deepest": f"{facts.depth:,} spans",
            "p50": duration(latency.p50),
            "p99": duration(latency.p99),
            "longest": duration(latency.max),
        }
    )
    charts = element("div", columns("How long traces take", facts.durations),
                     bars("Spans by kind", facts.kinds), class_="pair")  # fmt: skip
    shown = [waterfall(trace, hues, is_open=at < _OPEN_TRACES)
             for at, trace in enumerate(inspection.waterfalls)]  # fmt: skip
    return section("traces", "Traces", tiles, charts, element("h3", "A few traces"), *shown)


def metrics(facts: MetricsFacts) -> Markup:
    """Return the metrics by type and family, and one by one."""
    tiles = _tiles({"metrics": count(facts.metrics), "data points": count(facts.points)})
    charts = element("div", bars("Data points by type", facts.types),
                     bars("Data points by family", facts.families), class_="pair")  # fmt: skip
    header = ("metric", "type", "unit", "series", "resources", "exemplars", "lowest", "highest")
    listed = table("Metrics", header, map(_metric, facts.listed), can_filter=True)
    note = ""
    if len(facts.listed) < facts.metrics:
        text = f"The {len(facts.listed):,} metrics with the most series, of {facts.metrics:,}."
        note = element("p", text, class_="note")
    card = element("div", element("h3", "Metrics"), note, listed, class_="card")
    return section("metrics", "Metrics", tiles, charts, card)


def _metric(metric: MetricFacts) -> Row:
    kind = " ".join(filter(None, (metric.temporality, metric.type)))
    return (
        Cell(element("span", metric.name, title=metric.description)),
        kind,
        metric.unit,
        _number(metric.points),
        _number(metric.resources),
        _number(metric.exemplars),
        _value(metric.low),
        _value(metric.high),
    )


def _value(value: float | None) -> Cell:
    return Cell("", -sys.float_info.max) if value is None else Cell(brief(value), value)


def logs(facts: LogFacts, hues: Hues) -> Markup:
    """Return the log records by type, severity and service, and some bodies."""
    tiles = _tiles(
        {
            "records": count(facts.records),
            "tied to a span": share(facts.with_span, facts.records),
            "events": share(facts.events, facts.records),
            "mean body": format_size(facts.body_bytes / facts.records if facts.records else 0),
        }
    )
    severities = {name: f"background:var(--severity-{name.lower()})" for name in facts.severities}
    of_services = {name: f"{hue_style(name, hues)};background:var(--service)" for name in hues}
    charts = element(
        "div",
        bars("Records by severity", facts.severities, severities),
        bars("Records by type", facts.types),
        bars("Records by service", facts.services, of_services),
        class_="pair",
    )
    samples = [_sample(each) for each in facts.samples]
    bodies = element("div", element("h3", "Some bodies"), *samples, class_="card samples")
    return section("logs", "Logs", tiles, charts, bodies)


def _sample(sample: LogSample) -> Markup:
    style = f"background:var(--severity-{sample.severity.lower()})"
    about = element(
        "p",
        element("i", class_="dot", style=style),
        element("b", sample.severity),
        f" {sample.type} · {sample.service}",
    )
    return element("div", about, element("pre", sample.body), class_="sample")


def profiles(facts: ProfileFacts) -> Markup:
    """Return the profiles by type and service, and the functions in them."""
    tiles = _tiles(
        {
            "profiles": count(facts.profiles),
            "samples": count(facts.samples),
            "tied to a span": share(facts.with_span, facts.samples),
            "stacks": count(facts.stacks),
        }
    )
    charts = element(
        "div",
        bars("Samples by type", facts.sample_types),
        bars("Samples by service", facts.services),
        bars("Entries of the dictionary", facts.table_sizes),
        class_="pair",
    )
    total = sum(each.self_value for each in facts.functions) or 1
    rows = [
        (
            each.name,
            Cell(share(each.self_value, total), each.self_value),
            Cell(brief(each.self_value), each.self_value),
            Cell(brief(each.total_value), each.total_value),
        )
        for each in facts.functions
    ]
    listed = table("Functions", ("function", "share", "self", "with callees"), rows)
    title = "Functions that take the most, of the most frequent sample type"
    card = element("div", element("h3", title), listed, class_="card")
    return section("profiles", "Profiles", tiles, charts, card)


def cardinality(keys: tuple[KeyFacts, ...]) -> Markup:
    """Return attribute keys and how many values each takes."""
    header = ("attribute", "of", "values", "", "occurrences", "such as")
    most = max((key.distinct for key in keys), default=1)
    rows = [_key(key, most) for key in keys[:_MOST_KEYS]]
    text = "How many values each attribute takes. ≈ marks an estimate, within 3 % or so."
    if len(keys) > _MOST_KEYS:
        text += f" The first {_MOST_KEYS} of {len(keys):,} keys."
    card = element("div", table("Cardinality", header, rows, can_filter=True), class_="card")
    return section("cardinality", "Cardinality", element("p", text, class_="note"), card)


def _key(key: KeyFacts, most: int) -> Row:
    width = 100 * (key.distinct.bit_length() / max(most.bit_length(), 1))
    meter = element("i", class_="meter", style=f"width:{width:.0f}%")
    return (
        Cell(element("code", key.key)),
        key.place,
        Cell(distinct(key.distinct, exact=key.exact), key.distinct),
        Cell(meter),
        _number(key.occurrences),
        Cell(element("span", " · ".join(key.examples), class_="examples")),
    )


def whole_set(facts: SetFacts) -> Markup:
    """Return the set's files and how it was made."""
    rows = [
        (
            file.path,
            str(file.signal),
            Cell(format_size(file.bytes), file.bytes),
            Cell(format_size(file.stored_bytes), file.stored_bytes),
            _number(file.resources),
            _number(file.events),
        )
        for file in facts.files
    ]
    header = ("file", "signal", "size", "on disk", "resources", "events")
    card = element("div", element("h3", "Files"), table("Files", header, rows), class_="card")
    tiles = _tiles(
        {
            "seed": f"{facts.seed}",
            "covers": format_duration(facts.horizon_nanos / 1e9),
            "a sender needs": format_size(facts.estimated_sender_bytes),
            "written by generator": facts.generator_version,
        }
    )
    return section("set", "The set", tiles, card)


def headline(inspection: Inspection) -> Markup:
    """Return what there is at a glance: events of each signal, and sizes."""
    figures = {file.signal.event_noun: brief_or_whole(file.events) for file in inspection.set.files}
    if inspection.nodes:
        kinds = [node.kind for node in inspection.nodes]
        figures["services"] = count(kinds.count(NodeKind.SERVICE))
    figures["in all"] = format_size(sum(file.bytes for file in inspection.set.files))
    return _tiles(figures)


def brief_or_whole(number: int) -> str:
    """Return a count in full as long as it is short."""
    return count(number) if number < 1_000_000 else brief(number)


def _tiles(figures: Mapping[str, str]) -> Markup:
    return element("dl", together(_tile(figures)), class_="tiles")


def _tile(figures: Mapping[str, str]) -> Iterator[Markup]:
    for name, figure in figures.items():
        yield element("div", element("dt", name), element("dd", figure))
