"""The `google.rpc.Status` that goes with an error over both protocols."""

from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from telemetry_sender.receiver.answers import Refused


def error_status(refused: Refused) -> Status:
    """Return code and message, and when to come again as RetryInfo."""
    status = Status(code=refused.status.code, message=refused.message)
    if refused.retry_after is not None:
        delay = Duration()
        delay.FromNanoseconds(round(refused.retry_after * 1e9))
        status.details.add().Pack(RetryInfo(retry_delay=delay))
    return status
