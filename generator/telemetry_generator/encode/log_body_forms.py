"""The two forms of a body: text, or keys and values."""

from telemetry_generator.encode.cells import Cells, Objects, join

PAIRS = 1
"""Number of the repeated field `KeyValueList.values`."""

_BODY = 5  # LogRecord.body
_STRING_VALUE, _KVLIST_VALUE = 1, 6  # AnyValue.string_value, .kvlist_value
_VALUE = 2  # KeyValue.value
_MESSAGE_KEY = b"\x0a\x07message"  # KeyValue.key


def text_bodies(texts: Objects) -> Cells:
    """Return bodies that are texts."""
    return _strings(texts).embed(_BODY)


def structured_bodies(texts: Objects, pairs: Cells) -> Cells:
    """Return bodies of keys and values: the message, then `pairs`, rendered as field `PAIRS`."""
    key = Cells.constant(len(texts), _MESSAGE_KEY)
    message = join(key, _strings(texts).embed(_VALUE)).embed(PAIRS)
    return join(message, pairs).embed(_KVLIST_VALUE).embed(_BODY)


def _strings(texts: Objects) -> Cells:
    """Return the texts as the content of an `AnyValue`."""
    return Cells.blobs(texts.tolist()).embed(_STRING_VALUE)
