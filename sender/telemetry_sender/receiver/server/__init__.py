"""The OTLP servers: each takes its protocol's requests to the reception, and its answers back."""

GRACE_SECONDS = 5.0
"""How long requests in flight get to finish when a server ends."""
