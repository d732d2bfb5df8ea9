"""The package's data about services: complete, and nothing in it that a system has not got."""

import pytest

from telemetry_generator.tables import read_table
from telemetry_generator.world.model import Protocol, ServiceKind
from telemetry_generator.world.offers import FUNCTION, endpoint_offers, function_offers
from telemetry_generator.world.outline import LANGUAGES, Offer, Outline
from telemetry_generator.world.systems import all_systems, systems_of

_CODED = [
    Outline("cart", kind, "shop", language, "1.0.0", 3)
    for kind in (ServiceKind.HTTP, ServiceKind.GRPC)
    for language in LANGUAGES
]
_STORED = [
    Outline("cart", system.kind, "shop", "", system.version, 3, system) for system in all_systems()
]
_OUTLINES = _CODED + _STORED


def offers(outline: Outline) -> list[Offer]:
    return [*endpoint_offers(outline, 0), *function_offers(outline, 0)]


@pytest.mark.parametrize("outline", _OUTLINES, ids=str)
def test_every_kind_of_service_does_something(outline: Outline) -> None:
    assert len(endpoint_offers(outline, 0)) >= 4
    assert bool(function_offers(outline, 0)) is not outline.is_silent


@pytest.mark.parametrize("outline", _OUTLINES, ids=str)
def test_operations_are_complete_and_differ(outline: Outline) -> None:
    made = offers(outline)
    assert len({(each.protocol, each.method, each.target, each.text) for each in made}) == len(made)
    for each in made:
        assert not set("{}").intersection(each.method + each.target.replace("{id}", ""))
        assert "{target}" not in each.text
        assert each.latency.median_micros > 0
        assert 0 < each.latency.sigma_millis <= 3_000
        assert 0 < each.error_per_million < 50_000
        assert each.fault.exception
        assert each.fault.message
        assert each.weight > 0


def test_callers_see_a_code_of_the_protocol() -> None:
    codes = {
        protocol: {each.fault.code for outline in _CODED for each in offers(outline)
                   if each.protocol is protocol}
        for protocol in (Protocol.HTTP, Protocol.RPC, Protocol.INTERNAL)
    }  # fmt: skip
    assert codes[Protocol.HTTP] <= {"500", "503", "504"}
    assert codes[Protocol.RPC] <= {
        "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED",
    }  # fmt: skip
    assert codes[Protocol.INTERNAL] == {""}


def test_exceptions_are_those_of_the_language() -> None:
    faults = {
        outline.language: {each.fault.exception for each in endpoint_offers(outline, 0)}
        for outline in _CODED
    }
    assert all(name.startswith(("java.", "io.grpc.")) for name in faults["java"])
    assert all(name.startswith(("System.", "Grpc.")) for name in faults["dotnet"])


def test_statements_fit_the_system() -> None:
    texts = {
        system.name: {
            offer.text
            for offer in endpoint_offers(Outline("db", system.kind, "", "", "", 1, system), 0)
        }
        for system in systems_of(ServiceKind.DATABASE)
    }
    assert all("$1" in text for text in texts["postgresql"])
    assert all("?" in text and "$" not in text for text in texts["mysql"])
    assert all(text.startswith('{"') for text in texts["mongodb"])


def test_about_eight_operations_of_a_thousand_fail_by_themselves() -> None:
    rows = [row for row in read_table("operations") if row["kind"] in ("http", "grpc", FUNCTION)]
    failing = sum(int(row["error_per_million"]) * int(row["weight"]) for row in rows)
    assert 4_000 < failing / sum(int(row["weight"]) for row in rows) < 9_000


@pytest.mark.parametrize("table", ["operations", "faults"])
def test_systems_that_the_tables_name_exist(table: str) -> None:
    known = {"", *(system.name for system in all_systems())}
    assert {name for row in read_table(table) for name in row["systems"].split(",")} <= known


def test_every_system_has_faults_of_its_own() -> None:
    told = {name for row in read_table("faults") for name in row["systems"].split(",")}
    assert {system.name for system in all_systems()} <= told
