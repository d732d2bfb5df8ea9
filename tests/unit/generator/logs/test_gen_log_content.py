"""What log records say: messages, events, structured bodies, sizes and stack traces."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from log_world import PlacedRecord, all_decoded, decoded, log_factory, plain
from semantic_attributes import attribute_names
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.logs.parameters import Parameter
from telemetry_generator.logs.world_parameters import world_parameters

COUNT = 3_000
ALL = {
    "http_access": {"percentage": 20},
    "application": {"percentage": 40},
    "system": {"percentage": 20},
    "database": {"percentage": 10},
    "audit": {"percentage": 10},
}
COLOUR = "{colour} is {colour}, {n} {wide} {{x}} at {service}"
MINE = {
    "http_access": {"percentage": 0},
    "application": {"percentage": 0},
    "system": {"percentage": 0},
    "mine": {"percentage": 100, "patterns": [{"text": COLOUR, "event": "shop.painted"}]},
}
PARAMETERS = {"colour": ["réd", "green"], "n": [-3, 7], "wide": "1000..99999"}


def messages(records: list[PlacedRecord]) -> list[PlacedRecord]:
    return [one for one in records if one.type != "http_access"]


def expressions(factory: LogFactory) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Yield type, event and a pattern with all values of its parameters, as an expression."""
    known = dict(factory.catalogue.parameters)
    known |= {one.name: one for one in world_parameters(factory.topology)}
    for pattern in factory.catalogue.patterns:
        parts = [re.escape(pattern.literals[0])]
        for at, name in enumerate(pattern.parameters):
            heads, tails = (set(map(len, some)) for some in (known[name].heads, known[name].tails))
            fewest, most = min(heads) + min(tails), max(heads) + max(tails)
            seen = pattern.parameters.index(name) < at
            parts.append(f"(?P={name})" if seen else f"(?P<{name}>.{{{fewest},{most}}})")
            parts.append(re.escape(pattern.literals[at + 1]))
        yield pattern.type, pattern.event, re.compile("".join(parts))


def test_every_message_is_a_filled_in_pattern_of_its_type() -> None:
    factory = log_factory(count=COUNT, types=ALL)
    possible = list(expressions(factory))
    values = factory.catalogue.parameters
    for one in messages(decoded(factory)):
        text = one.record.body.string_value
        found = [
            match.groupdict()
            for log_type, event, expression in possible
            if log_type == one.type and event == one.record.event_name
            if (match := expression.fullmatch(text))
        ]
        assert any(all(value_of(values, *pair) for pair in some.items()) for some in found), text


def value_of(known: Mapping[str, Parameter], name: str, text: str) -> bool:
    """Return whether a parameter has this value; names of the world are not checked."""
    if name not in known:
        return True
    heads, tails = known[name].heads, known[name].tails
    return any(text.startswith(head) and text[len(head) :] in tails for head in heads)


def test_messages_are_hardly_ever_the_same() -> None:
    texts = [one.record.body.string_value for one in decoded(log_factory(count=COUNT))]
    assert len(set(texts)) > 0.85 * len(texts)


def test_keys_of_attributes_are_conventions_or_our_own() -> None:
    for one in decoded(log_factory(count=COUNT, types=ALL)):
        ours = {key for key in one.attributes if key == "log.type" or key.startswith("app.")}
        assert one.attributes.keys() - ours <= attribute_names()


def test_services_write_what_fits_them() -> None:
    made = decoded(log_factory(count=COUNT))
    scopes = {
        name: {
            one.scope for one in made if plain(one.resource.attributes).get("service.name") == name
        }
        for name in ("orders", "payment", "mailer")
    }
    assert "orders.service" in scopes["orders"] - scopes["payment"] - scopes["mailer"]
    assert "payments.service" in scopes["payment"] - scopes["orders"] - scopes["mailer"]
    assert "mail.sender" in scopes["mailer"] - scopes["orders"] - scopes["payment"]
    assert "http.client" in scopes["orders"] & scopes["payment"] & scopes["mailer"]


@pytest.mark.parametrize("percentage", [0, 5, 40, 100])
def test_the_share_of_events_is_as_configured(percentage: float) -> None:
    made = decoded(log_factory(count=COUNT, events={"percentage": percentage}))
    application = [one for one in made if one.type == "application"]
    events = sum(1 for one in application if one.record.event_name)
    expected = len(application) * percentage / 100
    assert abs(events - expected) <= 5 * (expected * (1 - percentage / 100)) ** 0.5
    assert not any(one.record.event_name for one in made if one.type != "application")


def test_events_carry_their_parameters_and_others_do_not() -> None:
    for one in messages(decoded(log_factory(count=COUNT, events={"percentage": 50}))):
        text = one.record.body.string_value
        told = [value for key, value in one.attributes.items() if key.startswith("app.")]
        assert bool(one.record.event_name) or not told
        assert all(str(value) in text for value in told)


def test_users_define_types_messages_and_parameters() -> None:
    factory = log_factory(count=300, types=MINE, parameters=PARAMETERS)
    pattern = re.compile(r"(réd|green) is \1, (-3|7) (\d{4,5}) \{x\} at ([a-z-]+)")
    for one in decoded(factory):
        match = pattern.fullmatch(one.record.body.string_value)
        assert match, one.record.body.string_value
        assert one.record.event_name == "shop.painted"
        assert one.scope == "app"
        assert one.record.severity_text == "INFO"
        told = [one.attributes[f"app.{name}"] for name in ("colour", "n", "wide", "service")]
        assert told == [match[1], int(match[2]), match[3], match[4]]
        assert 1000 <= int(match[3]) <= 99999


def test_severities_of_a_users_type_are_those_of_its_patterns() -> None:
    some = [{"text": "a", "severity": "WARN"}, {"text": "b", "severity": "FATAL"}]
    types = {**MINE, "mine": {"percentage": 100, "patterns": some}}
    made = decoded(log_factory(count=400, types=types))
    texts = {(one.record.severity_text, one.record.body.string_value) for one in made}
    assert texts == {("WARN", "a"), ("FATAL", "b")}


@pytest.mark.parametrize("percentage", [0, 30, 100])
def test_the_share_of_structured_bodies_is_as_configured(percentage: float) -> None:
    made = decoded(log_factory(count=COUNT, body={"structured": percentage}))
    structured = sum(one.record.body.HasField("kvlist_value") for one in made)
    expected = COUNT * percentage / 100
    assert abs(structured - expected) <= 5 * (expected * (1 - percentage / 100)) ** 0.5


def test_structured_bodies_hold_the_message_and_its_values() -> None:
    plain_bodies = decoded(log_factory(count=COUNT))
    structured = decoded(log_factory(count=COUNT, body={"structured": 100}))
    for one, other in zip(plain_bodies, structured, strict=True):
        told = plain(other.record.body.kvlist_value.values)
        message = told.pop("message")
        assert message == one.record.body.string_value
        assert all(str(value) in message for value in told.values() if one.type != "http_access")
        if one.type == "http_access":
            assert told == {k: v for k, v in one.attributes.items() if k != "log.type"}


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 70_000),
    st.integers(0, 3_000),
    st.sampled_from(["uniform", "skewed"]),
    st.booleans(),
)
def test_texts_have_a_size_within_the_bounds(
    least: int, more: int, distribution: str, is_structured: bool
) -> None:
    size = {"min": least, "max": least + more, "distribution": distribution}
    body = {"size": size, "structured": 100 * is_structured}
    for one in decoded(log_factory(count=30, types=MINE, parameters=PARAMETERS, body=body)):
        value = one.record.body
        told = plain(value.kvlist_value.values)["message"] if is_structured else value.string_value
        assert least <= len(str(told).encode()) <= least + more


def test_the_mean_size_is_as_configured() -> None:
    made = decoded(log_factory(count=COUNT, body={"avg_bytes": 700}))
    sizes = [len(one.record.body.string_value.encode()) for one in made]
    assert (min(sizes) >= 350, max(sizes) <= 1050) == (True, True)
    assert abs(sum(sizes) / COUNT - 700) < 5 * 202 / COUNT**0.5  # a uniform's standard deviation


def test_skewed_sizes_are_mostly_small() -> None:
    size = {"min": 100, "max": 8100, "distribution": "skewed"}
    made = all_decoded(log_factory(count=COUNT, body={"size": size}))
    sizes = sorted(len(one.record.body.string_value.encode()) for one in made)
    assert sizes[COUNT // 2] == pytest.approx(1100, rel=0.1)
    assert sizes[-1] > 5000


def test_a_text_of_exactly_its_size_is_left_alone_and_a_longer_one_is_cut() -> None:
    types = {**MINE, "mine": {"percentage": 100, "patterns": [{"text": "zoë" * 4}]}}
    for size, text in ((16, "zoë" * 4), (3, "zo "), (4, "zoë")):
        body = {"size": {"min": size, "max": size}}
        made = decoded(log_factory(count=5, types=types, body=body))
        assert {one.record.body.string_value for one in made} == {text}


@pytest.mark.parametrize("percentage", [0, 50, 100])
def test_the_share_of_errors_with_a_stack_trace_is_as_configured(percentage: float) -> None:
    errors = failed(log_factory(count=COUNT, types=erring(), stack_traces=traces(percentage)))
    traced = [one for one in errors if "exception.stacktrace" in one.attributes]
    expected = len(errors) * percentage / 100
    assert abs(len(traced) - expected) <= 5 * (expected * (1 - percentage / 100)) ** 0.5
    for one in traced:
        assert one.attributes["exception.stacktrace"].count("\n") >= 2
        assert "\n" not in one.record.body.string_value


def traces(percentage: float, place: str = "attribute") -> dict[str, Any]:
    return {"percentage": percentage, "place": place}


def erring() -> dict[str, Any]:
    return {"application": {"percentage": 40, "severities": {"ERROR": 3, "FATAL": 1}}}


def failed(factory: LogFactory) -> list[PlacedRecord]:
    made = [one for one in decoded(factory) if one.type == "application"]
    assert {one.record.severity_text for one in made} == {"ERROR", "FATAL"}
    return made


def test_stack_traces_are_in_the_language_of_the_service() -> None:
    signs = {
        "web": "\tat ",
        "orders": "Traceback (most",
        "payment": "goroutine",
        "mailer": "    at ",
    }
    found = failed(log_factory(count=COUNT, types=erring(), stack_traces=traces(100)))
    for one in found:
        service = plain(one.resource.attributes)["service.name"]
        assert signs[service] in one.attributes["exception.stacktrace"]


def test_stack_traces_may_stand_in_the_body_below_the_message() -> None:
    attribute, body = (
        failed(log_factory(count=COUNT, types=erring(), stack_traces=traces(50, place)))
        for place in ("attribute", "body")
    )
    for one, other in zip(attribute, body, strict=True):
        trace = one.attributes.get("exception.stacktrace")
        below = f"\n{trace}" if trace else ""
        assert other.record.body.string_value == one.record.body.string_value + below
        assert "exception.stacktrace" not in other.attributes
