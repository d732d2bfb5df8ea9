"""Patterns: those that come with the package, and those of users, in files and inline."""

import re
from pathlib import Path

import pytest

from semantic_attributes import attribute_names
from telemetry_common.config import parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_generator.config.base import Section
from telemetry_generator.config.logs import LogsConfig
from telemetry_generator.logs.catalogue import (
    WORLD_PARAMETERS,
    Catalogue,
    make_catalogue,
    shipped_catalogue,
)
from telemetry_generator.logs.patterns import split_text
from telemetry_generator.logs.severity import Severity

SHIPPED = shipped_catalogue()


class Root(Section):
    logs: LogsConfig


def configured(text: str) -> LogsConfig:
    return validate(Root, parse_yaml(text, "mine.yaml")).logs


def texts(catalogue: Catalogue, log_type: str) -> list[str]:
    return ["{}".join(pattern.literals) for pattern in catalogue.of_type(log_type)]


def test_more_than_a_hundred_and_twenty_patterns_are_shipped_and_no_two_are_the_same() -> None:
    said = [(one.type, one.severity, one.event, one.literals) for one in SHIPPED.patterns]
    assert len(set(said)) == len(said) >= 120
    assert SHIPPED.types() == ["application", "audit", "database", "system"]


def test_applications_can_log_at_every_severity_as_events_and_not() -> None:
    found = {(one.severity, bool(one.event)) for one in SHIPPED.of_type("application")}
    assert found >= {(severity, event) for severity in Severity for event in (False, True)}


def test_every_shipped_parameter_is_used() -> None:
    used = {name for one in SHIPPED.patterns for name in one.parameters}
    assert used <= SHIPPED.parameters.keys() | WORLD_PARAMETERS
    assert SHIPPED.parameters.keys() <= used


def test_attributes_of_events_are_conventions_or_our_own() -> None:
    keys = {parameter.key for parameter in SHIPPED.parameters.values()}
    assert {key for key in keys if not key.startswith("app.")} <= attribute_names()


def test_names_of_events_are_conventions_or_our_own() -> None:
    conventions = {"feature_flag.evaluation", "session.start", "session.end"}
    names = {one.event for one in SHIPPED.patterns if one.event}
    assert all(name in conventions or re.fullmatch(r"app(\.[a-z]+)+", name) for name in names)


@pytest.mark.parametrize(
    ("text", "literals", "names"),
    [
        ("plain", ("plain",), ()),
        ("{a}{b} c", ("", "", " c"), ("a", "b")),
        ("{{not}} {one}", ("{not} ", ""), ("one",)),
        ("{x} and {x}", ("", " and ", ""), ("x", "x")),
    ],
)
def test_a_text_is_split_at_its_parameters(
    text: str, literals: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert split_text(text) == (literals, names)


@pytest.mark.parametrize("text", ["{", "}", "{}", "{a.b}", "{a!r}", "{a:>3}", "{0}", "{a b}"])
def test_braces_that_hold_no_name_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"brace|'\{'|'\}'"):
        split_text(text)


def test_more_parameters_than_a_message_can_have_are_refused() -> None:
    with pytest.raises(ValueError, match="has 9 parameters; at most 8"):
        split_text("{a}" * 9)


TABLE = "type\tseverity\tservices\ttext\n# ours\napplication\tINFO\torder,cart\tbasket {colour}\n"


def test_files_of_both_kinds_add_patterns_and_parameters(tmp_path: Path) -> None:
    table, mapping = tmp_path / "a.tsv", tmp_path / "b.yaml"
    table.write_text(TABLE)
    mapping.write_text(
        "parameters: {colour: [red, green]}\n"
        "patterns:\n- {type: system, text: 'fan {colour}', source: fand}\n"
    )
    made = make_catalogue([table, mapping], {}, {})
    assert texts(made, "application") == [*texts(SHIPPED, "application"), "basket {}"]
    assert texts(made, "system")[-1] == "fan {}"
    basket = made.of_type("application")[-1]
    assert (basket.services, basket.severity) == (("order", "cart"), Severity.INFO)
    assert made.parameters["colour"].heads == ("red", "green")


def test_parameters_of_the_configuration_win_over_files_and_these_over_ours(tmp_path: Path) -> None:
    file = tmp_path / "b.yaml"
    file.write_text("parameters: {state: [a], carrier: [b]}\n")
    made = make_catalogue([file], {"state": ["c"]}, {})
    assert made.parameters["state"].heads == ("c",)
    assert made.parameters["carrier"].heads == ("b",)


@pytest.mark.parametrize(
    ("name", "text", "line", "problem"),
    [
        ("a.tsv", TABLE.replace("{colour}", "{orde_id}"), 3, "did you mean {order_id}?"),
        ("a.tsv", TABLE.replace("INFO", "INF"), 3, "unknown severity; did you mean 'INFO'?"),
        ("a.tsv", TABLE.replace("{colour}", "{"), 3, "patterns.0.text"),
        ("a.tsv", TABLE.replace("application", "aplication"), 3, "did you mean 'application'?"),
        ("a.tsv", TABLE.replace("application", "http_access"), 3, "unknown log type"),
        ("a.tsv", TABLE.replace("\tINFO", ""), 3, "3 columns, where the header has 4"),
        ("a.tsv", TABLE.replace("services", "servces"), 1, "is not made of"),
        ("a.tsv", "", 1, "is not made of"),
        (
            "b.yaml",
            "patterns:\n- {type: system, text: hi}\n- {type: system}\n",
            3,
            "1.text: missing",
        ),
        ("b.yaml", "patterns:\n- type: system\n  text: hi\n  evnt: a", 4, "did you mean 'event'?"),
        ("b.yaml", "parameters:\n  a: [1]\n  b: 5..2\n", 3, "goes from 5 down to 2"),
        ("b.yaml", "parameters:\n  pod: [1]\n", 2, "name of the generated world"),
        ("b.yaml", "parameters:\n  a: [1]\n  Bad: [1]\n", 3, "parameters.Bad"),
        ("b.yaml", "patterns: [\n", 2, "not valid YAML"),
    ],
)
def test_a_mistake_in_a_file_names_file_and_line(
    tmp_path: Path, name: str, text: str, line: int, problem: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        configured(f"logs:\n  patterns: ['{file}']\n")
    assert caught.value.place == f"{file}:{line}"
    assert problem in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary.tsv").write_bytes(b"\xff\xfe")
    for file, problem in (("missing.tsv", "no such file"), ("binary.tsv", "not UTF-8 text")):
        with pytest.raises(ConfigError, match=problem) as caught:
            make_catalogue([tmp_path / file], {}, {})
        assert caught.value.place == str(tmp_path / file)
