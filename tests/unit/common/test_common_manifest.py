"""A manifest survives the disk unchanged; a broken one says where it is broken."""

import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.config import parse_yaml, validate
from telemetry_common.errors import TemplateError
from telemetry_common.manifest import (
    Manifest,
    ManifestFile,
    entry_beside,
    find_manifest,
    load_manifest,
    manifest_path,
    template_path,
)
from telemetry_common.signals import Signal

COUNTS = st.integers(min_value=0, max_value=1 << 63)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)
FILES = st.builds(
    ManifestFile,
    path=st.text(min_size=1),
    bytes=COUNTS,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    resources=COUNTS,
    events=COUNTS,
    traces=COUNTS,
    time_series=COUNTS,
    compressed_bytes=COUNTS,
)
MANIFESTS = st.builds(
    Manifest,
    generator_version=st.text(),
    seed=COUNTS,
    horizon_nanos=st.integers(min_value=1, max_value=1 << 63),
    estimated_sender_bytes=COUNTS,
    configuration=st.dictionaries(
        st.text(string.ascii_letters, min_size=1),
        PLAIN | st.lists(PLAIN, max_size=3),
        max_size=4,
    ),
    files=st.dictionaries(st.sampled_from(Signal), FILES),
)


def example() -> Manifest:
    file = ManifestFile(
        path="telemetry-traces.pb", bytes=10, sha256="0" * 64, resources=1, events=2, traces=1
    )
    return Manifest(
        generator_version="0.1.0",
        seed=42,
        horizon_nanos=10**9,
        estimated_sender_bytes=100,
        configuration={"traces": {"count": 1}},
        files={Signal.TRACES: file},
    )


@given(MANIFESTS)
def test_writing_and_reading_gives_the_same_manifest(manifest: Manifest) -> None:
    assert validate(Manifest, parse_yaml(manifest.to_yaml(), "m.yaml")) == manifest


def test_load_manifest_reads_what_was_written(tmp_path: Path) -> None:
    file = manifest_path(tmp_path, "telemetry")
    file.write_text(example().to_yaml())
    assert load_manifest(file) == example()


def test_equal_manifests_give_equal_text() -> None:
    assert example().to_yaml() == example().to_yaml()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("seed: 42", "seed: -1", "seed: input should be greater than or equal to 0 (got -1)"),
        ("format_version: 1", "format_version: 2", "format_version: input should be 1 (got 2)"),
        ("events: 2", "event: 2", "files.traces.events: missing"),
        ("  traces:\n    path", "  spans:\n    path", "files.spans"),
        ("'" + "0" * 64 + "'", "'abc'", "files.traces.sha256"),
    ],
)
def test_a_broken_manifest_names_the_file_the_key_and_the_way_out(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    text = example().to_yaml()
    assert old in text
    file = tmp_path / "telemetry-metadata.yaml"
    file.write_text(text.replace(old, new))
    with pytest.raises(TemplateError) as caught:
        load_manifest(file)
    assert caught.value.place.startswith(f"{file}:")
    assert problem in caught.value.problem
    assert caught.value.fix == "generate the set again"


def test_a_broken_value_is_found_at_its_line(tmp_path: Path) -> None:
    text = example().to_yaml().replace("seed: 42", "seed: x")
    file = tmp_path / "telemetry-metadata.yaml"
    file.write_text(text)
    line = text.splitlines().index("seed: x") + 1
    with pytest.raises(TemplateError, match=f":{line}: seed: "):
        load_manifest(file)


def test_a_missing_manifest_is_a_template_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no such file or directory"):
        load_manifest(tmp_path / "telemetry-metadata.yaml")


def test_find_manifest_wants_exactly_one_set(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"holds no \*-metadata.yaml"):
        find_manifest(tmp_path)
    first = manifest_path(tmp_path, "a")
    first.write_text(example().to_yaml())
    assert find_manifest(tmp_path) == first
    manifest_path(tmp_path, "b").write_text(example().to_yaml())
    with pytest.raises(TemplateError, match="holds several template sets"):
        find_manifest(tmp_path)


def test_names_of_a_set_follow_its_prefix() -> None:
    assert template_path(Path("d"), "shop", Signal.LOGS) == Path("d/shop-logs.pb")
    assert manifest_path(Path("d"), "shop") == Path("d/shop-metadata.yaml")
    packed = template_path(Path("d"), "shop", Signal.LOGS, compressed=True)
    assert packed == Path("d/shop-logs.pb.zst")


@pytest.mark.parametrize("compressed", [False, True])
def test_a_template_finds_its_entry_by_its_name(tmp_path: Path, compressed: bool) -> None:
    manifest_path(tmp_path, "a").write_text(example().to_yaml())
    traces = template_path(tmp_path, "a", Signal.TRACES, compressed=compressed)
    assert entry_beside(traces) == example().files[Signal.TRACES]
    assert entry_beside(template_path(tmp_path, "a", Signal.LOGS, compressed=compressed)) is None
    assert entry_beside(template_path(tmp_path, "b", Signal.TRACES)) is None
    assert entry_beside(tmp_path / "mine.pb") is None


def test_a_manifest_is_plain_yaml() -> None:
    """Other tools read it: no Python tags."""
    assert yaml.safe_load(example().to_yaml())["files"]["traces"]["events"] == 2
