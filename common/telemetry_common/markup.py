"""HTML made of elements: text is escaped unless it is Markup, so no text becomes code."""

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"meta", "input", "br"})

Attribute = str | int | float | bool | None


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, /, *children: str, **attributes: Attribute) -> Markup:
    """Return an element. `class_` is `class`, `aria_label` is `aria-label`; None leaves one out."""
    head = "".join(_attribute(key, value) for key, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{head}>")
    return Markup(f"<{tag}{head}>{together(children)}</{tag}>")


def together(children: Iterable[str]) -> Markup:
    """Return several pieces one after another."""
    return Markup("".join(map(escaped, children)))


def escaped(text: str) -> Markup:
    """Return text as HTML: escaped, and without characters that change how others are shown."""
    if isinstance(text, Markup):
        return text
    shown = (each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}"
             for each in text)  # fmt: skip
    return Markup(escape("".join(shown)))


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{escaped(text)}"'
