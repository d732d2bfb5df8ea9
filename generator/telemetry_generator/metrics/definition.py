"""What a metric is, whoever defined it: the catalogue, the configuration, or a counter.

A definition says everything that does not depend on the generated system; `emitters` and
`dimensions` bring it together with the services and machines of a set.
"""

from dataclasses import dataclass
from enum import StrEnum

from telemetry_generator.traces.table import Kind
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Protocol


class Source(StrEnum):
    """Whose style a metric keeps: its name, unit, instrument and attribute names."""

    SEMCONV = "semconv"
    """The OpenTelemetry semantic conventions."""
    COLLECTOR = "collector"
    """A receiver of the OpenTelemetry Collector, or the Collector's own telemetry."""
    PROMETHEUS = "prometheus"
    """A Prometheus client library."""
    APPLICATION = "application"
    """Made up; the name begins with `app.`."""
    CUSTOM = "custom"
    """Defined by the user."""


class Family(StrEnum):
    """What a metric is about; metrics are selected by it."""

    HOST = "host"
    PROCESS = "process"
    CLUSTER = "cluster"
    NODE = "node"
    POD = "pod"
    CONTAINER = "container"
    HTTP = "http"
    RPC = "rpc"
    DB = "db"
    MESSAGING = "messaging"
    DNS = "dns"
    JVM = "jvm"
    GO = "go"
    CPYTHON = "cpython"
    NODEJS = "nodejs"
    V8JS = "v8js"
    DOTNET = "dotnet"
    ASPNETCORE = "aspnetcore"
    COLLECTOR = "collector"
    APPLICATION = "application"


class Reporter(StrEnum):
    """Who reports a metric: a kind of thing in the system, or a service that fits."""

    HOST = "host"
    NODE = "node"
    POD = "pod"
    CONTAINER = "container"
    VOLUME = "volume"
    CLUSTER = "cluster"
    NAMESPACE = "namespace"
    QUOTA = "quota"
    DEPLOYMENT = "deployment"
    REPLICASET = "replicaset"
    REPLICATION_CONTROLLER = "replication_controller"
    STATEFULSET = "statefulset"
    DAEMONSET = "daemonset"
    JOB = "job"
    CRONJOB = "cronjob"
    HPA = "hpa"
    COLLECTOR = "collector"
    """An OpenTelemetry Collector, one on every node."""
    SERVICE = "service"
    """Any instance of a service; the following are services of a certain make."""
    HTTP_SERVER = "http_server"
    HTTP_CLIENT = "http_client"
    RPC_SERVER = "rpc_server"
    RPC_CLIENT = "rpc_client"
    DB_CLIENT = "db_client"
    PRODUCER = "producer"
    CONSUMER = "consumer"
    JAVA = "java"
    GO = "go"
    PYTHON = "python"
    NODEJS = "nodejs"
    DOTNET = "dotnet"


class Instrument(StrEnum):
    """How a metric behaves, and so which of OTLP's five kinds of data point it has."""

    GAUGE = "gauge"
    COUNTER = "counter"
    """A monotonic sum."""
    UPDOWN = "updown"
    """A sum that also falls; always cumulative."""
    HISTOGRAM = "histogram"
    """With explicit bounds."""
    EXPONENTIAL = "exponential_histogram"
    SUMMARY = "summary"

    @property
    def is_distribution(self) -> bool:
        """Whether a point sums up many measurements."""
        return self in (Instrument.HISTOGRAM, Instrument.EXPONENTIAL, Instrument.SUMMARY)

    @property
    def has_temporality(self) -> bool:
        """Whether its points may be delta."""
        return self in (Instrument.COUNTER, Instrument.HISTOGRAM, Instrument.EXPONENTIAL)


class Temporality(StrEnum):
    """Whether a point covers the time since the start, or since the previous point."""

    CUMULATIVE = "cumulative"
    DELTA = "delta"


class Driver(StrEnum):
    """Which part of the hidden state of its emitter moves a value from `low` to `high`."""

    CONSTANT = "constant"
    """A limit or a setting: the emitter's alone, the same at all times."""
    LOAD = "load"
    """How busy the emitter is; CPU follows it closely."""
    MEMORY = "memory"
    """How much of the emitter's memory is taken."""
    DISK = "disk"
    """How full its storage is."""
    TRAFFIC = "traffic"
    """How many requests arrive."""
    LATENCY = "latency"
    """How long requests take: rises with load."""
    ERRORS = "errors"
    """How much fails."""
    UPTIME = "uptime"
    """Seconds since the emitter began; `low` and `high` bound that age."""
    NOISE = "noise"
    """Nothing that other metrics know of."""


class SplitKind(StrEnum):
    """How the series that differ in one attribute only relate to each other."""

    SHARES = "shares"
    """They divide the whole among themselves, the first value having most."""
    REST = "rest"
    """They divide what is in use; the value named `rest` has what is left of the whole."""
    STATE = "state"
    """Exactly one is 1, most likely the first value, and the others are 0."""


@dataclass(frozen=True, slots=True)
class Split:
    """The relation of the series of one group: those that differ in attribute `key` only."""

    key: str
    kind: SplitKind
    rest: str = ""
    """For REST: the value that stands for what is not in use, such as `idle` or `free`."""


@dataclass(frozen=True, slots=True)
class ValueModel:
    """How large a metric gets, in its own unit, as its driver goes from nothing to the utmost.

    `low` and `high` are the value of a gauge or up-down counter, the increase *per second* of a
    counter, and the typical (median) measurement of a distribution. With a split of SHARES or
    REST they are the whole that is divided: for REST from nothing in use to all of it (so `high`
    is the size of the whole, and `low` the least in use).
    """

    low: float
    high: float
    driver: Driver
    split: Split | None = None
    rate: float = 1.0
    """For distributions: measurements a second at full traffic."""


@dataclass(frozen=True, slots=True)
class SpanRole:
    """Which spans are examples of what a metric measures: exemplars name them."""

    protocol: Protocol
    kind: Kind


@dataclass(frozen=True, slots=True)
class Axis:
    """A direction in which the series of a metric differ, the same for every emitter.

    Attributes that depend on each other share an axis: an `option` is a tuple of pairs, and an
    attribute may be absent from some options. `http.response.status_code` and `error.type` make
    such an axis: (200), (404), (500 and "500").
    """

    options: tuple[Attributes, ...]


@dataclass(frozen=True, slots=True)
class WorldAxis:
    """A direction whose options are the emitter's own: its routes, callees, queries or queues.

    `name` is one of those in `dimensions.WORLD_AXES`.
    """

    name: str


@dataclass(frozen=True, slots=True)
class NumberedAxis:
    """An attribute whose values are counted: `prefix`, eight decimal digits, `suffix`."""

    key: str
    prefix: str
    suffix: str = ""

    def value(self, number: int) -> str:
        """Return value `number`, counted from 0 and below 100,000,000."""
        return f"{self.prefix}{number:08d}{self.suffix}"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """One metric."""

    name: str
    source: Source
    family: Family
    reporter: Reporter
    instrument: Instrument
    is_int: bool
    """Whether points (or the measurements of a distribution) are whole numbers."""
    unit: str
    """In UCUM, as OpenTelemetry writes it."""
    description: str
    values: ValueModel
    axes: tuple[Axis | WorldAxis, ...] = ()
    """The split's axis, if there is one, comes first: it varies fastest."""
    bounds: tuple[float, ...] = ()
    """For HISTOGRAM: ascending upper bounds of all buckets but the last."""
    quantiles: tuple[float, ...] = ()
    """For SUMMARY: ascending, within 0 to 1."""
    exemplars: SpanRole | None = None
    temporality: Temporality | None = None
    """None as long as the configuration has not been asked, and where there is none to have."""
    series: int | None = None
    """How many series it has; None as the configuration says for all."""
