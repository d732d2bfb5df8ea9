"""A trace as a waterfall: one row a span, which opens to show its attributes and events."""

from collections.abc import Iterator, Mapping

from telemetry_common.markup import Markup, element, together
from telemetry_generator.inspection.html.colours import hue_style
from telemetry_generator.inspection.model import SpanEvent, SpanRow, Waterfall
from telemetry_generator.inspection.words import duration

_TICKS = 5
_ROOM_BEHIND = 88
"""Up to where, in percent of the lane, a bar leaves room for text behind it."""
_DEEPEST = 24
"""Rows further down are indented no more."""


def waterfall(trace: Waterfall, hues: Mapping[str, float], *, is_open: bool) -> Markup:
    """Return the rows of a trace below a title that folds them away."""
    facts = f"{trace.spans:,} spans · {duration(trace.duration)}"
    title = element(
        "summary",
        element("strong", trace.title),
        element("span", facts, class_="facts"),
        element("span", f"{trace.failed:,} failed", class_="badge bad") if trace.failed else "",
        element("code", trace.trace_id),
    )
    rows = [_row(row, trace.duration or 1, hues) for row in trace.rows]
    parts = [title, _legend(trace, hues), _ticks(trace.duration), *rows]
    if len(trace.rows) < trace.spans:
        left = f"The first {len(trace.rows):,} of {trace.spans:,} spans are shown."
        parts.append(element("p", left, class_="note"))
    return element("details", *parts, class_="card trace", open=is_open)


def _legend(trace: Waterfall, hues: Mapping[str, float]) -> Markup:
    services = dict.fromkeys(row.service for row in trace.rows)
    keys = [
        element("span", element("i", class_="dot", style=hue_style(name, hues)), name)
        for name in services
    ]
    return element("p", together(keys), class_="legend")


def _ticks(nanos: int) -> Markup:
    marks = [
        element("span", duration(nanos * at // _TICKS), style=f"left:{100 * at / _TICKS:.0f}%")
        for at in range(_TICKS)
    ]
    scale = element("span", together(marks), class_="scale")
    return element("div", element("span", "span", class_="label"), scale,
                   class_="ticks", aria_hidden="true")  # fmt: skip


def _row(row: SpanRow, whole: int, hues: Mapping[str, float]) -> Markup:
    summary = element("summary", _name(row), _bar(row, whole))
    style = f"{hue_style(row.service, hues)};--depth:{min(row.depth, _DEEPEST)}"
    return element(
        "details", summary, _more(row), style=style, class_="span failed" if row.failed else "span"
    )


def _name(row: SpanRow) -> Markup:
    name = element("span", row.name or "(no name)", class_="name")
    service = element("span", row.service, class_="service")
    mark = element("span", "error", class_="badge bad") if row.failed else ""
    hint = f"{row.service}: {row.name} ({row.kind})"
    return element("span", name, service, mark, class_="label", title=hint)


def _bar(row: SpanRow, whole: int) -> Markup:
    left = min(100.0, 100 * row.start / whole)
    width = max(0.15, min(100 - left, 100 * row.duration / whole))
    # The duration stands behind the bar, before it, or in it: where there is room.
    if left + width < _ROOM_BEHIND:
        time, place = "time", f"left:{left + width:.2f}%"
    elif left > 100 - _ROOM_BEHIND:
        time, place = "time", f"right:{100 - left:.2f}%"
    else:
        time, place = "time within", f"right:{100 - left - width:.2f}%"
    marks = [
        element("i", class_="event", style=f"left:{min(100.0, 100 * each.at / whole):.2f}%")
        for each in row.events
    ]
    return element(
        "span",
        element("i", class_="bar", style=f"left:{left:.2f}%;width:{width:.2f}%"),
        together(marks),
        element("span", duration(row.duration), class_=time, style=place),
        class_="lane",
    )


def _more(row: SpanRow) -> Markup:
    facts = {
        "service": row.service,
        "kind": row.kind,
        "span id": row.span_id,
        "starts at": duration(row.start),
        "takes": duration(row.duration),
    }
    if row.message:
        facts["status message"] = row.message
    parts = [_pairs("Span", facts), _pairs("Attributes", row.attributes)]
    parts += [_event(each) for each in row.events]
    if row.links:
        parts.append(_pairs("Links", {f"{at + 1}": link for at, link in enumerate(row.links)}))
    return element("div", together(parts), class_="more")


def _event(event: SpanEvent) -> Markup:
    return _pairs(f"Event {event.name} at {duration(event.at)}", event.attributes or {"": ""})


def _pairs(title: str, pairs: Mapping[str, str]) -> Markup:
    if not pairs:
        return Markup("")
    return element("div", element("h4", title), element("dl", together(_items(pairs))))


def _items(pairs: Mapping[str, str]) -> Iterator[Markup]:
    for key, value in pairs.items():
        yield element("dt", key)
        yield element("dd", value)
