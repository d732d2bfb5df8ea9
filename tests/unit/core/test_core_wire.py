"""Walking bytes: both walks agree, and bytes of any kind are planned or refused, nothing else."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import (
    START,
    array,
    blocks_of,
    encoded_sample,
    examples,
    planned,
    sources,
    stampers_of,
    templates_of,
)
from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Limits
from telemetry_common.planning.wire import (
    LENGTH,
    Fields,
    Messages,
    WireError,
    encode_varint,
    read_varints,
    scan,
)
from telemetry_common.signals import Signal

signals = st.sampled_from(list(Signal))
LOCKSTEP = 60
"""More messages than the plain walk takes on alone."""


def table(messages: list[bytes]) -> Messages:
    ends = np.cumsum([len(message) for message in messages])
    return Messages(np.append(0, ends[:-1]).astype(np.int64), ends.astype(np.int64))


def rows(fields: Fields) -> list[tuple[int, ...]]:
    columns = [getattr(fields, name).tolist() for name in Fields.__slots__]
    return list(zip(*columns, strict=True))


def scan_alone(messages: list[bytes]) -> list[tuple[int, ...]]:
    """Scan each message in an array of its own, and place the rows as in the joined array."""
    found: list[tuple[int, ...]] = []
    for owner, (message, start) in enumerate(
        zip(messages, table(messages).start.tolist(), strict=True)
    ):
        alone = scan(array(message), table([message]))
        found += [
            (owner, number, wire, tag + start, begin + start, end + start)
            for _, number, wire, tag, begin, end in rows(alone)
        ]
    return found


@examples(15)
@given(rng=sources, signal=signals)
def test_many_messages_in_lockstep_have_the_rows_of_each_one_alone(
    rng: Random, signal: Signal
) -> None:
    messages = [encoded_sample(rng, signal) for _ in range(LOCKSTEP)]
    together = scan(array(b"".join(messages)), table(messages))
    assert rows(together) == scan_alone(messages)


def test_lockstep_walks_many_short_messages_beside_one_long_one() -> None:
    """The long one is finished by the plain walk; owners and order stay right."""
    field = b"\x08\x96\x01"
    messages = [field * count for count in (*range(LOCKSTEP), 5000, 0, 3)]
    fields = scan(array(b"".join(messages)), table(messages))
    assert np.bincount(fields.owner, minlength=len(messages)).tolist() == [
        *range(LOCKSTEP), 5000, 0, 3,
    ]  # fmt: skip
    assert np.all(np.diff(fields.tag) == 3)


def test_scan_keeps_only_the_numbers_asked_for() -> None:
    messages = [b"\x08\x01\x10\x02\x1a\x00"] * LOCKSTEP
    fields = scan(array(b"".join(messages)), table(messages), keep={1, 3})
    assert fields.number.tolist() == [1, 3] * LOCKSTEP


@examples(50)
@given(value=st.integers(0, 2**63 - 1), padding=st.integers(0, 9))
def test_varints_are_read_whatever_their_padding(value: int, padding: int) -> None:
    encoded = bytearray(encode_varint(value))
    padding = min(padding, 10 - len(encoded))
    if padding:
        encoded[-1] |= 0x80
        encoded += b"\x80" * (padding - 1) + b"\x00"
    got, after = read_varints(array(bytes(encoded)), np.array([0]), np.array([len(encoded)]))
    assert (got.tolist(), after.tolist()) == ([value], [len(encoded)])


# Each is wrong at one place only, and wrong alone as well as among many others.
BROKEN = {
    "truncated tag": b"\x80",
    "truncated varint": b"\x08\xff",
    "varint of eleven bytes": b"\x08" + b"\xff" * 10 + b"\x01",
    "truncated fixed64": b"\x09" + b"1234567",
    "truncated fixed32": b"\x0d" + b"123",
    "length over the end": b"\x0a\x05abcd",
    "length of 2^31": b"\x0a" + encode_varint(1 << 31) + b"abc",
    "length of 2^63 - 1": b"\x0a" + encode_varint((1 << 63) - 1) + b"abc",
    "negative length": b"\x0a" + encode_varint((1 << 64) - 1) + b"abc",
    "length of more than 64 bits": b"\x0a\x83" + b"\x80" * 8 + b"\x02" + b"abc",
    "no length": b"\x0a",
    "field number zero": b"\x00\x00",
    "field number above 2^29 - 1": encode_varint((1 << 29) << 3) + b"\x00",
    "tag of more than 64 bits": b"\x88" + b"\x80" * 8 + b"\x02" + b"\x01",
    "wire type 6": b"\x0e",
    "wire type 7": b"\x0f",
    "end of a group that did not begin": b"\x0c",
    "group without an end": b"\x0b\x08\x01",
    "group with another one's end": b"\x0b\x14",
    "groups nested 200 deep": b"\x0b" * 200 + b"\x0c" * 200,
}


@pytest.mark.parametrize("others", [0, LOCKSTEP])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=list(BROKEN))
def test_broken_bytes_are_a_wire_error_that_says_where(broken: bytes, others: int) -> None:
    """Alone they meet the plain walk, among many messages the lockstep walk."""
    messages = [b"\x08\x01"] * others + [broken]
    with pytest.raises(WireError) as caught:
        scan(array(b"".join(messages)), table(messages))
    assert 2 * others <= caught.value.offset <= 2 * others + len(broken)
    assert caught.value.problem in str(caught.value)


def test_a_group_is_one_field_however_deep() -> None:
    message = b"\x0b" * 50 + b"\x0c" * 50 + b"\x10\x05"
    fields = scan(array(message), table([message]))
    assert list(zip(fields.number, fields.tag, fields.end, strict=True)) == [
        (1, 0, 100),
        (2, 100, 102),
    ]


def test_a_length_may_end_exactly_with_its_message() -> None:
    messages = [b"\x0a\x03abc"] * LOCKSTEP
    fields = scan(array(b"".join(messages)), table(messages))
    assert (fields.end - fields.start).tolist() == [3] * LOCKSTEP
    assert set(fields.wire.tolist()) == {LENGTH}


def flip(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def overwrite(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    junk = rng.choice([b"\xff" * 9 + b"\x01", b"\x7f", b"\x80" * 10, rng.randbytes(4)])
    return data[:at] + junk + data[at + len(junk) :]


def truncate(rng: Random, data: bytes) -> bytes:
    return data[: rng.randrange(1, len(data) + 1)]


def remove(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.randrange(1, 9) :] or b"\x00"


def insert(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.randrange(1, 9)) + data[at:]


MUTATIONS: list[Callable[[Random, bytes], bytes]] = [flip, overwrite, truncate, remove, insert]


@pytest.mark.parametrize("copies", [1, LOCKSTEP])
@examples(60)
@given(rng=sources, signal=signals)
def test_a_damaged_file_is_planned_cut_and_stamped_or_refused(
    copies: int, rng: Random, signal: Signal
) -> None:
    """No damage leads to an IndexError, a MemoryError or a hang; copies make lockstep walk it."""
    data = encoded_sample(rng, signal) * copies
    for _ in range(rng.randrange(1, 4)):
        data = rng.choice(MUTATIONS)(rng, data)
    try:
        templates = templates_of({signal: data})
        limits = Limits(batch=2 * copies, max_bytes=max(200, len(data) // 3))
        blocks = blocks_of(templates[signal].plan, limits)
    except (WireError, TemplateError):
        return
    stamper = stampers_of(templates)[signal]
    for block in blocks:
        assert len(stamper.stamp(block, 0, START)) == block.size


@examples(60)
@given(data=st.binary(min_size=1, max_size=400), signal=signals)
def test_random_bytes_are_planned_or_refused(data: bytes, signal: Signal) -> None:
    for content in (data, data * LOCKSTEP):
        try:
            plan = planned(content, signal)
        except WireError:
            continue
        assert plan.size == len(content)
