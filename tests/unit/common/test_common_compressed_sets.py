"""A compressed set is the same set: same plans, same bytes on the wire, same ledger."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from compressed_sets import compress_set
from core_support import COMMITTED_SIGNALS, copy_committed
from integration.processes import receiver, running, sender_command
from telemetry_common.errors import TemplateError
from telemetry_common.planning.plan_cache import cache_path
from telemetry_common.signals import Signal
from telemetry_common.template import open_templates

SEED = 99


@pytest.fixture
def plain(tmp_path: Path) -> dict[Signal, Path]:
    """Return the files of a plain set."""
    folder = tmp_path / "plain"
    folder.mkdir()
    return copy_committed(folder)


@pytest.fixture
def compressed(tmp_path: Path) -> dict[Signal, Path]:
    """Return the files of the same set, compressed."""
    folder = tmp_path / "compressed"
    folder.mkdir()
    copy_committed(folder)
    files = compress_set(folder)
    return {signal: files[signal] for signal in COMMITTED_SIGNALS}


def test_templates_and_plans_are_those_of_the_plain_set(
    plain: dict[Signal, Path], compressed: dict[Signal, Path]
) -> None:
    expected, opened = open_templates(plain), open_templates(compressed)
    for signal in COMMITTED_SIGNALS:
        assert opened[signal].data[:] == expected[signal].data[:]
        assert opened[signal].plan.sha256 == expected[signal].plan.sha256
        assert opened[signal].plan.events == expected[signal].plan.events > 0


def test_plans_are_kept_under_the_names_that_they_have_for_a_plain_set(
    plain: dict[Signal, Path], compressed: dict[Signal, Path]
) -> None:
    open_templates(plain)
    for signal in COMMITTED_SIGNALS:
        kept = cache_path(compressed[signal])
        assert kept.name == cache_path(plain[signal]).name
        cache_path(plain[signal]).rename(kept)
    opened = open_templates(compressed)
    assert all(template.was_cached for template in opened.values())


def test_only_the_plan_cache_is_added_to_the_directory(compressed: dict[Signal, Path]) -> None:
    directory = compressed[Signal.TRACES].parent
    before = set(directory.iterdir())
    open_templates(compressed)
    added = set(directory.iterdir()) - before
    assert added == {cache_path(file) for file in compressed.values()}


def test_another_template_than_the_manifest_says_is_refused(
    compressed: dict[Signal, Path],
) -> None:
    """The manifest's size and hash are those of the plain bytes."""
    compressed[Signal.TRACES].write_bytes(compressed[Signal.LOGS].read_bytes())
    with pytest.raises(TemplateError, match=r"than it should|the manifest says"):
        open_templates({Signal.TRACES: compressed[Signal.TRACES]})


def received(folder: Path, files: dict[Signal, Path]) -> dict[str, Any]:
    """Send two passes of a set to a receiver that knows it; return what the receiver counted."""
    directory = files[Signal.TRACES].parent
    config = folder / "sender.yaml"
    with receiver(folder, "--templates", directory, "--run-seed", str(SEED)) as peer:
        settings = {
            "input": {signal.value: str(file) for signal, file in files.items()},
            "otlp": {"endpoint": peer.address, "insecure": True},
            "sending": {"rate_limit": {"events_per_second": 0}, "multiplier": 2},
        }
        config.write_text(yaml.safe_dump(settings))
        command = sender_command("--config", config, "--run-seed", str(SEED))
        with running("sender", command, folder / "sender.log") as sender:
            assert sender.process.wait(60) == 0
        report = peer.finish()
    return {name: report[name] for name in ("signals", "ledger", "checks")}


def test_the_receiver_gets_from_it_what_it_gets_from_the_plain_set(
    tmp_path: Path, plain: dict[Signal, Path], compressed: dict[Signal, Path]
) -> None:
    expected = received(tmp_path, plain)
    assert expected["ledger"]["unique"] == 2 * open_templates(plain)[Signal.TRACES].plan.events
    assert expected["ledger"]["lost"] == expected["ledger"]["foreign"] == 0
    assert received(tmp_path, compressed) == expected
