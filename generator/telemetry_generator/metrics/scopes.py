"""The instrumentation scopes of metrics: who measured, by what a metric is about."""

from telemetry_generator.metrics.definition import Family, MetricDefinition, Reporter
from telemetry_generator.semantics.scopes import Scope

_CONTRIB = "github.com/open-telemetry/opentelemetry-collector-contrib/receiver/"
_VERSION = "0.159.0"

OWN_METER = Scope("io.stampede.metrics", "1.0.0")
"""The meter of the services' own code."""

_HOST = Scope(f"{_CONTRIB}hostmetricsreceiver", _VERSION)
_CLUSTER = Scope(f"{_CONTRIB}k8sclusterreceiver", _VERSION)
_KUBELET = Scope(f"{_CONTRIB}kubeletstatsreceiver", _VERSION)

_BY_FAMILY = {
    Family.CLUSTER: _CLUSTER,
    Family.COLLECTOR: Scope("go.opentelemetry.io/collector/service", _VERSION),
    Family.CONTAINER: _KUBELET,
    Family.HOST: _HOST,
    Family.NODE: _KUBELET,
    Family.POD: _KUBELET,
}
_OF_PODS = (Reporter.CONTAINER, Reporter.NODE, Reporter.POD, Reporter.VOLUME)


def scope_of(metric: MetricDefinition) -> Scope:
    """Return the scope under which a metric is reported, by whomever."""
    if metric.family is Family.CLUSTER and metric.reporter in _OF_PODS:
        return _KUBELET
    return _BY_FAMILY.get(metric.family, OWN_METER)
