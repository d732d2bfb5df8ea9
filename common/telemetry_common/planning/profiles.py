"""What ties profiles together: when each of them ends, and which link its samples name."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_common.planning.layout import PROFILE_DURATION, PROFILE_TIME, SAMPLE_LINK
from telemetry_common.planning.wire import (
    FIXED64,
    VARINT,
    Bytes,
    Fields,
    Messages,
    Offsets,
    read_varints,
    scan,
)


def sample_links(data: Bytes, samples: Messages, links: int) -> Offsets:
    """Return which of the dictionary's `links` each sample names, shape (n,); 0 for none.

    Link 0 stands for none by the OTLP definition, and so does one that does not exist.
    """
    fields = scan(data, samples, {SAMPLE_LINK}).of(SAMPLE_LINK, VARINT)
    # Parsers keep the low 32 bits of an int32, and its last occurrence.
    value = read_varints(data, fields.start, fields.end)[0].astype(np.int32)
    link = np.zeros(len(samples), np.int64)
    link[fields.owner] = value
    return np.where((link > 0) & (link < links), link, 0)


def profile_ends(data: Bytes, words: U64, fields: Fields, profiles: int) -> U64:
    """Return when each of `profiles` ends, from their `fields`: its time and duration, modulo 2^64.

    `words` are the unaligned words of `data`. A profile without a time ends at 0.
    """
    times, durations = fields.of(PROFILE_TIME, FIXED64), fields.of(PROFILE_DURATION, VARINT)
    time, duration = np.zeros((2, profiles), np.uint64)
    time[times.owner] = words[times.start]
    lengths = read_varints(data, durations.start, durations.end)[0]
    duration[durations.owner] = lengths.view(np.uint64)
    return np.where(time == 0, time, time + duration)
