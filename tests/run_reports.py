"""Reports of runs for tests of what reads them: real statistics, sampled every second."""

import json
from pathlib import Path
from typing import Any

from sender_results import make_config, make_result, send
from telemetry_common.documents import json_text
from telemetry_common.signals import Signal
from telemetry_sender.results.report import build_report
from telemetry_sender.results.report_file import RunReport
from telemetry_sender.results.series import SeriesRecorder
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sinks.delivery import Delivery

HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>"


def report_of(
    seconds: int = 30, *, rate: int = 1000, millis: float = 12.0, failures: int = 1
) -> dict[str, Any]:
    """Return the report of a run; so many requests a second fail with a hostile message."""
    stats, recorder = RunStats([Signal.TRACES, Signal.LOGS]), SeriesRecorder()
    for second in range(1, seconds + 1):
        send(stats, Signal.TRACES, rate, millis=millis * (1 + second % 5))
        for _ in range(failures):
            send(stats, Signal.LOGS, 10, Delivery("INTERNAL", message=HOSTILE), millis=millis)
        usage = ProcessUsage(second / 2, (40 + second) << 20)
        recorder.observe(stats.sample(float(second), due=1100.0 * second, usage=usage))
    config = make_config(sending={"duration": seconds})
    result = make_result(stats, config, duration_seconds=float(seconds), series=recorder.series())
    report = build_report(result, versions={"stampede": "1", "python": "3"}, cpu_count=2)
    found: dict[str, Any] = json.loads(json_text(report))
    return found


def written(file: Path, report: dict[str, Any]) -> Path:
    """Write a report and return its file."""
    file.write_text(json.dumps(report), encoding="utf-8")
    return file


def parsed(report: dict[str, Any]) -> RunReport:
    """Return a report as its readers see it."""
    return RunReport.model_validate(report)
