"""The one place that imports pyarrow, which is optional: without it, the error says what to do."""

from telemetry_common.errors import UsageError

try:
    import pyarrow as pa
except ImportError:
    fix = "install it: pip install 'otlp-stampede[tables]'"
    raise UsageError("tables", "need pyarrow, which is not installed", fix) from None

__all__ = ["pa"]
