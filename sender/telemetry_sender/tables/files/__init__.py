"""Writes tables into files: Parquet and Arrow IPC, rolling, and partitioned by values."""
