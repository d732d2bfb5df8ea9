"""Validates a template set: its manifest, its files, and everything in them."""

from dataclasses import dataclass, field
from pathlib import Path

from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from telemetry_common.manifest import find_manifest
from telemetry_common.signals import Signal
from telemetry_generator.reading.interner import Interner
from telemetry_generator.reading.messages import Decoded
from telemetry_generator.reading.progress import Progress
from telemetry_generator.reading.template_set import TemplateSet, open_set
from telemetry_generator.validation.findings import SHOWN_OF_A_KIND, Findings
from telemetry_generator.validation.logs import LogChecks
from telemetry_generator.validation.metrics import MetricChecks
from telemetry_generator.validation.profiles import ProfileChecks
from telemetry_generator.validation.resources import Resources
from telemetry_generator.validation.span_table import SpanIndex
from telemetry_generator.validation.spans import SpanChecks
from telemetry_generator.validation.template_file import TemplateFile
from telemetry_generator.validation.trees import TreeChecks

_NO_TRACES = "The set has no traces: whether references name its spans was not checked."


def validate_set(directory: Path, progress: Progress, *, limit: int = SHOWN_OF_A_KIND) -> Findings:
    """Read the only set in `directory` in full and return what is wrong with it.

    `limit` findings of each kind are kept, all are counted. Memory grows by some 120 bytes a span
    and 40 bytes a data point, and not with the size of the files. Raises TemplateError when there
    is no set with a readable manifest.
    """
    template_set = open_set(directory)
    findings = Findings(str(find_manifest(directory)), limit)
    validation = _Validation(template_set, findings, progress)
    for signal in template_set.signals:
        validation.check(signal)
    return findings


@dataclass(slots=True)
class _Validation:
    """What the checks of the signals share."""

    template_set: TemplateSet
    findings: Findings
    progress: Progress
    services: Interner = field(default_factory=Interner)
    index: SpanIndex | None = None
    resources: Resources = field(init=False)

    def __post_init__(self) -> None:
        self.resources = Resources(self.findings)
        if Signal.TRACES not in self.template_set.manifest.files:
            self.findings.notes.append(_NO_TRACES)

    def check(self, signal: Signal) -> None:
        """Check the file of one signal; traces must come first."""
        match signal:
            case Signal.TRACES:
                self._check_traces()
            case Signal.METRICS:
                self._check_metrics()
            case Signal.LOGS:
                self._check_logs()
            case Signal.PROFILES:
                self._check_profiles()

    @property
    def _horizon(self) -> int:
        return self.template_set.manifest.horizon_nanos

    def _file(self, signal: Signal, message: type[Decoded]) -> TemplateFile[Decoded]:
        return TemplateFile(self.template_set, signal, message, self.findings, self.progress)

    def _check_traces(self) -> None:
        file = self._file(Signal.TRACES, TracesData)
        spans = SpanChecks(file, self.resources, self.services, self._horizon)
        self.index = SpanIndex(spans.check_file())
        rootless = TreeChecks(file, self.index).check(spans.links)
        file.count(traces=self.index.traces)
        if self.template_set.entry(Signal.TRACES).rootless:
            file.count(rootless=rootless)
        file.close()

    def _check_metrics(self) -> None:
        file = self._file(Signal.METRICS, MetricsData)
        MetricChecks(file, self.resources, self._horizon, self.index).check_file()
        file.close()

    def _check_logs(self) -> None:
        file = self._file(Signal.LOGS, LogsData)
        LogChecks(file, self.resources, self.services, self._horizon, self.index).check_file()
        file.close()

    def _check_profiles(self) -> None:
        file = self._file(Signal.PROFILES, ProfilesData)
        ProfileChecks(file, self.resources, self._horizon, self.index).check_file()
        file.close()
