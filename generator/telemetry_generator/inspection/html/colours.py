"""Hues of services, the same wherever a service is shown."""

from collections.abc import Iterable, Mapping

# The golden angle: neighbours differ most, however many there are.
_STEP_DEGREES = 137.508
_FIRST_DEGREES = 250.0


def hues(names: Iterable[str]) -> Mapping[str, float]:
    """Return a hue in degrees for each name, in order of the names."""
    return {name: (_FIRST_DEGREES + number * _STEP_DEGREES) % 360
            for number, name in enumerate(sorted(set(names)))}  # fmt: skip


def hue_style(name: str, known: Mapping[str, float]) -> str:
    """Return the style that gives an element a service's hue."""
    return f"--hue:{known.get(name, 0):.0f}"
