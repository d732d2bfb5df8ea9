"""Identifiers as Kubernetes and the clouds make them, from an entity's own randomness."""

from telemetry_generator.keyed import Stream

# Kubernetes leaves out vowels and what looks like them, so that no suffix is a word
# (k8s.io/apimachinery, util/rand).
_SAFE = "bcdfghjklmnpqrstvwxz2456789"


def uuid(stream: Stream) -> str:
    """Return a version 4 UUID (RFC 9562, section 5.4)."""
    high, low = stream.bits(), stream.bits()
    text = f"{high:016x}{low:016x}"
    variant = "89ab"[low >> 62]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def hexadecimal(stream: Stream, digits: int) -> str:
    """Return random hexadecimal digits, in whole or part of 16."""
    blocks = (f"{stream.bits():016x}" for _ in range(-(-digits // 16)))
    return "".join(blocks)[:digits]


def suffix(stream: Stream, length: int) -> str:
    """Return the random end of a generated Kubernetes name."""
    return "".join(stream.pick(_SAFE) for _ in range(length))
