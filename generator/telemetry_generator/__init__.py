"""Writes template sets: topologies, span trees, metric series and logs as OTLP, with a manifest."""
