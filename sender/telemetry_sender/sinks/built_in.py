"""The sinks that come with the sender: where each is made, what it takes, and what it is for.

They are named here and not imported, because each brings libraries that the others do without.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """One sink."""

    summary: str
    """For `telemetry-sender sinks`, one line."""
    factory: str
    """Module and name of the function that makes it."""
    options: str | None = None
    """Module and name of the model of its options; None where it has none."""


def loaded(place: str) -> Any:
    """Return what a module and a name, with a colon between, stand for."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


_HERE = "telemetry_sender.sinks"

BUILT_IN: Mapping[str, BuiltIn] = {
    "otlp": BuiltIn(
        "An OTLP endpoint, over gRPC or HTTP; described by the section otlp.",
        f"{_HERE}.otlp:make_sink",
    ),
    "discard": BuiltIn(
        "Nowhere: the speed of the pipeline alone.",
        f"{_HERE}.discard:make_sink",
    ),
    "otlp_json": BuiltIn(
        "Files of OTLP/JSON, one request a line; the OpenTelemetry Collector reads them.",
        f"{_HERE}.otlp_json:make_sink",
        "telemetry_sender.otlp_files.options:OtlpJsonOptions",
    ),
    "otlp_protobuf": BuiltIn(
        "Files of OTLP requests in protobuf, each behind its length.",
        f"{_HERE}.otlp_protobuf:make_sink",
        "telemetry_sender.otlp_files.options:OtlpFileOptions",
    ),
    "ndjson": BuiltIn(
        "Files of events, a JSON object a line, in one of several dialects.",
        f"{_HERE}.ndjson:make_ndjson_sink",
        f"{_HERE}.ndjson:RecordOptions",
    ),
    "json": BuiltIn(
        "The same objects, all of a file in one JSON array.",
        f"{_HERE}.ndjson:make_json_sink",
        f"{_HERE}.ndjson:RecordOptions",
    ),
    "influx": BuiltIn(
        "Files of InfluxDB line protocol: a point for each event, with bounded tags.",
        f"{_HERE}.influx:make_sink",
        f"{_HERE}.influx:InfluxOptions",
    ),
    "csv": BuiltIn(
        "CSV files with a header: a row for each event, in fixed columns for each signal.",
        f"{_HERE}.csv:make_sink",
        f"{_HERE}.csv:CsvOptions",
    ),
    "leb128": BuiltIn(
        "Binary files of LEB128 numbers and tagged values; telemetry-sender read reads them.",
        f"{_HERE}.leb128:make_sink",
        "telemetry_sender.config.files:FileOptions",
    ),
    "bitpacked": BuiltIn(
        "Binary files of fields at fixed bits; telemetry-sender read reads them.",
        f"{_HERE}.bitpacked:make_sink",
        f"{_HERE}.bitpacked:BitpackedOptions",
    ),
    "arrow": BuiltIn(
        "Files of Arrow tables, which readers map into memory; needs pyarrow.",
        f"{_HERE}.tables:make_arrow_sink",
        f"{_HERE}.table_options:ArrowOptions",
    ),
    "parquet": BuiltIn(
        "Parquet files, also in directories by service, date and the like; needs pyarrow.",
        f"{_HERE}.tables:make_parquet_sink",
        f"{_HERE}.table_options:ParquetOptions",
    ),
}
