"""What a receiver does with requests, from the options of its command."""

from dataclasses import dataclass
from pathlib import Path

from telemetry_common.errors import UsageError
from telemetry_common.units import parse_duration
from telemetry_sender.receiver.intake import CheckingIntake, DiscardingIntake, Intake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.records import SequenceAttribute
from telemetry_sender.receiver.template_index import load_template_index
from telemetry_sender.receiver.time_window import TimeWindow


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """The options as given, None for those left out."""

    templates: Path | None = None
    run_seed: int | None = None
    max_age: str | None = None
    log_sequence: str | None = None
    discard: bool = False


def build_intake(options: IntakeOptions) -> Intake:
    """Return the intake that `options` ask for. Raises UsageError and TemplateError."""
    _check_combination(options)
    if options.discard:
        return DiscardingIntake()
    sequence = SequenceAttribute(options.log_sequence) if options.log_sequence else None
    return CheckingIntake(
        _ledger(options, sequence),
        time_window=_time_window(options.max_age),
        log_sequence=sequence,
    )


def _check_combination(options: IntakeOptions) -> None:
    if (options.templates is None) != (options.run_seed is None):
        raise UsageError("--templates and --run-seed", "one is missing", "give both or neither")
    if not options.discard:
        return
    checks = {
        "--templates": options.templates,
        "--max-age": options.max_age,
        "--log-sequence": options.log_sequence,
    }
    for option, value in checks.items():
        if value is not None:
            problem = f"nothing is decoded, so {option} has nothing to check"
            raise UsageError("--discard", problem, f"leave out {option} or --discard")


def _ledger(options: IntakeOptions, sequence: SequenceAttribute | None) -> Ledger | None:
    if options.templates is None or options.run_seed is None:
        return None
    return Ledger(load_template_index(options.templates, sequence), options.run_seed)


def _time_window(max_age: str | None) -> TimeWindow | None:
    if max_age is None:
        return None
    try:
        return TimeWindow(round(parse_duration(max_age) * 1e9))
    except ValueError as error:
        raise UsageError("--max-age", str(error), "correct the value") from None
