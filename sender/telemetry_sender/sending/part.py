"""Which part of a run one process sends: runs are shared out by instances, and within by processes.

Every part owns a run of the blocks of each signal and sends it in all passes, so parts need no
word with each other, passes are exact, and the series of a block stay in order.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Part `number` (from 0) of `count` parts that send a set together."""

    number: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.number < self.count:
            raise ValueError(f"there is no part {self.number} of {self.count}")

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def within(self, whole: "Part") -> "Part":
        """Return this part of another part, as a part of everything."""
        return Part(whole.number * self.count + self.number, whole.count * self.count)


WHOLE = Part()
