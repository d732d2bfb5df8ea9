"""Encoders: from the generated model to OTLP bytes, and from bytes to OTLP/JSON."""
