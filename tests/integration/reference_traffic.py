"""The same faulty traffic for every program that stands between the sender and the receiver."""

from typing import Any

from integration.exports import Exporter
from receiver_reference import ReferenceSender, ReferenceSet

PASSES = 4


def send_everything(exporter: Exporter, sender: ReferenceSender) -> None:
    """Send all three signals, PASSES times, each span once."""
    for number in range(PASSES):
        exporter.export(sender.traces(number))
        exporter.export(sender.metrics(number))
        exporter.export(sender.logs(number))


def send_with_faults(exporter: Exporter, sender: ReferenceSender, forged: ReferenceSender) -> None:
    """Withhold spans 7 and 8 of pass 1, repeat span 3 of pass 2, forge spans 10 to 12."""
    exporter.export(sender.traces(0))
    exporter.export(sender.traces(1, keep=lambda index: index not in (7, 8)))
    exporter.export(sender.traces(2))
    exporter.export(sender.traces(2, keep=lambda index: index == 3))
    exporter.export(forged.traces(0, keep=lambda index: 10 <= index <= 12))


def assert_everything_arrived(report: dict[str, Any], templates: ReferenceSet) -> None:
    """Check the report of a receiver that `send_everything` ended up in."""
    ledger = report["ledger"]
    faults = {name: ledger[name] for name in ("lost", "duplicated", "foreign")}
    assert faults == {"lost": 0, "duplicated": 0, "foreign": 0}
    assert ledger["unique"] == len(templates.spans) * PASSES
    assert ledger["trace_id_mismatches"] == ledger["parent_id_mismatches"] == 0
    events = {name: counts["events"] for name, counts in report["signals"].items()}
    logs = len(templates.logs.resource_logs[0].scope_logs[0].log_records)
    expected = {"traces": len(templates.spans), "metrics": 6, "logs": logs, "profiles": 0}
    assert events == {name: count * PASSES for name, count in expected.items()}
    checks = report["checks"]
    assert checks["unresolved_parents"] == checks["children_outside_parents"] == 0
    assert {kind: each["unresolved"] for kind, each in checks["references"].items()} == {
        "links": 0,
        "logs": 0,
        "exemplars": 0,
        "samples": 0,
    }


def assert_faults_found(report: dict[str, Any], spans_per_pass: int) -> None:
    """Check the report of a receiver that `send_with_faults` ended up in."""
    ledger = report["ledger"]
    assert ledger["unique"] == 3 * spans_per_pass - 2
    assert ledger["lost"] == 2
    assert ledger["lost_ranges"] == [{"pass": 1, "first": 7, "count": 2}]
    assert (ledger["duplicated"], ledger["foreign"]) == (1, 3)
    duplicate = ledger["examples"]["duplicated"][0]
    assert (duplicate["pass"], duplicate["span_index"]) == (2, 3)
