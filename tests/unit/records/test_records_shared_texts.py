"""Texts of what events have in common are made once, and not held without bound."""

import tracemalloc
from collections.abc import Mapping

import pytest

from telemetry_sender.events.model import Value
from telemetry_sender.records.json_text import json_text
from telemetry_sender.records.shared_texts import SharedTexts


def test_the_text_of_one_object_is_made_once() -> None:
    made: list[Mapping[str, str]] = []

    def text(value: Mapping[str, str]) -> str:
        made.append(value)
        return str(value)

    shared, value, equal = SharedTexts(), {"a": "b"}, {"a": "b"}
    assert shared.of(text, value) == shared.of(text, value) == shared.of(text, equal)
    assert [id(each) for each in made] == [id(value), id(equal)]


def test_functions_have_texts_of_their_own() -> None:
    shared, value = SharedTexts(), ("a",)
    assert shared.of(str, value) == "('a',)"
    assert shared.of(json_text, value) == '["a"]'
    assert shared.of(str, value) == "('a',)"


def test_an_object_that_is_gone_leaves_its_identity_to_no_other() -> None:
    """Nobody else holds these lists, so they would all lie at one address."""
    shared = SharedTexts()
    assert [shared.of(str, [number]) for number in range(100)] == [
        f"[{number}]" for number in range(100)
    ]


def test_texts_that_do_not_come_again_do_not_stay() -> None:
    shared = SharedTexts(most_bytes=1_000_000)
    tracemalloc.start()
    try:
        for number in range(10_000):
            shared.of(str, [number, "x" * 1_000])
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 2_000_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ({"": ""}, '{"":""}'),
        ({'"\n': "\0\u2028é"}, '{"\\"\\n":"\\u0000\u2028é"}'),
        (
            {"a": True, "b": False, "c": None, "d": -0.0, "e": 1e300},
            '{"a":true,"b":false,"c":null,"d":-0.0,"e":1e+300}',
        ),
        (
            {"a": float("nan"), "b": [float("inf"), b"\0"], "c": {"d": -1}},
            '{"a":null,"b":[null,"AA=="],"c":{"d":-1}}',
        ),
        (b"\xff", '"/w=="'),
        ((1, "a", (2.5,), {}), '[1,"a",[2.5],{}]'),
    ],
)
def test_values_are_written_as_compact_json(value: Value, text: str) -> None:
    assert json_text(value) == text
