"""What parent and children say to each other, pickled over a socket pair.

The parent sends an Assignment, `Begin`, and `Stop` once or twice. A child answers with `Ready`,
then sends samples, and last `Ended`. A `Failed` takes the place of any of them.
"""

from dataclasses import dataclass

from telemetry_common.errors import StampedeError
from telemetry_common.signals import Signal
from telemetry_sender.processes.order import Order, Origin
from telemetry_sender.processes.sharing import Handout
from telemetry_sender.results.result import RunResult
from telemetry_sender.results.sample import Sample


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everything that child `number` (from 0) needs; `board` and handout are inherited."""

    number: int
    order: Order
    templates: Handout
    board: int
    signals: tuple[Signal, ...]
    """The columns of the board, in their order."""


@dataclass(frozen=True, slots=True)
class Begin:
    """All children are ready: send from `origin` on."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class Stop:
    """End in good order; when it comes again, cut off what is in flight."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The templates are open and the sink is connected."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """The sample of a moment."""

    sample: Sample


@dataclass(frozen=True, slots=True)
class Ended:
    """The child's part of the run has ended."""

    result: RunResult


@dataclass(frozen=True, slots=True)
class Failed:
    """The child could not begin, or not go on, for a reason that the user can understand."""

    kind: type[StampedeError]
    place: str
    problem: str
    fix: str

    @classmethod
    def of(cls, error: StampedeError) -> "Failed":
        """Return the message about an error, whose own pickle would not come out again."""
        return cls(type(error), error.place, error.problem, error.fix)

    @property
    def error(self) -> StampedeError:
        """The error, to be raised again."""
        return self.kind(self.place, self.problem, self.fix)


FromChild = Ready | Sampled | Ended | Failed
FromParent = Begin | Stop
