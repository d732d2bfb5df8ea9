"""Attributes as the model knows them: ordered pairs, independent of how they are encoded."""

Value = str | int | float | bool | tuple[str, ...]
"""A tuple is an array of strings, such as the tags of an image."""
Attributes = tuple[tuple[str, Value], ...]
