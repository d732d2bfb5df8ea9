"""The service graph as a picture: callers on the left, what they call on the right."""

from collections.abc import Iterator, Mapping, Sequence
from math import log10

from telemetry_common.markup import Markup, element, together
from telemetry_generator.inspection.html.colours import hue_style
from telemetry_generator.inspection.html.heights import place_heights
from telemetry_generator.inspection.html.layers import Edge, Layers, arrange
from telemetry_generator.inspection.html.ports import port_heights
from telemetry_generator.inspection.model import Call, Node, NodeKind
from telemetry_generator.inspection.words import brief, count, duration, share

MOST_NODES = 60
_MOST_LABELS = 40
_WIDTH, _HEIGHT = 200, 58
_BEND_HEIGHT = 10
_COLUMN = _WIDTH + 104
_GAP = 20
_MARGIN = 34
_LONGEST_NAME = 22
_WARN, _BAD = 0.02, 0.05
"""Shares of errors from which a call is marked."""


def graph(nodes: Sequence[Node], calls: Sequence[Call], hues: Mapping[str, float]) -> Markup:
    """Return the picture of the busiest nodes and the calls between them."""
    shown = nodes[:MOST_NODES]
    number = {node.name: at for at, node in enumerate(shown)}
    edges = {
        (number[call.caller], number[call.callee]): call
        for call in calls
        if call.caller in number and call.callee in number and call.caller != call.callee
    }
    arranged = arrange(len(shown), edges)
    place = _places(arranged)
    ports = port_heights(arranged, {at: y for at, (_, y) in place.items()}, _HEIGHT)
    height = max((y for _, y in place.values()), default=0) + _HEIGHT / 2 + _MARGIN
    width = max((x for x, _ in place.values()), default=0) + _WIDTH + _MARGIN
    labelled = len(edges) <= _MOST_LABELS
    pictures = [
        _call(
            call, edge, _points(arranged.paths[edge], arranged.nodes, place, ports[edge]), labelled
        )
        for edge, call in edges.items()
    ]
    pictures += [_node(node, at, place[at], hues) for at, node in enumerate(shown)]
    label = f"Service graph: {len(shown)} nodes, {len(edges)} kinds of calls"
    return element(
        "svg", _arrow_heads(), together(pictures), class_="graph", role="group", aria_label=label,
        viewBox=f"0 0 {width:.0f} {height:.0f}", style=f"--natural:{width:.0f}px",
    )  # fmt: skip


def _places(arranged: Layers) -> dict[int, tuple[float, float]]:
    """Return the left edge and the middle of each node and bend."""
    size = lambda at: _HEIGHT if at < arranged.nodes else _BEND_HEIGHT  # noqa: E731
    heights = place_heights(arranged, size, _GAP)
    return {
        at: (_MARGIN + layer * _COLUMN, _MARGIN + heights[at])
        for layer, row in enumerate(arranged.layers)
        for at in row
    }


def _arrow_heads() -> Markup:
    path = element("path", d="M0 0L8 4L0 8z")
    heads = [
        element("marker", path, id=f"head-{name}", class_=name, viewBox="0 0 8 8", refX=7, refY=4,
                markerWidth=9, markerHeight=9, markerUnits="userSpaceOnUse", orient="auto")
        for name in ("good", "warn", "bad")
    ]  # fmt: skip
    return element("defs", *heads)


def _call(call: Call, edge: Edge, points: Sequence[tuple[float, float]], labelled: bool) -> Markup:
    failed = call.errors / call.count if call.count else 0
    level = "bad" if failed >= _BAD else "warn" if failed >= _WARN else "good"
    title = (
        f"{call.caller} → {call.callee}: {count(call.count)} calls, "
        f"{share(call.errors, call.count)} errors, p50 {duration(call.latency.p50)}, "
        f"p99 {duration(call.latency.p99)}"
    )
    line = element("path", d=_curve(points), class_="line", marker_end=f"url(#head-{level})",
                   style=f"--thick:{1 + 0.7 * log10(max(call.count, 1)):.1f}px")  # fmt: skip
    label = _label(points, brief(call.count)) if labelled else ""
    return element("g", element("title", title), line, label, class_=f"call {level}",
                   data_from=edge[0], data_to=edge[1])  # fmt: skip


def _points(
    path: Sequence[int],
    nodes: int,
    place: Mapping[int, tuple[float, float]],
    ports: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return the points of an edge, from the side of the caller to that of the callee."""
    rightwards = place[path[0]][0] < place[path[-1]][0]
    found = list(_passed(path, nodes, place, rightwards=rightwards))
    start, end = found[0][0], found[-1][0]
    found[0] = (start + _WIDTH if rightwards else start, ports[0])
    found[-1] = (end if rightwards else end + _WIDTH, ports[1])
    return found


def _passed(
    path: Sequence[int], nodes: int, place: Mapping[int, tuple[float, float]], *, rightwards: bool
) -> Iterator[tuple[float, float]]:
    for at in path:
        x, y = place[at]
        yield x, y
        if at >= nodes:
            # A bend is as wide as a node, so that lines pass between the nodes of its layer.
            yield (x + _WIDTH if rightwards else x - _WIDTH), y


def _curve(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        middle = (x + to_x) / 2
        parts.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(parts)


def _label(points: Sequence[tuple[float, float]], text: str) -> Markup:
    (x, y), (to_x, to_y) = points[0], points[1]
    return element("text", text, class_="calls", x=(x + to_x) / 2, y=(y + to_y) / 2 - 4)


def _node(node: Node, at: int, place: tuple[float, float], hues: Mapping[str, float]) -> Markup:
    x, y = place[0], place[1] - _HEIGHT / 2
    failed = f"{share(node.errors, node.requests)} err"
    times = f"p50 {duration(node.latency.p50)} · p99 {duration(node.latency.p99)}"
    title = f"{node.name} ({node.kind}): {count(node.requests)} requests, {failed}, {times}"
    if node.entries:
        title += f"; {count(node.entries)} from outside"
    is_service = node.kind is NodeKind.SERVICE
    kind = "" if is_service else f"{node.kind} · "
    parts = [
        element("title", title),
        element("rect", class_="box", width=_WIDTH, height=_HEIGHT, rx=8 if is_service else 20),
        element("rect", class_="stripe", x=0, y=9, width=5, height=_HEIGHT - 18, rx=2)
        if is_service
        else "",
        element("text", _short(node.name), class_="name", x=14, y=20),
        element(
            "text", f"{kind}{brief(node.requests)} req · {failed}", class_="figures", x=14, y=36
        ),
        element("text", times, class_="figures", x=14, y=50),
    ]
    if node.entries:
        middle = _HEIGHT / 2
        parts.append(element("path", class_="entry", d=f"M-22 {middle:.0f}H-4M-10 {middle - 5:.0f}"
                             f"L-4 {middle:.0f}L-10 {middle + 5:.0f}"))  # fmt: skip
    return element(
        "g", *parts, class_=f"node {node.kind}", tabindex=0, role="img", aria_label=title,
        data_node=at, transform=f"translate({x:.1f} {y:.1f})", style=hue_style(node.name, hues),
    )  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
