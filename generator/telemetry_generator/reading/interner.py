"""Small numbers for repeated texts, so that arrays can hold and compare them."""


class Interner:
    """Numbers texts in the order in which they first appear."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of `text`, a new one if it is new."""
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def texts(self) -> list[str]:
        """All texts, each at its number."""
        return list(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
