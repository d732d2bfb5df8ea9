"""The page about spans names every attribute that spans have."""

from project_files import ROOT
from span_decoding import decoded
from span_samples import sample_table, sample_topology
from telemetry_generator.encode.traces import SCHEMA_URL, TraceEncoder

_PAGE = ROOT / "docs/spans.md"


def test_every_attribute_of_spans_is_documented() -> None:
    topology = sample_topology()
    spans = decoded(TraceEncoder(topology).encode(sample_table(topology, 0, 300))[0])
    keys = {pair.key for span in spans for pair in span.attributes}
    keys |= {pair.key for span in spans for link in span.links for pair in link.attributes}
    page = _PAGE.read_text(encoding="utf-8")
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []


def test_the_version_of_the_conventions_is_that_of_the_schema() -> None:
    version = SCHEMA_URL.rpartition("/")[2].removesuffix(".0")
    assert f"semantic conventions {version}" in _PAGE.read_text(encoding="utf-8")
