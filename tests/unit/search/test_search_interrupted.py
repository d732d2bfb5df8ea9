"""A search that is interrupted keeps what it has learned."""

from telemetry_sender.results.latency import LatencySummary
from telemetry_sender.results.limits import Limit, LimitKind
from telemetry_sender.search.report import build_report
from telemetry_sender.search.search import search
from telemetry_sender.search.slo import parse_slo
from telemetry_sender.search.strategy import Bounds
from telemetry_sender.search.trial import Trial


def test_a_ctrl_c_between_two_trials_leaves_a_report_of_those_before() -> None:
    rates: list[float] = []

    def try_rate(rate: float, _: float) -> Trial:
        if len(rates) == 2:
            raise KeyboardInterrupt
        rates.append(rate)
        quick = LatencySummary(1.0, 1.0, 1.0, 1.0, 1.0)
        sent = round(rate)
        limit = Limit(LimitKind.RATE, "the rate")
        return Trial(rate, 1.0, rate, sent, 0, 0, 10, quick, quick, limit)

    bounds = Bounds(1000, 100, 1e6, 0.02)
    result = search(parse_slo("response_p99<200ms"), bounds, try_rate, lambda _: None)
    report = build_report(result, seed=1)
    assert report["outcome"] == "interrupted"
    assert [step["events_per_second"] for step in report["steps"]] == rates == [1000, 2000]
    assert report["highest_sustained_events_per_second"] is None
