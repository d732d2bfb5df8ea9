"""The plots of a run's page: which column is which line."""

from collections.abc import Iterator

from telemetry_sender.results.html.plot import Line, Plot
from telemetry_sender.results.latency import PERCENTILES
from telemetry_sender.results.report_file import PercentileColumns, SeriesPart

_MEGABYTE = float(1 << 20)


def plots(series: SeriesPart) -> Iterator[Plot]:
    """Yield all plots, the most important first; none without a series."""
    if not series.elapsed_seconds:
        return
    yield from (_rate(series), _signals(series))
    yield _latency(series, "Response time", series.latency_ms.response)
    yield _latency(series, "Service time", series.latency_ms.service)
    yield from (_outcomes(series), _errors(series), _bytes(series), _requests(series))
    yield from (_cpu(series), _memory(series))


def _rate(series: SeriesPart) -> Plot:
    lines = (
        Line("intended", series.intended_events_per_second, "soft"),
        Line("sent", series.sent_events_per_second, "c1"),
        Line("accepted", series.acked_events_per_second, "c2"),
    )
    return Plot("Rate against intended", "events/s", series.elapsed_seconds, lines)


def _signals(series: SeriesPart) -> Plot:
    lines = [
        Line(str(signal), columns.acked_events_per_second, f"c{number}")
        for number, (signal, columns) in enumerate(series.signals.items(), 1)
    ]
    return Plot("Accepted by signal", "events/s", series.elapsed_seconds, lines)


def _latency(series: SeriesPart, title: str, columns: PercentileColumns) -> Plot:
    lines = [
        Line(shown, getattr(columns, name), f"c{number}")
        for number, (name, shown) in enumerate(PERCENTILES.items(), 1)
    ]
    return Plot(title, "ms", series.elapsed_seconds, lines)


def _outcomes(series: SeriesPart) -> Plot:
    lines = (
        Line("rejected", series.rejected_events_per_second, "c3"),
        Line("failed", series.failed_events_per_second, "bad"),
        Line("dropped", series.dropped_events_per_second, "c4"),
        Line("retried", series.retried_events_per_second, "soft"),
    )
    return Plot("Other outcomes", "events/s", series.elapsed_seconds, lines)


def _errors(series: SeriesPart) -> Plot:
    lines = (Line("errors", series.errors_per_second, "bad"),)
    return Plot("Errors", "requests/s", series.elapsed_seconds, lines)


def _bytes(series: SeriesPart) -> Plot:
    lines = (
        Line("payload", _megabytes(series.bytes_per_second), "c1"),
        Line("on the wire", _megabytes(series.wire_bytes_per_second), "c2"),
    )
    return Plot("Bytes", "MB/s", series.elapsed_seconds, lines)


def _requests(series: SeriesPart) -> Plot:
    lines = (Line("requests", series.requests_per_second, "c1"),)
    return Plot("Requests", "requests/s", series.elapsed_seconds, lines)


def _cpu(series: SeriesPart) -> Plot:
    lines = (Line("CPU", series.cpu_cores, "c1"),)
    return Plot("CPU of the sender", "cores", series.elapsed_seconds, lines)


def _memory(series: SeriesPart) -> Plot:
    lines = (Line("largest so far", _megabytes(series.max_rss_bytes), "c1"),)
    return Plot("Resident memory of the sender", "MB", series.elapsed_seconds, lines)


def _megabytes(column: list[float]) -> list[float]:
    return [each / _MEGABYTE for each in column]
