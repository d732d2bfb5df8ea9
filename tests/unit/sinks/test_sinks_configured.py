"""Which sinks a run has, as its configuration or its command line says."""

from pathlib import Path
from typing import Any

import pytest

from telemetry_common.errors import ConfigError, UsageError
from telemetry_sender.config.loading import load_sender_config
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.config.sink_specs import sinks_override
from telemetry_sender.config.sinks import LOCAL_SINKS, SinkConfig
from telemetry_sender.sinks.built_in import BUILT_IN
from telemetry_sender.sinks.registry import make_sink

INPUT = "input: {traces: t.pb}\n"
FILES = "sinks: {name: ndjson, options: {directory: out}}\n"


def load(tmp_path: Path, text: str, *specs: str) -> SenderConfig:
    file = tmp_path / "s.yaml"
    file.write_text(INPUT + text)
    return load_sender_config(file, [sinks_override(specs)] if specs else [], {})


@pytest.mark.parametrize(
    ("text", "sinks"),
    [
        ("otlp: {endpoint: 'h:1'}", [("otlp", {})]),
        ("sinks: discard", [("discard", {})]),
        ("sinks: [discard, {name: csv, options: {directory: a}}]",
         [("discard", {}), ("csv", {"directory": "a"})]),
        (FILES, [("ndjson", {"directory": "out"})]),
    ],
)  # fmt: skip
def test_sinks_are_a_name_a_name_with_options_or_several(
    tmp_path: Path, text: str, sinks: list[tuple[str, dict[str, Any]]]
) -> None:
    config = load(tmp_path, text + "\nsending: {rate_limit: {events_per_second: 0}}")
    assert config.sinks == [SinkConfig(name=name, options=options) for name, options in sinks]


def test_the_command_line_names_sinks_in_place_of_the_file(tmp_path: Path) -> None:
    specs = ("ndjson:directory=out,roll.size=512MB,roll.records=1000,dialect=melt", "discard")
    config = load(tmp_path, "sinks: otlp\nsending: {multiplier: 3}", *specs)
    roll = {"size": "512MB", "records": 1000}
    options = {"directory": "out", "roll": roll, "dialect": "melt"}
    assert config.sinks == [SinkConfig(name="ndjson", options=options), SinkConfig(name="discard")]


def test_an_option_may_be_a_list(tmp_path: Path) -> None:
    config = load(tmp_path, "", "csv:columns=[a,b.c],directory=out,prefix=x")
    options = {"columns": ["a", "b.c"], "directory": "out", "prefix": "x"}
    assert config.sinks == [SinkConfig(name="csv", options=options)]


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        ("directory='a:b,c',prefix=x", {"directory": "a:b,c", "prefix": "x"}),
        ('directory="q=x:y,z"', {"directory": "q=x:y,z"}),
        ("directory=it's,prefix=it's", {"directory": "it's", "prefix": "it's"}),
        ("roll={size: 1MB, records: 5}", {"roll": {"size": "1MB", "records": 5}}),
        ("roll={records: 5},prefix=x", {"roll": {"records": 5}, "prefix": "x"}),
        ("name={stream},directory=a", {"name": "{stream}", "directory": "a"}),
        ("name={stream}_{time},directory=a", {"name": "{stream}_{time}", "directory": "a"}),
        ("directory=a,name=x-{stream}", {"directory": "a", "name": "x-{stream}"}),
    ],
)  # fmt: skip
def test_options_may_be_quoted_be_sections_and_hold_placeholders(
    tmp_path: Path, spec: str, options: dict[str, Any]
) -> None:
    config = load(tmp_path, "", f"ndjson:{spec}")
    assert config.sinks == [SinkConfig(name="ndjson", options=options)]


@pytest.mark.parametrize(
    "spec", ["", ":directory=a", "ndjson:", "ndjson:directory", "csv:a=b,=c", "csv:a=b,"]
)
def test_a_sink_that_is_not_spelled_right_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="--sink"):
        sinks_override([spec])


def test_a_run_into_files_is_once_at_once_and_on_a_timeline_with_a_fixed_start(
    tmp_path: Path,
) -> None:
    config = load(tmp_path, FILES)
    assert config.is_local
    assert config.sending.rate_limit.events_per_second == 0
    assert config.sending.multiplier == 1
    assert config.timestamps.mode == "timeline"
    assert config.timestamps.start is not None
    assert config.timestamps.start.isoformat() == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "multiplier"),
    [
        ("sending: {duration: 3s}", 0),
        ("sending: {size: 1GB}", 0),
        ("sending: {multiplier: 7}", 7),
        ("sending: {batch_size: {logs: 3}}", 1),
    ],
)
def test_a_run_into_files_has_some_end(tmp_path: Path, text: str, multiplier: int) -> None:
    config = load(tmp_path, FILES + text)
    assert config.sending.multiplier == multiplier
    assert config.sending.batch_size.metrics == 5000


def test_files_can_be_live_and_paced(tmp_path: Path) -> None:
    text = "timestamps: {mode: live}\nsending: {rate_limit: {events_per_second: 50}}"
    config = load(tmp_path, FILES + text)
    assert config.timestamps.mode == "live"
    assert config.sending.rate_limit.events_per_second == 50
    assert config.sending.batch_size.metrics == 1000
    assert load(tmp_path, FILES + "timestamps: {jitter_ms: 5}").timestamps.mode == "live"


def test_files_can_follow_the_recorded_pace(tmp_path: Path) -> None:
    config = load(tmp_path, FILES + "timestamps: {speed: 10}")
    assert config.timestamps.follows_timeline
    assert config.sending.rate_limit.events_per_second is None


def test_a_stream_into_files_is_live(tmp_path: Path) -> None:
    """A timeline needs the set as a whole."""
    config = load(tmp_path, FILES.replace("ndjson", "otlp_json"), "otlp_json:directory=o")
    assert config.timestamps.mode == "timeline"
    streamed = SenderConfig.model_validate(
        {"input": {"stream": "-"}, "sinks": {"name": "otlp_json", "options": {"directory": "o"}}}
    )
    assert streamed.timestamps.mode == "live"


def test_files_beside_an_endpoint_go_at_its_pace(tmp_path: Path) -> None:
    text = "otlp: {endpoint: 'h:1'}\nsinks: [{name: ndjson, options: {directory: out}}, otlp]"
    config = load(tmp_path, text)
    assert not config.is_local
    assert config.timestamps.mode == "live"
    assert config.sending.rate_limit.events_per_second == 10_000


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sinks: []", "sinks"),
        ("sinks: [{options: {}}]", "sinks.0.name"),
        ("sinks: {name: discard, options: {a: 1}}", "takes none"),
        ("sinks: [otlp, otlp]\notlp: {endpoint: 'h:1'}", "there is an otlp sink already"),
        ("sinks: [otlp]\notlp: {timeout: 3s}", "otlp.endpoint: missing"),
        (FILES + "transformers: [{name: x, when: send}]", "files are not made of requests"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        load(tmp_path, text)


def test_what_may_refuse_a_request_comes_before_what_keeps_it(tmp_path: Path) -> None:
    text = f"sinks: [{{name: ndjson, options: {{directory: {tmp_path}/out}}}}, discard]"
    made = make_sink(load(tmp_path, text), {})
    assert str(made).startswith("nowhere")
    assert str(made).endswith("/out/")


@pytest.mark.parametrize(
    ("name", "option", "place", "problem"),
    [
        ("ndjson", "roll: {sise: 3}", "roll.sise", "unknown key"),
        ("ndjson", "dialect: prose", "dialect", "'prose'"),
        ("csv", "level: 3", "level", "no effect"),
        ("csv", "compression: gzip, level: 9", "level", "0 to 3"),
        ("influx", "name: x", "name", "{stream} is missing"),
        ("influx", "name: '{stream}', roll: {records: 5}", "name", "{sequence} is missing"),
        ("json", "prefix: a/b", "prefix", "plain file name"),
        ("otlp_json", "max_line: 3", "max_line", "greater"),
    ],
)
def test_a_mistake_in_the_options_of_a_sink_names_its_place(
    tmp_path: Path, name: str, option: str, place: str, problem: str
) -> None:
    text = f"sinks: [discard, {{name: {name}, options: {{directory: out, {option}}}}}]"
    with pytest.raises(ConfigError) as caught:
        make_sink(load(tmp_path, text), {})
    assert caught.value.place == f"sinks[1].options.{place}"
    assert problem in caught.value.problem


def test_the_built_in_sinks_of_files_are_those_that_the_defaults_know() -> None:
    assert set(BUILT_IN) - {"otlp", "discard"} == LOCAL_SINKS
