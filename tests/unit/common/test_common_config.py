"""Configuration errors name the file, the line, the key and the fix, in one line."""

from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from telemetry_common.config import (
    ConfigModel,
    apply_overrides,
    load_config,
    parse_yaml,
    read_yaml,
    validate,
)
from telemetry_common.errors import ConfigError

TOO_SMALL = "input should be greater than 0 (got 0)"
NO_NUMBER = "input should be a valid number"
WHY_NO_NUMBER = "because YAML takes an exponent without dot and sign for text"


class Inner(ConfigModel):
    """A section."""

    count: Annotated[int, Field(gt=0)] = 5
    names: tuple[str, ...] = ()
    factor: Annotated[float, Field(strict=True)] = 1.0
    secret: Annotated[str | None, Field(repr=False)] = None
    secrets: dict[str, str] = Field(default_factory=dict, repr=False)


class Outer(ConfigModel):
    """A configuration."""

    inner: Inner = Inner()
    maybe: Inner | None = None
    items: tuple[Inner, ...] = ()
    title: str


def problem_of(text: str, *overrides: str) -> str:
    """Return the one-line error that `text` gives."""
    with pytest.raises(ConfigError) as caught:
        validate(Outer, apply_overrides(parse_yaml(text, "c.yaml"), overrides))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_file_becomes_the_model(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("title: hello\ninner:\n  count: 3\n  names: [a, b]\n")
    config = load_config(Outer, file, ["inner.names=[c]", "maybe.count=9"])
    assert config == Outer(title="hello", inner=Inner(count=3, names=("c",)), maybe=Inner(count=9))


def test_a_configuration_cannot_be_changed() -> None:
    config = Outer(title="x")
    with pytest.raises(ValidationError, match="frozen"):
        config.title = "y"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "title: x\ninner:\n  cuont: 3",
            "c.yaml:3: inner.cuont: unknown key; did you mean 'count'?",
        ),
        (
            "title: x\ninner:\n  zzz: 3",
            "c.yaml:3: inner.zzz: unknown key; known keys: count, names, factor, secret, secrets",
        ),
        (
            "title: x\nmaybe:\n  cuont: 3",
            "c.yaml:3: maybe.cuont: unknown key; did you mean 'count'?",
        ),
        ("inner:\n  count: 3", "c.yaml:1: title: missing; add it"),
        (
            "title: x\ninner:\n  count: 0",
            "c.yaml:3: inner.count: input should be greater than 0 (got 0); correct the value",
        ),
        (
            "title: x\nitems:\n  - count: 1\n  - count: 0",
            "c.yaml:4: items.1.count: input should be greater than 0 (got 0); correct the value",
        ),
        (
            "title: x\ninner:\n  count: 0\n  cuont: 1",
            f"c.yaml:3: inner.count: {TOO_SMALL} (and 1 more); correct the value",
        ),
        ("title: x\ninner: 3", "c.yaml:2: inner: not a section with keys; correct the value"),
        (
            "title: x\ninner: {names: a}",
            "c.yaml:2: inner.names: not a list (got 'a'); correct the value",
        ),
        (
            "title: x\ninner: {factor: 1.5e3}",
            f"c.yaml:2: inner.factor: {NO_NUMBER} (got '1.5e3'); write 1500, {WHY_NO_NUMBER}",
        ),
        ("title: x\ntitle: y", "c.yaml:2: duplicate key 'title'; remove one"),
        ("- a\n- b", "c.yaml:1: not a mapping of sections; start with a section key"),
        ("", "c.yaml:1: not a mapping of sections; start with a section key"),
        (
            "title: [x}",
            "c.yaml:1: not valid YAML: expected ',' or ']', but got '}'; correct the syntax",
        ),
    ],
)
def test_every_problem_has_its_place_and_its_fix(text: str, message: str) -> None:
    assert problem_of(text) == message


@pytest.mark.parametrize(
    "text",
    [
        "title: \0",
        "title: 2024-99-99",
        "a: &a [*a]",
        "a: " + "[" * 5000,
        "? [a, b]\n: c",
        "title: x\n1: y",
        "title: x\n---\ntitle: y",
        "title: !!python/object:os.system x",
        "title: *nowhere",
        "\ttitle: x",
    ],
)
def test_odd_yaml_is_an_error_in_one_line(text: str) -> None:
    assert problem_of(text).startswith("c.yaml")


def test_aliases_that_multiply_without_end_are_refused() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{previous}, *{previous}, *{previous}, *{previous}]\n"
        for previous, name in zip("abcdefghijk", "bcdefghijkl", strict=True)
    )
    assert "more than 100,000 values" in problem_of(bomb)


def test_overrides_win_and_are_read_as_yaml() -> None:
    source = apply_overrides(parse_yaml("title: x", "c"), ["title=7", "inner.names=[a, b]"])
    assert source.values == {"title": 7, "inner": {"names": ["a", "b"]}}


def test_overrides_leave_their_source_alone() -> None:
    source = parse_yaml("title: x\ninner: {count: 1}", "c")
    apply_overrides(source, ["inner.count=2"])
    assert source.values["inner"]["count"] == 1


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("title", "--set title: not KEY=VALUE; write section.key=value"),
        ("=x", "--set =x: not KEY=VALUE; write section.key=value"),
        ("inner..count=1", "--set inner..count=1: not KEY=VALUE; write section.key=value"),
        ("iner.x=1", "--set iner.x: iner: unknown key; did you mean 'inner'?"),
        ("maybe={count: 0}", f"--set maybe: maybe.count: {TOO_SMALL}; correct the value"),
        (
            "inner.cuont=1",
            "--set inner.cuont: inner.cuont: unknown key; did you mean 'count'?",
        ),
        (
            "inner.count=0",
            f"--set inner.count: inner.count: {TOO_SMALL}; correct the value",
        ),
        (
            "title.deep=1",
            "--set title.deep: title is a value, not a section; name a key in a section",
        ),
        ("title=[x", "--set title: not a YAML value; quote the value"),
        ("title=2024-99-99", "--set title: not a YAML value; quote the value"),
    ],
)
def test_a_bad_override_is_named_as_such(override: str, message: str) -> None:
    assert problem_of("title: x", override) == message


def test_an_override_is_named_for_all_of_the_section_that_it_replaces() -> None:
    text = "title: x\ninner:\n  count: 1"
    expected = f"--set inner: inner.count: {TOO_SMALL}; correct the value"
    assert problem_of(text, "inner={count: 0}") == expected


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "no such file or directory"), (b"\xff\xfe", "not UTF-8 text at byte 0")],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "c.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_yaml(file)
    assert str(caught.value) == f"{file}: {problem}; give an existing YAML file"


def test_a_directory_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a directory"):
        read_yaml(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "title: x\ninner: {secret: [hunter2]}",
        "title: x\ninner: {secret: 77777777}",
        "title: x\ninner: {secrets: hunter2}",
        "title: x\ninner: {secrets: {a: 77777777}}",
        "title: x\ninner: hunter2",
        "title: x\nitems: [{secret: 77777777}]",
    ],
)
def test_what_may_be_secret_is_never_shown(text: str) -> None:
    message = problem_of(text)
    assert "hunter2" not in message
    assert "77777777" not in message
    assert "got" not in message


@given(st.text())
def test_no_text_breaks_the_yaml_reader(text: str) -> None:
    try:
        source = parse_yaml(text, "c.yaml")
    except ConfigError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most texts are no configuration
    else:
        assert isinstance(source.values, dict)
