"""The plan cache is only an aid: right when it fits, made anew in every other case."""

import dataclasses
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData, ResourceLogs, ScopeLogs

from core_support import COMMITTED_SIGNALS, copy_committed, examples, sources
from telemetry_common.errors import TemplateError
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.plan_cache import cache_path, load_plan, save_plan
from telemetry_common.signals import Signal
from telemetry_common.template import Template, open_templates


@pytest.fixture
def files(tmp_path: Path) -> dict[Signal, Path]:
    """Return the files of a copy of the committed set."""
    return copy_committed(tmp_path)


def assert_same(cached: Any, fresh: Any) -> None:
    """Both hold the same values and arrays of the same type, at any depth."""
    assert type(cached) is type(fresh)
    if isinstance(fresh, np.ndarray):
        assert cached.dtype == fresh.dtype
        assert np.array_equal(cached, fresh)
    elif dataclasses.is_dataclass(fresh):
        for field in dataclasses.fields(fresh):
            assert_same(getattr(cached, field.name), getattr(fresh, field.name))
    elif isinstance(fresh, tuple):
        assert len(cached) == len(fresh)
        for one, other in zip(cached, fresh, strict=True):
            assert_same(one, other)
    else:
        assert cached == fresh


def opened(files: dict[Signal, Path]) -> dict[Signal, Template]:
    return open_templates(files)


def were_cached(templates: dict[Signal, Template]) -> dict[Signal, bool]:
    return {signal: template.was_cached for signal, template in templates.items()}


def test_the_second_time_every_plan_comes_from_its_cache_and_is_the_same(
    files: dict[Signal, Path],
) -> None:
    fresh, cached = opened(files), opened(files)
    assert were_cached(fresh) == dict.fromkeys(COMMITTED_SIGNALS, False)
    assert were_cached(cached) == dict.fromkeys(COMMITTED_SIGNALS, True)
    for signal in files:
        assert_same(cached[signal].plan, fresh[signal].plan)


def test_a_changed_file_is_planned_anew(files: dict[Signal, Path]) -> None:
    files[Signal.TRACES].with_name("small-metadata.yaml").unlink()
    before = opened(files)
    doubled = files[Signal.LOGS].read_bytes() * 2
    files[Signal.LOGS].write_bytes(doubled)
    after = opened(files)
    assert were_cached(after) == {
        Signal.TRACES: True, Signal.METRICS: True, Signal.LOGS: False,
    }  # fmt: skip
    assert after[Signal.LOGS].plan.events == 2 * before[Signal.LOGS].plan.events
    assert were_cached(opened(files))[Signal.LOGS]


def test_what_refers_to_traces_is_planned_anew_when_the_traces_changed(
    files: dict[Signal, Path],
) -> None:
    files[Signal.TRACES].with_name("small-metadata.yaml").unlink()
    before = opened(files)
    files[Signal.TRACES].write_bytes(files[Signal.TRACES].read_bytes() + b"\x0a\x00")
    after = opened(files)
    assert were_cached(after) == dict.fromkeys(COMMITTED_SIGNALS, False)
    assert after[Signal.LOGS].plan.resolved_against == after[Signal.TRACES].plan.sha256
    assert after[Signal.LOGS].plan.resolved_against != before[Signal.LOGS].plan.resolved_against


def test_logs_alone_and_logs_with_traces_have_different_plans(files: dict[Signal, Path]) -> None:
    """Alone, their ids name nothing; the cache of one must not serve the other."""
    alone = open_templates({Signal.LOGS: files[Signal.LOGS]})[Signal.LOGS]
    together = opened(files)[Signal.LOGS]
    assert (alone.plan.traces, len(alone.plan.trace_id)) == (0, 0)
    assert len(together.plan.trace_id) > 0
    assert not together.was_cached


@pytest.mark.parametrize("mistaken", [Signal.METRICS, Signal.LOGS, Signal.PROFILES])
def test_a_cached_traces_file_is_still_refused_as_another_signal(
    files: dict[Signal, Path], mistaken: Signal
) -> None:
    opened(files)
    with pytest.raises(TemplateError, match=rf"not OTLP {mistaken}"):
        opened({mistaken: files[Signal.TRACES]})


def rewrite(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Return damage that is a whole archive with other contents."""

    def damage(cache: Path) -> None:
        with np.load(cache) as archive:
            arrays = dict(archive)
        change(arrays)
        with cache.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    return damage


def shift(name: str, by: int) -> Callable[[dict[str, Any]], None]:
    return lambda arrays: arrays.update({name: arrays[name].astype(np.int64) + by})


def plain_array() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.arange(5))
    return stream.getvalue()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "random bytes": lambda cache: cache.write_bytes(Random(1).randbytes(5000)),
    "empty": lambda cache: cache.write_bytes(b""),
    "truncated": lambda cache: cache.write_bytes(cache.read_bytes()[:-500]),
    "only its beginning": lambda cache: cache.write_bytes(cache.read_bytes()[:100]),
    "a plain array": lambda cache: cache.write_bytes(plain_array()),
    "another version": rewrite(shift("version", 1)),
    "a field missing": rewrite(lambda arrays: arrays.pop("unit_first")),
    "a scalar that is a list": rewrite(lambda arrays: arrays.update(size=np.arange(3))),
    "times beyond the file": rewrite(shift("time.offset", 10**7)),
    "times before the file": rewrite(shift("time.offset", -(10**7))),
    "ids beyond the file": rewrite(shift("trace_id.offset", 10**7)),
    "events beyond the file": rewrite(shift("event_end", 10**7)),
    "another file's": rewrite(lambda arrays: arrays.update(sha256=np.array("0" * 64))),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=list(DAMAGE))
def test_a_damaged_cache_is_made_anew(
    files: dict[Signal, Path], damage: Callable[[Path], object]
) -> None:
    fresh = opened(files)[Signal.TRACES].plan
    damage(cache_path(files[Signal.TRACES]))
    again = opened(files)[Signal.TRACES]
    assert not again.was_cached
    assert_same(again.plan, fresh)
    assert opened(files)[Signal.TRACES].was_cached


@examples(600)
@given(rng=sources)
def test_no_flipped_byte_gets_a_wrong_plan_or_an_error_out_of_a_cache(
    kept: tuple[Path, Plan], rng: Random
) -> None:
    cache, plan = kept
    data = bytearray(cache.read_bytes())
    for _ in range(rng.randrange(1, 4)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    with tempfile.TemporaryDirectory() as folder:
        flipped = Path(folder) / "x.plan.npz"
        flipped.write_bytes(data)
        loaded = load_plan(flipped, plan.signal, plan.sha256, plan.resolved_against)
    if loaded is not None:
        assert_same(loaded, plan)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan]:
    """Return the cache of a small logs file, whole, and the plan that it holds."""
    files = copy_committed(tmp_path_factory.mktemp("kept"))
    cache = cache_path(files[Signal.LOGS])
    plan = open_templates({Signal.LOGS: files[Signal.LOGS]})[Signal.LOGS].plan
    assert load_plan(cache, plan.signal, plan.sha256, plan.resolved_against) is not None
    return cache, plan


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Give up root's right to write everywhere, as long as the block runs."""
    if os.geteuid():
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_read_only_directory_works_without_a_cache() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = copy_committed(folder)
        folder.chmod(0o555)
        with as_ordinary_user():
            first, second = opened(files), opened(files)
        folder.chmod(0o755)
        assert were_cached(second) == dict.fromkeys(COMMITTED_SIGNALS, False)
        assert_same(second[Signal.LOGS].plan, first[Signal.LOGS].plan)
        assert not list(folder.glob("*.npz*"))


def test_a_cache_that_cannot_be_written_is_done_without(files: dict[Signal, Path]) -> None:
    """Here something else has its name."""
    cache_path(files[Signal.TRACES]).mkdir()
    assert not opened(files)[Signal.TRACES].was_cached
    assert not save_plan(cache_path(files[Signal.TRACES]), opened(files)[Signal.TRACES].plan)
    assert not list(files[Signal.TRACES].parent.glob("*.partial"))


def test_a_plan_with_hardly_a_slot_survives_the_cache(tmp_path: Path) -> None:
    file = tmp_path / "bare.pb"
    record = LogRecord(time_unix_nano=1)
    data = LogsData(resource_logs=[ResourceLogs(scope_logs=[ScopeLogs(log_records=[record])])])
    file.write_bytes(data.SerializeToString())
    fresh, cached = (open_templates({Signal.LOGS: file})[Signal.LOGS] for _ in range(2))
    assert cached.was_cached
    assert_same(cached.plan, fresh.plan)
