"""Tables of spans, data points, logs and events, as Arrow has them; needs the extra `tables`."""
