"""The findings as a JSON document; its schema is `docs/schemas/validation.schema.json`."""

from dataclasses import asdict
from typing import Any

from telemetry_generator.validation.findings import Finding, Findings

SCHEMA_VERSION = 1


def document(findings: Findings) -> dict[str, Any]:
    """Return the findings as plain values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "manifest": findings.manifest,
        "sound": findings.sound,
        "files": [asdict(file) for file in findings.files],
        "counts": {str(kind): count for kind, count in sorted(findings.counts.items())},
        "findings": [_finding(each) for each in findings.shown],
        "notes": findings.notes,
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "kind": str(finding.kind),
        "file": finding.file,
        "place": finding.place,
        "problem": finding.problem,
        "fix": finding.fix,
    }
