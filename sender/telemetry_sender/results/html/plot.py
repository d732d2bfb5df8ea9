"""Line plots over time as SVG; the script shows the values under the pointer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from telemetry_common.markup import Markup, element, together
from telemetry_sender.results.html.scale import short, ticks

_WIDTH, _HEIGHT = 640.0, 240.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 22.0, 10.0, 24.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot: a value for each interval, None where there is none."""

    name: str
    values: Sequence[float | None]
    style: str
    """Its class in the style sheet: the colour."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over the same time, in seconds since the run's start."""

    title: str
    unit: str
    seconds: Sequence[float]
    lines: Sequence[Line]

    def drawn(self) -> Markup:
        """Return the plot with its legend; lines without any value are left out."""
        lines = [line for line in self.lines if any(each is not None for each in line.values)]
        heading = element("h3", self.title, " ", element("small", self.unit))
        if not self.seconds or not lines:
            return element("figure", heading, element("p", "nothing to show", class_="note"),
                           class_="card")  # fmt: skip
        frame = _Frame.around(self.seconds, lines)
        return element("figure", heading, self._svg(frame, lines), _legend(lines), class_="card")

    def _svg(self, frame: "_Frame", lines: Sequence[Line]) -> Markup:
        return element(
            "svg",
            together(frame.grid()),
            *(frame.path(self.seconds, line) for line in lines),
            element("line", class_="at", y1=_TOP, y2=_HEIGHT - _BOTTOM, visibility="hidden"),
            class_="plot",
            viewBox=f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
            role="img",
            tabindex=0,
            aria_label=f"{self.title}, {self.unit}, over time",
            data_x=" ".join(f"{frame.x(each):.1f}" for each in self.seconds),
            data_seconds=" ".join(f"{each:.6g}" for each in self.seconds),
        )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where values lie in the picture."""

    seconds: Sequence[float]
    """Ticks of the time axis."""
    values: Sequence[float]
    """Ticks of the other one."""
    end: float

    @classmethod
    def around(cls, seconds: Sequence[float], lines: Sequence[Line]) -> "_Frame":
        """Return the frame that holds all lines."""
        top = max(each for line in lines for each in line.values if each is not None)
        return cls(ticks(seconds[-1], 8), ticks(top), seconds[-1])

    def x(self, seconds: float) -> float:
        """Return the place of a time."""
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * seconds / self.end

    def y(self, value: float) -> float:
        """Return the place of a value."""
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / self.values[-1]

    def grid(self) -> Iterator[Markup]:
        """Yield lines and numbers of both axes."""
        for value in self.values:
            y = self.y(value)
            yield element("line", class_="grid", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y)
            yield element("text", short(value), class_="tick y", x=_LEFT - 6, y=y + 4)
        for seconds in self.seconds:
            if seconds <= self.end:
                place = {"x": self.x(seconds), "y": _HEIGHT - 6}
                yield element("text", f"{short(seconds)} s", class_="tick x", **place)

    def path(self, seconds: Sequence[float], line: Line) -> Markup:
        """Return a line; it is interrupted where there is no value."""
        points = zip(seconds, line.values, strict=True)
        runs = (list(run) for known, run in groupby(points, _is_known) if known)
        drawn = "".join(self._run(run) for run in runs)
        values = ("" if each is None else f"{each:.6g}" for each in line.values)
        return element("path", class_=f"line {line.style}", d=drawn, data_values=" ".join(
            each or "-" for each in values))  # fmt: skip

    def _run(self, points: Sequence[tuple[float, float | None]]) -> str:
        places = [f"{self.x(at):.1f} {self.y(value or 0.0):.1f}" for at, value in points]
        # A point alone is drawn as a line to itself, which round ends make a dot.
        return f"M{'L'.join(places if len(places) > 1 else places * 2)}"


def _is_known(point: tuple[float, float | None]) -> bool:
    return point[1] is not None


def _legend(lines: Sequence[Line]) -> Markup:
    entries = [
        element("li", element("i", class_=line.style), element("span", line.name), element("b"))
        for line in lines
    ]
    return element("ul", element("li", element("b", class_="when")), *entries, class_="legend")
