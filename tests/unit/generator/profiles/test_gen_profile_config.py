"""Mistakes in the profiles section are told with the place of the value."""

from typing import Any

import pytest
from pydantic import ValidationError

from telemetry_common.config import MisplacedError
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.config.profiles import ProfilesConfig


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ({"types": ["cpu", "wall", "cpu"]}, (2,)),
        ({"stacks": {"min_depth": 40}}, ("min_depth",)),
        ({"samples_per_profile": 513}, ("samples_per_profile",)),
        ({"samples_per_profile": 501, "max_observations": 1_000}, ("max_observations",)),
    ],
)
def test_contradictions_are_refused(section: dict[str, Any], path: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        ProfilesConfig.model_validate(section)
    [problem] = caught.value.errors()
    cause = problem["ctx"]["error"]
    assert isinstance(cause, MisplacedError)
    assert cause.path == path


@pytest.mark.parametrize(
    "section",
    [
        {"count": 0},
        {"types": []},
        {"types": ["heap"]},
        {"duration_ms": 0},
        {"links": {"percentage": 101}},
        {"stacks": {"depth": 3}},
        {"recording": "none"},
        {"max_observations": "8"},
    ],
)
def test_values_out_of_bounds_and_unknown_keys_are_refused(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProfilesConfig.model_validate(section)


@pytest.mark.parametrize(
    "section",
    [
        {"samples_per_profile": 512},
        {"samples_per_profile": 500, "max_observations": 1_000},
        {"stacks": {"min_depth": 32}},
    ],
)
def test_the_bounds_themselves_are_accepted(section: dict[str, Any]) -> None:
    ProfilesConfig.model_validate(section)


def test_profiles_alone_are_a_set() -> None:
    assert GeneratorConfig.model_validate({"profiles": {}}).profiles == ProfilesConfig()
