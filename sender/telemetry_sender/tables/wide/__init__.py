"""Metrics with a column each: which point belongs in which cell is found once for all passes."""
