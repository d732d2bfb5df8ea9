"""What Acme adds to telemetry-sender: a transformer and a sink."""
