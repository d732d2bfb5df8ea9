"""Log records that number themselves are booked by resource and number."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from receiver_reference import ReferenceSender, build_reference_set, write_reference_set
from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.log_sequences import LogSequences
from telemetry_sender.receiver.records import SequenceAttribute, records_of
from telemetry_sender.receiver.template_index import load_template_index
from telemetry_sender.receiver.wire_views import LogsView

NUMBER = SequenceAttribute("seq")


def _request(*numbered: tuple[int, object], key: str = "seq") -> bytes:
    """Return records of (resource, number)."""
    request = ExportLogsServiceRequest()
    for resource, number in numbered:
        logs = request.resource_logs.add()
        logs.resource.attributes.add(key="r").value.int_value = resource
        record = logs.scope_logs.add().log_records.add()
        record.attributes.add(key="other").value.int_value = 1
        value = record.attributes.add(key=key).value
        setattr(value, "int_value" if isinstance(number, int) else "string_value", number)
    return request.SerializeToString()


def _booked(*requests: bytes) -> LogSequences:
    intake = CheckingIntake(log_sequence=NUMBER)
    for request in requests:
        intake.take(Signal.LOGS, request)
    assert intake.books.sequences is not None
    return intake.books.sequences


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(5, 40)), max_size=10)))
def test_numbers_are_unique_lost_or_duplicated(requests: list[list[tuple[int, int]]]) -> None:
    booked = _booked(*(_request(*each) for each in requests))
    arrived = [each for request in requests for each in request]
    numbers = {r: {n for other, n in arrived if other == r} for r, _ in arrived}
    assert booked.unique == len(set(arrived))
    assert booked.duplicated == len(arrived) - len(set(arrived))
    assert booked.lost == sum(max(n) - min(n) + 1 - len(n) for n in numbers.values())
    assert booked.resource_count == len(numbers)


@pytest.mark.parametrize("number", [-1, "", "-1", "x", "²", "9" * 19])
def test_what_is_no_number_from_0_on_is_unnumbered(number: object) -> None:
    booked = _booked(_request((0, number)))
    assert (booked.unnumbered, booked.unique) == (1, 0)


def test_digits_are_numbers_and_other_attributes_are_not() -> None:
    booked = _booked(_request((0, "7"), (0, 8)), _request((0, 9), key="seq2"))
    assert (booked.unique, booked.lost, booked.unnumbered) == (2, 0, 1)


def test_numbers_that_leave_gaps_everywhere_cannot_fill_the_memory() -> None:
    booked = LogSequences(NUMBER, max_open_pages=3)
    for number in range(10):
        booked.record(records_of(LogsView.FromString(_request((0, number << 40)))))
    assert (booked.unique, booked.untracked) == (3, 7)


def test_with_templates_the_number_names_the_record_of_the_set(tmp_path: Path) -> None:
    """So records of one content are told apart, and may change on the way."""
    templates = build_reference_set()
    for number, record in enumerate(templates.logs.resource_logs[0].scope_logs[0].log_records):
        record.attributes.add(key="seq").value.int_value = number
    write_reference_set(templates, tmp_path)
    index = load_template_index(tmp_path, NUMBER)
    assert index.records.copies.max() == 1
    intake = CheckingIntake(Ledger(index, 1), log_sequence=NUMBER)
    request = ReferenceSender(templates, 1).logs(0)
    request.resource_logs[0].scope_logs[0].log_records[0].body.string_value = "changed"
    intake.take(Signal.LOGS, request.SerializeToString())
    counts = intake.books.counts[Signal.LOGS]
    assert (counts.unique, counts.foreign) == (index.events[Signal.LOGS], 0)
