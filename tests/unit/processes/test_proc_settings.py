"""How many processes send, and which shard: what the settings mean."""

import os

import pytest

from sender_results import make_config
from telemetry_common.errors import ConfigError
from telemetry_sender.config.processes import process_count, shard_part
from telemetry_sender.sending.part import WHOLE, Part


def test_auto_leaves_one_cpu_to_others_and_is_one_at_least() -> None:
    assert process_count("auto") == max(1, len(os.sched_getaffinity(0)) - 1)
    assert process_count(7) == 7


@pytest.mark.parametrize("processes", [0, -1, 1.5, "many", True, 2000])
def test_what_is_no_number_of_processes_is_refused(processes: object) -> None:
    with pytest.raises(ValueError, match=r"^1 validation error for .*\n.*processes"):
        make_config(sending={"processes": processes})


@pytest.mark.parametrize("shard", ["", "1", "2/2", "-1/2", "0/0", "a/2", "1/b", "auto/", "auto/0"])
def test_what_is_no_shard_is_refused(shard: str) -> None:
    with pytest.raises(ValueError, match="shard"):
        make_config(sending={"shard": shard})


def test_a_run_of_no_shards_has_no_last_one() -> None:
    with pytest.raises(ValueError, match="there is no run of 0 shards"):
        make_config(sending={"shard": "0/0"})


def test_shards_are_numbered_from_zero() -> None:
    assert shard_part(None, {}) == WHOLE
    assert shard_part("0/3", {}) == Part(0, 3)
    assert shard_part("auto/3", {"JOB_COMPLETION_INDEX": "2"}) == Part(2, 3)


@pytest.mark.parametrize("index", ["", "3", "-1", "x"])
def test_an_index_beyond_the_shards_is_refused(index: str) -> None:
    with pytest.raises(ConfigError, match="JOB_COMPLETION_INDEX"):
        shard_part("auto/3", {"JOB_COMPLETION_INDEX": index})


def test_distinct_resources_need_a_shard() -> None:
    with pytest.raises(ValueError, match="distinct_resources needs a shard"):
        make_config(sending={"distinct_resources": True})
    assert make_config(sending={"distinct_resources": True, "shard": "0/2"})


def test_processes_divide_a_shard() -> None:
    parts = [Part(process, 2).within(Part(shard, 3)) for shard in range(3) for process in range(2)]
    assert parts == [Part(number, 6) for number in range(6)]
