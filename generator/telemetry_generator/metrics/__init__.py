"""Metrics: a catalogue of definitions, the series of each, and their points."""
