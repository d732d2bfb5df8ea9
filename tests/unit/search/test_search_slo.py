"""Objectives as users write them."""

from collections.abc import Mapping

import pytest

from telemetry_sender.search.slo import parse_slo


class Known:
    def __init__(self, figures: Mapping[str, float]) -> None:
        self._figures = figures

    def figure(self, name: str) -> float | None:
        return self._figures.get(name)


GOOD = {"response_p99": 0.15, "loss": 0.0005}


@pytest.mark.parametrize(
    ("figures", "broken"),
    [
        (GOOD, []),
        ({**GOOD, "response_p99": 0.2}, ["response_p99<200ms"]),
        ({**GOOD, "loss": 0.001}, ["loss<0.1%"]),
        ({"response_p99": 3.0, "loss": 1.0}, ["response_p99<200ms", "loss<0.1%"]),
        ({"loss": 0.0}, ["response_p99<200ms"]),  # nothing was answered
    ],
)
def test_the_conditions_that_do_not_hold_are_named(
    figures: Mapping[str, float], broken: list[str]
) -> None:
    assert parse_slo("response_p99<200ms, loss<0.1%").broken(Known(figures)) == broken


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("service_max<=1s", 1.0, True),
        ("service_max<1s", 1.0, False),
        ("errors<=0", 0.0, True),
        ("achieved>=95%", 0.95, True),
        ("achieved>0.95", 0.95, False),
    ],
)
def test_bounds_are_durations_or_shares(text: str, value: float, *, holds: bool) -> None:
    name = text.partition("<")[0].partition(">")[0]
    assert (parse_slo(text).broken(Known({name: value})) == []) is holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not like response_p99<200ms"),
        ("response_p99=200ms", "is not like"),
        ("response_p98<1s", "no figure is called 'response_p98'; there are response_p50"),
        ("loss<200ms", "'200ms' is not a share"),
        ("loss<120%", "'120%' is not a share"),
        ("response_p99<fast", "fast"),
    ],
)
def test_what_is_no_condition_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_slo(text)
