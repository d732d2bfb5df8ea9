"""The commands of README.md and what it says they print, for the tests that hold it to that."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"

_BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>[^>]+) -->\n)?"
    r"```sh\n(?P<commands>.*?)```\n"
    r"(?:\n```text\n(?P<output>.*?)```\n)?",
    re.DOTALL,
)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_NUMBER = re.compile(r"\d[\d,.]*")
_UNIT = re.compile(r"# [KMG]?B\b")


@dataclass(frozen=True, slots=True)
class ReadmeBlock:
    """One block of commands, the heading above it, and the output shown below it."""

    heading: str
    commands: str
    output: str
    reason: str | None
    """Why the block cannot be run in a test; None when it can."""

    @property
    def shown(self) -> list[str]:
        """The shapes of the lines that the README shows, in order; `…` is for left-out lines."""
        return [shape(line) for line in self.output.splitlines() if line != "…"]


def readme_blocks() -> list[ReadmeBlock]:
    """Return all blocks of commands in the README, in order."""
    text = README.read_text()
    return [
        ReadmeBlock(
            heading=_last_heading(text[: match.start()]),
            commands=match["commands"],
            output=match["output"] or "",
            reason=match["reason"],
        )
        for match in _BLOCK.finditer(text)
    ]


def shape(line: str) -> str:
    """Return a line of output without what differs between runs: numbers, units and spacing."""
    return _UNIT.sub("# B", " ".join(_NUMBER.sub("#", line).split()))


def _last_heading(text: str) -> str:
    return str(_HEADING.findall(text)[-1])
