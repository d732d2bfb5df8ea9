"""Errors say where, what and how to fix it; their kind decides the exit code."""

import pytest

from telemetry_common.errors import (
    ConfigError,
    RunError,
    StampedeError,
    TemplateError,
    UsageError,
)


def test_the_message_names_place_problem_and_fix() -> None:
    error = StampedeError("a.yaml:3", "unknown key", "remove it")
    assert str(error) == "a.yaml:3: unknown key; remove it"
    assert (error.place, error.problem, error.fix) == ("a.yaml:3", "unknown key", "remove it")


@pytest.mark.parametrize(
    ("kind", "code"), [(UsageError, 2), (ConfigError, 2), (TemplateError, 2), (RunError, 1)]
)
def test_the_users_mistakes_exit_with_2_and_failed_runs_with_1(
    kind: type[StampedeError], code: int
) -> None:
    assert kind("place", "problem", "fix").exit_code == code
