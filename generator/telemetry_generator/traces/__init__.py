"""Traces: the tree of a request, its timing, its failures and its attributes."""
