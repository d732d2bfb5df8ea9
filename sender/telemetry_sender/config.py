"""The sender's configuration: every key, its default, its unit and its bounds."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from telemetry_common.config import ConfigModel
from telemetry_common.signals import Signal
from telemetry_common.units import parse_duration, parse_size
from telemetry_sender.endpoint import Endpoint, parse_endpoint
from telemetry_sender.headers import checked_name, checked_text, masked_text

_TEN_YEARS_MS = 10 * 365 * 86_400_000
_NANOS_PER_MS = 1_000_000
# Message sizes are signed 32-bit numbers in gRPC.
_MAX_MESSAGE = (1 << 31) - 1
# Every worker takes memory before the first request; more of them than this only wait.
_MAX_CONCURRENCY = 10_000


def _seconds(value: str | float) -> float:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return parse_duration(value)
    raise ValueError("a duration like 30s, 5m or 1h30m is needed")


def _bytes(value: str | int) -> int:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return parse_size(value)
    raise ValueError("a size like 4MB is needed")


def _checked_endpoint(text: str) -> str:
    parse_endpoint(text)
    return text


def _distinct_names(headers: dict[str, str]) -> dict[str, str]:
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("two header names differ in upper and lower case only")
    return headers


# Strict numbers: `true` and "10" are not counts.
PositiveInt = Annotated[int, Field(gt=0, strict=True)]
NonNegativeInt = Annotated[int, Field(ge=0, strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Millis = Annotated[Number, Field(ge=0, le=_TEN_YEARS_MS)]
Seconds = Annotated[float, BeforeValidator(_seconds)]
PositiveSeconds = Annotated[Seconds, Field(gt=0)]
MessageBytes = Annotated[int, BeforeValidator(_bytes), Field(gt=0, le=_MAX_MESSAGE)]
HeaderName = Annotated[str, AfterValidator(lambda name: checked_name(name) and name)]
HeaderText = Annotated[str, AfterValidator(checked_text)]
Headers = Annotated[dict[HeaderName, HeaderText], AfterValidator(_distinct_names)]


class InputConfig(ConfigModel):
    """The template files to replay, by signal; any subset, at least one."""

    traces: Path | None = None
    """File of serialized TracesData."""
    metrics: Path | None = None
    """File of serialized MetricsData."""
    logs: Path | None = None
    """File of serialized LogsData."""
    profiles: Path | None = None
    """File of serialized ProfilesData."""

    @property
    def files(self) -> dict[Signal, Path]:
        """The files given, by signal."""
        paths = {signal: getattr(self, signal.value) for signal in Signal}
        return {signal: path for signal, path in paths.items() if path is not None}

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.files:
            raise ValueError("no template file; give traces, metrics, logs or profiles")
        return self


class OtlpConfig(ConfigModel):
    """The endpoint and how to speak to it."""

    # repr=False keeps these values out of errors and logs.
    endpoint: Annotated[str, AfterValidator(_checked_endpoint), Field(repr=False)]
    """`host:port`, `http(s)://host:port` or `unix:path`; a scheme decides about TLS."""
    insecure: bool = False
    """Plaintext instead of TLS, for an endpoint without a scheme."""
    headers: Headers = Field(default_factory=dict, repr=False)
    """Sent with every request; `${NAME}` stands for an environment variable."""
    timeout: PositiveSeconds = 10.0
    """Deadline of one attempt, in seconds."""
    connect_timeout: PositiveSeconds = 10.0
    """How long the first connection may take, in seconds."""
    certificate: Path | None = None
    """PEM file of the authorities to trust; the system's when not given."""
    client_certificate: Path | None = None
    """PEM file of the certificate that the sender shows; needs `client_key`."""
    client_key: Path | None = None
    """PEM file of the private key that belongs to it."""
    max_message_size: MessageBytes = 4 * 1024 * 1024
    """The receiver's limit for one request, in bytes."""

    @property
    def address(self) -> Endpoint:
        """The endpoint, parsed."""
        return parse_endpoint(self.endpoint)

    @property
    def plaintext(self) -> bool:
        """Whether to speak without TLS: the scheme decides, then `insecure`."""
        scheme = self.address.plaintext
        return self.insecure if scheme is None else scheme

    @model_validator(mode="after")
    def _consistent_tls(self) -> Self:
        if (self.client_certificate is None) != (self.client_key is None):
            raise ValueError("client_certificate and client_key belong together")
        if self.plaintext and (self.certificate or self.client_certificate):
            raise ValueError("certificates have no effect without TLS; use https")
        return self


class RateLimitConfig(ConfigModel):
    """How fast to send."""

    events_per_second: Number = 10_000.0
    """Events of all signals together; zero or less disables pacing."""
    burst_seconds: Annotated[Number, Field(gt=0)] = 2.0
    """How much unused time the pacer keeps; a later burst spends it."""

    @property
    def intended(self) -> float | None:
        """The rate to hold in events per second; None when unlimited."""
        return self.events_per_second if self.events_per_second > 0 else None


class BatchSizeConfig(ConfigModel):
    """The most that goes into one request; the message limit may allow less."""

    traces: PositiveInt = 100
    """Traces that begin in it; a trace is whole unless it is larger than a request may be."""
    metrics: PositiveInt = 1000
    """Data points."""
    logs: PositiveInt = 1000
    """Log records."""
    profiles: PositiveInt = 1000
    """Samples, of whole profiles; every request carries the whole dictionary as well."""

    def of(self, signal: Signal) -> int:
        """Return the batch size of a signal."""
        return int(getattr(self, signal.value))


class RetryConfig(ConfigModel):
    """How often and when a retryable failure is tried again (exponential backoff with jitter)."""

    max_attempts: PositiveInt = 5
    """Attempts of one request, the first included."""
    initial_backoff: PositiveSeconds = 0.1
    """Longest wait before the second attempt, in seconds; it doubles for each further one."""
    max_backoff: PositiveSeconds = 5.0
    """Longest wait before any attempt, in seconds."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_backoff < self.initial_backoff:
            raise ValueError("max_backoff is below initial_backoff")
        return self


class SendingConfig(ConfigModel):
    """How much to send, how fast, and when to stop: at the first of duration and multiplier."""

    rate_limit: RateLimitConfig = RateLimitConfig()
    batch_size: BatchSizeConfig = BatchSizeConfig()
    concurrency: Annotated[PositiveInt, Field(le=_MAX_CONCURRENCY)] = 10
    """Requests in flight; shared out by events, but every signal gets at least one."""
    duration: Seconds = 0.0
    """Seconds to send for; 0 means no limit."""
    multiplier: NonNegativeInt = 0
    """How often every event is sent; 0 means no limit."""
    grace_period: Seconds = 10.0
    """Seconds that requests in flight get to finish at the end."""
    retry: RetryConfig = RetryConfig()


class TimestampsConfig(ConfigModel):
    """How far sent times lie behind the clock; zero means zero."""

    jitter_ms: Millis = 100.0
    """Each trace and log record gets a random delay of up to this many milliseconds."""
    backdate_ms: Millis = 0.0
    """All times are moved back by this many milliseconds."""

    @property
    def jitter_nanos(self) -> int:
        """The jitter in nanoseconds."""
        return round(self.jitter_ms * _NANOS_PER_MS)

    @property
    def backdate_nanos(self) -> int:
        """The shift in nanoseconds."""
        return round(self.backdate_ms * _NANOS_PER_MS)


class SenderConfig(ConfigModel):
    """All settings of `telemetry-sender`."""

    input: InputConfig
    otlp: OtlpConfig
    sending: SendingConfig = SendingConfig()
    timestamps: TimestampsConfig = TimestampsConfig()
    sink: str = "otlp_grpc"
    """Where blocks go, by name: `otlp_grpc`, `discard`, or a sink of another package."""


def public_view(config: SenderConfig) -> dict[str, Any]:
    """Return the configuration for reports: header values are masked, `${NAME}` stays."""
    shown = config.model_dump(mode="json")
    shown["otlp"]["headers"] = {
        name: masked_text(text) for name, text in config.otlp.headers.items()
    }
    return shown
