"""What can be wrong with a template set, and what to do about each."""

from enum import StrEnum

_AGAIN = "generate the set again"
_MAKER = "correct what made the file"


class Kind(StrEnum):
    """A kind of finding; the value is its name in the JSON document."""

    fix: str

    def __new__(cls, name: str, fix: str) -> "Kind":  # noqa: D102 - gives each member its fix
        member = str.__new__(cls, name)
        member._value_ = name
        member.fix = fix
        return member

    FILE = "file", _AGAIN
    DAMAGED = "damaged", _AGAIN
    SIZE = "size", _AGAIN
    HASH = "hash", _AGAIN
    COUNT = "count", "correct the manifest, or generate the set again"

    ATTRIBUTE_KEY = "attribute-key", "give every attribute of an item a key of its own"
    RESOURCE_IDENTITY = "resource-identity", "describe an entity alike in all signals"
    TIME = "time", "keep every time within 1 .. horizon_nanos of the manifest"

    SPAN_ID = "span-id", "use 8 bytes, not all zero, a different id for every span"
    TRACE_ID = "trace-id", "use 16 bytes, not all zero"
    TRACE_ROOTS = "trace-roots", "give each trace an id of its own, and one root"
    PARENT = "parent", "name the span id of a span of the same trace"
    PARENT_CYCLE = "parent-cycle", "let no span be its own ancestor"
    CHILD_TIME = "child-time", "let a child start and end within its parent"
    SPAN_TIME = "span-time", "let a span end at its start or later"
    EVENT_TIME = "event-time", "let span events happen within their span"
    LINK = "link", "link to a span of the set"

    LOG_REFERENCE = "log-reference", "name a span of the set, or none"
    LOG_TIME = "log-time", "let the record's time lie within its span"
    LOG_SERVICE = "log-service", "put the record under the resource of its span's service"

    METRIC_NAME = "metric-name", "give every metric of a scope one name, and describe it once"
    METRIC_IDENTITY = "metric-identity", "use one type, unit and temporality for a metric's name"
    SERIES = "series", "give every data point of a metric attributes or a time of its own"
    POINT_VALUE = "point-value", _MAKER
    POINT_TIME = "point-time", "let the point's interval start before it ends"
    HISTOGRAM = "histogram", _MAKER
    EXPONENTIAL_HISTOGRAM = "exponential-histogram", _MAKER
    SUMMARY = "summary", _MAKER
    EXEMPLAR = "exemplar", "name a span of the set, or none"

    DICTIONARY = "dictionary", "refer to entries that the dictionary has; entry 0 is the zero value"
    PROFILE_ID = "profile-id", "use 16 bytes, not all zero, a different id for every profile"
    SAMPLE = "sample", "give a sample values or timestamps, as many of one as of the other"
    PROFILE_LINK = "profile-link", "link to a span of the set"
