"""Files of whole OTLP requests: what the OpenTelemetry Collector's file exporter writes."""
