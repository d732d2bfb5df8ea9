"""What became of one request: the single answer that every sink gives, whatever its protocol.

An outcome is named by its code: `OK`; the name of a gRPC status, from an answer over gRPC and, in
any protocol, for a request that got none (`UNAVAILABLE`, `DEADLINE_EXCEEDED`) or one that cannot be
read (`INTERNAL`); `HTTP 503` and the like from an answer over HTTP.
"""

from dataclasses import dataclass

OK = "OK"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of handing one block to a sink."""

    code: str = OK
    """The name of the outcome."""
    rejected: int = 0
    """Events that the receiver refused although it took the request (OTLP partial success)."""
    message: str = ""
    retryable: bool = False
    """Whether the same bytes may be sent again; never true for a partial success."""
    retry_after_seconds: float | None = None
    """How long the receiver asks to wait (RetryInfo, Retry-After); None when it did not say."""
    too_large: bool = False
    """Whether the receiver refused the request for its size: its halves may be taken."""
    wire_bytes: int | None = None
    """Bytes of the body as sent, after compression; None when it went as it was, or is unknown
    (gRPC compresses inside its library)."""
    is_fatal: bool = False
    """Whether the destination takes nothing more, so that the run has to end: a full disk."""

    @property
    def ok(self) -> bool:
        """Whether the receiver took the request, possibly without some of its events."""
        return self.code == OK
