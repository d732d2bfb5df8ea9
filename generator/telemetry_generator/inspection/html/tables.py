"""Tables whose columns can be sorted, and whose rows can be filtered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telemetry_common.markup import Markup, element, together


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and by what number its column is sorted (else by its text)."""

    shown: str
    number: float | None = None
    style: str | None = None
    """Its `class`."""


Row = Sequence[str | Cell]


def table(
    name: str, header: Sequence[str], rows: Iterable[Row], *, can_filter: bool = False
) -> Markup:
    """Return a table called `name`; a column of numbers is aligned to the right."""
    drawn = [[each if isinstance(each, Cell) else Cell(each) for each in row] for row in rows]
    first = drawn[0] if drawn else [Cell("") for _ in header]
    heads = [
        element("th", element("button", text, type="button"), scope="col",
                class_="number" if cell.number is not None else None)
        for text, cell in zip(header, first, strict=True)
    ]  # fmt: skip
    body = [element("tr", *map(_cell, row)) for row in drawn]
    whole = element(
        "table",
        element("caption", name, class_="unseen"),
        element("thead", element("tr", *heads)),
        element("tbody", together(body)),
    )
    scrolled = element("div", whole, class_="scroll", tabindex=0, role="region", aria_label=name)
    return together([_filter(name), scrolled]) if can_filter else scrolled


def _cell(cell: Cell) -> Markup:
    is_number = cell.number is not None
    classes = " ".join(filter(None, ("number" if is_number else "", cell.style)))
    return element("td", cell.shown, class_=classes or None, data_value=cell.number)


def _filter(name: str) -> Markup:
    return element("input", type="search", class_="filter", placeholder="Filter",
                   aria_label=f"Filter {name}", autocomplete="off")  # fmt: skip
