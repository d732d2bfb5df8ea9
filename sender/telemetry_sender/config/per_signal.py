"""Settings of the endpoint that a signal may have for itself."""

from typing import Annotated

from pydantic import AfterValidator, Field

from telemetry_common.config import ConfigModel
from telemetry_common.signals import Signal
from telemetry_sender.sinks.endpoint import parse_endpoint
from telemetry_sender.sinks.headers import checked_name, checked_text


def _checked_endpoint(text: str) -> str:
    parse_endpoint(text)
    return text


def _distinct_names(headers: dict[str, str]) -> dict[str, str]:
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("two header names differ in upper and lower case only")
    return headers


# repr=False keeps these values out of errors and logs.
EndpointText = Annotated[str, AfterValidator(_checked_endpoint)]
HeaderName = Annotated[str, AfterValidator(lambda name: checked_name(name) and name)]
HeaderText = Annotated[str, AfterValidator(checked_text)]
Headers = Annotated[dict[HeaderName, HeaderText], AfterValidator(_distinct_names)]


class SignalEndpoints(ConfigModel):
    """Endpoints of single signals; over HTTP a URL is used as it is, its path included."""

    traces: EndpointText | None = Field(default=None, repr=False)
    """Where traces go, instead of to `otlp.endpoint`."""
    metrics: EndpointText | None = Field(default=None, repr=False)
    """Where metrics go."""
    logs: EndpointText | None = Field(default=None, repr=False)
    """Where logs go."""
    profiles: EndpointText | None = Field(default=None, repr=False)
    """Where profiles go."""

    def of(self, signal: Signal) -> str | None:
        """Return the endpoint of a signal as written; None without one of its own."""
        endpoint: str | None = getattr(self, signal.value)
        return endpoint


class SignalHeaders(ConfigModel):
    """Headers of single signals, which take the place of `otlp.headers`."""

    traces: Headers | None = Field(default=None, repr=False)
    """Sent with traces, instead of `otlp.headers`."""
    metrics: Headers | None = Field(default=None, repr=False)
    """Sent with metrics."""
    logs: Headers | None = Field(default=None, repr=False)
    """Sent with logs."""
    profiles: Headers | None = Field(default=None, repr=False)
    """Sent with profiles."""

    def of(self, signal: Signal) -> dict[str, str] | None:
        """Return the headers of a signal; None without any of its own."""
        headers: dict[str, str] | None = getattr(self, signal.value)
        return headers
