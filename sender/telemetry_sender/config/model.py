"""The sender's configuration: every key, its default, its unit and its bounds."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from telemetry_common.config import ConfigModel, MisplacedError
from telemetry_sender.config.input import InputConfig
from telemetry_sender.config.local_defaults import with_local_defaults
from telemetry_sender.config.otlp import OtlpConfig, OtlpProtocol
from telemetry_sender.config.precedence import with_recorded_pace
from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.config.sinks import DISCARD_SINK, OTLP_SINK, SinkConfig, listed
from telemetry_sender.config.timestamps import TimestampsConfig
from telemetry_sender.config.transformers import TransformerConfig
from telemetry_sender.sinks.endpoint import shown_endpoint
from telemetry_sender.sinks.headers import masked_text

_NEED_A_SET = (
    ("input", "range"),
    ("sending", "processes"),
    ("sending", "shard"),
    ("sending", "distinct_resources"),
    ("timestamps", "mode"),
)


class SenderConfig(ConfigModel):
    """All settings of `telemetry-sender`."""

    input: InputConfig
    otlp: OtlpConfig = OtlpConfig()
    sending: SendingConfig = SendingConfig()
    timestamps: TimestampsConfig = TimestampsConfig()
    sinks: Annotated[list[SinkConfig], BeforeValidator(listed), Field(min_length=1)] = Field(
        default_factory=lambda: [SinkConfig(name=OTLP_SINK)]
    )
    """Where blocks go: one or several, each a name (`telemetry-sender sinks` lists them), or a name
    with its options. Runs into files alone have defaults of their own (docs/sinks.md)."""
    transformers: list[TransformerConfig] = Field(default_factory=list)
    """Changes that other packages make to what is sent, in order."""

    @property
    def is_local(self) -> bool:
        """Whether all sinks are built-in ones that leave files behind."""
        return all(sink.is_local for sink in self.sinks)

    @property
    def uses_otlp(self) -> bool:
        """Whether an OTLP endpoint is among the sinks."""
        return any(sink.name == OTLP_SINK for sink in self.sinks)

    @model_validator(mode="before")
    @classmethod
    def _paced(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return with_recorded_pace(with_local_defaults(values))

    @model_validator(mode="after")
    def _has_pace(self) -> Self:
        sending = self.sending
        decided = sending.shape is not None or sending.rate_limit.events_per_second is not None
        if not decided and not self.timestamps.follows_timeline:
            path = ("sending", "rate_limit", "events_per_second")
            raise MisplacedError(path, "nothing else decides about the rate", "give a number")
        return self

    @model_validator(mode="after")
    def _has_endpoints(self) -> Self:
        lost = [signal for signal in self.input.files if self.otlp.endpoint_of(signal) is None]
        if self.uses_otlp and lost:
            problem = f"missing, and {lost[0]} have none of their own"
            fix = "add it, or set OTEL_EXPORTER_OTLP_ENDPOINT"
            raise MisplacedError(("otlp", "endpoint"), problem, fix)
        return self

    @model_validator(mode="after")
    def _knows_its_sink_options(self) -> Self:
        """Refuse options that nobody would read."""
        for number, sink in enumerate(self.sinks):
            if sink.options and sink.name in (OTLP_SINK, DISCARD_SINK):
                problem = f"the sink {sink.name!r} takes none"
                fix = "use the section `otlp`" if sink.name == OTLP_SINK else "remove it"
                raise MisplacedError(("sinks", number, "options"), problem, fix)
        return self

    @model_validator(mode="after")
    def _has_one_endpoint(self) -> Self:
        """Refuse two sinks that would share the section `otlp`."""
        places = [number for number, sink in enumerate(self.sinks) if sink.name == OTLP_SINK]
        if len(places) > 1:
            fix = "remove one: the section `otlp` describes it"
            raise MisplacedError(("sinks", places[1], "name"), "there is an otlp sink already", fix)
        return self

    @model_validator(mode="after")
    def _spreads_what_is_scheduled(self) -> Self:
        """Refuse random gaps where no rate or shape says when a request is due."""
        limit = self.sending.rate_limit
        rates = [self.sending.shape, *limit.signals.values(), limit.events_per_second]
        if limit.arrivals == "poisson" and not any(_schedules(rate) for rate in rates):
            path = ("sending", "rate_limit", "arrivals")
            raise MisplacedError(path, "has no effect without a rate or shape", "give one of them")
        return self

    @model_validator(mode="after")
    def _transforms_protobuf(self) -> Self:
        """Refuse transformers of requests where requests are made of what the plan knows."""
        for number, transformer in enumerate(self.transformers):
            if transformer.when != "send":
                continue
            path = ("transformers", number, "when")
            if self.uses_otlp and self.otlp.protocol is OtlpProtocol.HTTP_JSON:
                fix = "use `load`, or another otlp.protocol"
                raise MisplacedError(path, "requests of OTLP/JSON are text", fix)
            if any(sink.is_local for sink in self.sinks):
                raise MisplacedError(path, "files are not made of requests", "use `load`")
        return self

    @model_validator(mode="after")
    def _fit_for_a_stream(self) -> Self:
        """Refuse what needs a set as a whole where the set comes piece by piece."""
        for path in _NEED_A_SET if self.input.is_streamed else ():
            section = getattr(self, path[0])
            default = type(section).model_fields[path[1]].default
            if getattr(section, path[1]) != default:
                fix = "remove it, or replay files that are mapped"
                raise MisplacedError(path, "needs a set as a whole, and this one is a stream", fix)
        return self


def _schedules(rate: Any) -> bool:
    """Tell whether a rate or shape has requests due at certain times."""
    return rate > 0 if isinstance(rate, int | float) else rate is not None


def public_view(config: SenderConfig) -> dict[str, Any]:
    """Return the configuration for reports: header values are masked, `${NAME}` stays.

    Queries of URLs are masked too.
    """
    shown = config.model_dump(mode="json")
    otlp = shown["otlp"]
    otlp["headers"] = _masked(otlp["headers"])
    otlp["signal_headers"] = {
        signal: headers and _masked(headers) for signal, headers in otlp["signal_headers"].items()
    }
    otlp["endpoint"] = _shown(otlp["endpoint"])
    otlp["endpoints"] = {signal: _shown(text) for signal, text in otlp["endpoints"].items()}
    return shown


def _masked(headers: dict[str, str]) -> dict[str, str]:
    return {name: masked_text(text) for name, text in headers.items()}


def _shown(endpoint: str | None) -> str | None:
    return None if endpoint is None else shown_endpoint(endpoint)
