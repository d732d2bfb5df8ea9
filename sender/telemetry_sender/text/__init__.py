"""Requests as text: rendered once from wire format, then stamped in place like the bytes."""
