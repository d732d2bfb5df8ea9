"""Files of telemetry read back, record by record, whatever they are written in."""
