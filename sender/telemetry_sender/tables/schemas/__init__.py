"""What the tables of spans, points, logs and events have in their columns."""
