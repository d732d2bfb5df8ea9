"""The OTLP servers: each takes its protocol's requests to the reception, and its answers back."""
