"""Custom attributes: what applications add of their own, in every type that OTLP has."""

from collections.abc import Callable, Mapping

from telemetry_common.ids import derive_key

VALUES = 16
"""How many values each attribute has."""

_AREAS = ("cart", "checkout", "customer", "experiment", "campaign", "warehouse")
_FIELDS = ("segment", "count", "score", "enabled", "labels", "context", "digest")
_WORDS = ("alpha", "bravo", "delta", "echo", "foxtrot", "kilo", "lima", "sierra")

CustomValue = str | int | float | bool | bytes | tuple[str, ...] | Mapping[str, str | int]


def custom_key(number: int) -> str:
    """Return the key of attribute `number`; its last word goes with the type of its values."""
    round_, rest = divmod(number, len(_AREAS) * len(_FIELDS))
    area, field = _AREAS[rest // len(_FIELDS)], _FIELDS[rest % len(_FIELDS)]
    return f"app.{area}.{field}" if not round_ else f"app.{area}_{round_ + 1}.{field}"


def custom_value(number: int, choice: int) -> CustomValue:
    """Return value `choice`, below VALUES, of attribute `number`."""
    bits = derive_key(0, "custom", number, choice)
    return _MAKERS[number % len(_MAKERS)](bits)


def _word(bits: int) -> str:
    return _WORDS[bits % len(_WORDS)]


def _context(bits: int) -> Mapping[str, str | int]:
    return {"name": _word(bits), "rank": bits >> 8 & 0xFF}


_MAKERS: tuple[Callable[[int], CustomValue], ...] = (
    lambda bits: f"{_word(bits)}-{bits >> 8 & 0xFF:02x}",
    lambda bits: bits & 0xFFF,
    lambda bits: (bits & 0xFFFF) / 64,
    lambda bits: bool(bits & 1),
    lambda bits: (_word(bits), _word(bits >> 8), _word(bits >> 16)),
    _context,
    lambda bits: bits.to_bytes(8, "little"),
)
