"""What spans say, after the OpenTelemetry semantic conventions 1.44: a module a protocol."""
