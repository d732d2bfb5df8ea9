"""Finds the highest rate that an endpoint sustains: `telemetry-sender search`."""
