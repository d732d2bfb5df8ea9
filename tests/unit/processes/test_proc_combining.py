"""The samples of several processes added up, moment by moment."""

from telemetry_common.signals import Signal
from telemetry_sender.processes.combining import SampleCombiner
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.latency import Latencies
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.usage import ProcessUsage


def sampled(elapsed: float, acked: int, answers: int = 0) -> Sample:
    latencies = Latencies()
    for _ in range(answers):
        latencies.service.record(0.001)
        latencies.response.record(0.002)
    counters = {Signal.TRACES: SignalCounters(scheduled=acked, sent=acked, acked=acked)}
    return Sample(elapsed, counters, 0, None, latencies, ProcessUsage(elapsed, 10))


def shown(samples: list[Sample]) -> list[tuple[float, int, int]]:
    return [
        (each.elapsed_seconds, each.totals.acked, each.latencies.response.count) for each in samples
    ]


def test_a_moment_is_complete_when_all_have_spoken() -> None:
    combiner = SampleCombiner(2)
    assert list(combiner.add(0, sampled(1, 10, 1))) == []
    assert shown(list(combiner.add(1, sampled(1, 20, 2)))) == [(1, 30, 3)]
    assert list(combiner.add(1, sampled(2, 40, 2))) == []
    assert shown(list(combiner.add(0, sampled(2, 15, 1)))) == [(2, 55, 3)]


def test_a_process_that_is_silent_does_not_hold_the_others_up() -> None:
    """Its last word counts until it speaks again; then nothing is missing or counted twice."""
    combiner = SampleCombiner(2)
    found = [*combiner.add(0, sampled(1, 1, 1)), *combiner.add(1, sampled(1, 100, 1))]
    for second in (2, 3, 4):
        found += combiner.add(0, sampled(second, second, 1))
    assert shown(found) == [(1, 101, 2), (2, 102, 1)]
    found = list(combiner.add(1, sampled(4, 400, 7)))
    assert shown(found) == [(3, 103, 1), (4, 404, 8)]


def test_one_that_has_ended_keeps_its_counts_in_the_sum() -> None:
    combiner = SampleCombiner(2)
    assert list(combiner.add(0, sampled(0.5, 10, 4))) == []
    assert list(combiner.ended(0)) == []
    assert shown(list(combiner.add(1, sampled(1, 1, 1)))) == [(1, 11, 5)]
    assert shown(list(combiner.add(1, sampled(1.25, 2, 1)))) == []
    assert shown(list(combiner.ended(1))) == [(1.25, 12, 1)]


def test_a_moment_that_all_have_missed_is_left_out() -> None:
    combiner = SampleCombiner(2)
    assert list(combiner.add(0, sampled(3, 10))) == []
    assert shown(list(combiner.add(1, sampled(3, 20)))) == [(3, 30, 0)]
