"""InfluxDB line protocol: measurements, tags and fields, escaped as its parsers expect."""
