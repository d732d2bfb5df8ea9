"""Attributes as the model knows them: ordered pairs, independent of how they are encoded."""

Value = str | int | float | bool
Attributes = tuple[tuple[str, Value], ...]
