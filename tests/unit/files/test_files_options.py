"""What users may say about files, and what they are told when that cannot work."""

from pathlib import Path
from typing import Any

import pytest

from telemetry_common.config import Source, validate
from telemetry_common.errors import ConfigError
from telemetry_sender.config.files import FileOptions


def options(**told: Any) -> FileOptions:
    return validate(FileOptions, Source("", {"directory": "out", **told}, {}))


def test_by_default_there_is_one_plain_file_for_each_stream() -> None:
    found = options()
    assert found.directory == Path("out")
    assert found.name == "{prefix}_{stream}_{sequence}"
    assert not found.roll.is_asked_for


def test_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell leaves it alone behind `directory=`."""
    monkeypatch.setenv("HOME", "/home/somebody")
    assert options(directory="~/out").directory == Path("/home/somebody/out")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"size": "512MB"}, 512 << 20),
        ({"size": "1GB"}, 1 << 30),
        ({"size": "1.5K"}, 1536),
        ({"size": 4096}, 4096),
        ({"records": 10}, 0),
        ({"every": "1h"}, 0),
    ],
)
def test_sizes_are_told_with_units(told: dict[str, Any], expected: int) -> None:
    found = options(roll=told)
    assert found.roll.size == expected
    assert found.roll.is_asked_for


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"roll": {"size": -1}}, r"roll\.size"),
        ({"roll": {"size": "much"}}, r"roll\.size"),
        ({"roll": {"records": -1}}, r"roll\.records"),
        ({"roll": {"every": "soon"}}, r"roll\.every"),
        ({"roll": {"every": "-1s"}}, r"roll\.every"),
        ({"roll": {"color": 1}}, r"roll\.color"),
        ({"compression": "brotli"}, "compression"),
        ({"level": 3}, "level: has no effect without compression; remove it"),
        ({"compression": "gzip", "level": 4}, "level: gzip has the levels 0 to 3"),
        ({"compression": "zstd", "level": 0}, "level: zstd has the levels 1 to 19"),
        ({"name": "telemetry"}, "name: {stream} is missing"),
        ({"name": "{stream}", "roll": {"records": 5}}, "name: {sequence} is missing"),
        ({"name": "{stream}{host}"}, "name: holds what is no placeholder; use {prefix}"),
        ({"name": "{stream}}"}, "name: holds what is no placeholder"),
        ({"name": "a/{stream}"}, "name: must be part of a plain file name"),
        ({"prefix": "../up"}, "prefix: must be part of a plain file name"),
        ({"prefix": "a\nb"}, "prefix: must be part of a plain file name"),
        ({"prefix": "a\0b"}, "prefix: must be part of a plain file name"),
        ({"prefix": ".hidden"}, "prefix: makes hidden files"),
        ({"name": ".{stream}"}, "name: makes hidden files"),
        ({"name": "{prefix}.{stream}", "prefix": ""}, "name: makes hidden files"),
    ],
)
def test_what_cannot_work_is_refused_with_its_place(told: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        options(**told)


@pytest.mark.parametrize(
    "told",
    [
        {"name": "{stream}"},
        {"name": "{time}_{stream}_{sequence}", "roll": {"every": "1h"}},
        {"name": "{stream} {sequence}", "prefix": "übung"},
        {"compression": "gzip", "level": 0},
        {"compression": "zstd", "level": 19},
    ],
)
def test_what_can_work_is_taken(told: dict[str, Any]) -> None:
    assert options(**told)
