"""Reads `google.rpc.Status`, which says why a request failed; anyone on the way may spoil it."""

import json

from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status


def message_of_protobuf(body: bytes) -> str:
    """Return the message of a serialized Status; empty when there is none."""
    try:
        message: str = Status.FromString(body).message
    except DecodeError:
        return ""
    return message


def message_of_json(body: bytes) -> str:
    """Return the message of a Status as JSON; empty when there is none."""
    try:
        return str(json.loads(body).get("message") or "")
    except (ValueError, AttributeError, RecursionError):
        return ""


def retry_delay(body: bytes) -> float | None:
    """Return the delay of a RetryInfo among the details of a serialized Status, in seconds."""
    info = RetryInfo()
    try:
        for detail in Status.FromString(body).details:
            if detail.Unpack(info):
                delay: float = info.retry_delay.ToTimedelta().total_seconds()
                return delay
    except (DecodeError, OverflowError, ValueError):
        return None
    return None
