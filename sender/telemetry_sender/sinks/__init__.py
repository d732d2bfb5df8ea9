"""Destinations of blocks. What a sink is stands in `base`; `registry` finds one by name."""
