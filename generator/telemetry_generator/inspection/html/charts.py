"""Bars and columns: shares, counts and histograms, with their numbers beside them."""

from collections.abc import Mapping, Sequence

from telemetry_common.markup import Markup, element, together
from telemetry_generator.inspection.model import Bin
from telemetry_generator.inspection.words import brief, count, duration, share

MOST_BARS = 14


def bars(title: str, counts: Mapping[str, int], styles: Mapping[str, str] | None = None) -> Markup:
    """Return a bar for each count with its share of all; `styles` colours them by name."""
    total = sum(counts.values())
    tallest = max(counts.values(), default=1) or 1
    shown = list(counts.items())[:MOST_BARS]
    rows = [
        element(
            "div",
            element("span", name, class_="bar-name", title=name),
            element("span", _bar(number / tallest, (styles or {}).get(name)), class_="bar-track"),
            element("span", count(number), class_="bar-value"),
            element("span", share(number, total), class_="bar-share"),
            class_="bar-row",
        )
        for name, number in shown
    ]
    if len(counts) > MOST_BARS:
        rows.append(element("p", f"… and {len(counts) - MOST_BARS:,} more", class_="note"))
    return element("div", element("h3", title), *rows, class_="card bars")


def _bar(filled: float, style: str | None) -> Markup:
    width = f"width:{max(0.4, 100 * filled):.1f}%"
    return element("i", style=f"{width};{style}" if style else width)


def columns(title: str, bins: Sequence[Bin]) -> Markup:
    """Return a histogram of durations, four columns a decade."""
    tallest = max((each.count for each in bins), default=1) or 1
    drawn = [
        element(
            "div",
            element(
                "div",
                element("span", brief(each.count) if each.count else "", class_="col-value"),
                element("i", style=f"--part:{max(0.005, each.count / tallest):.3f}"),
                class_="col-fill",
            ),
            element("span", duration(each.low), class_="col-name"),
            class_="col",
            title=f"{duration(each.low)} to {duration(each.high)}: {count(each.count)}",
        )
        for each in bins
    ]
    figure = element("div", together(drawn), class_="cols", role="img", aria_label=title)
    return element("div", element("h3", title), figure, class_="card")
