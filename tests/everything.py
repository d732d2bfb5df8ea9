"""Small configurations that switch everything on, of a layered system and of the example shop.

They are plain mappings: a test may change a section, write them to a file, or validate them.
"""

from copy import deepcopy
from typing import Any

import yaml

from project_files import ROOT

Mapping = dict[str, Any]

_TRACES: Mapping = {
    "count": 250,
    "spans": {
        "avg_per_trace": 12,
        "max_per_trace": 60,
        "high_span_traces": {"enabled": True, "count": 2, "span_count": 2_500},
    },
    "services": {"count": 12, "namespaces": ["shop", "edge"]},
    "root": {
        "rootless": {"enabled": True, "percentage": 10},
        "late_root": {"enabled": True, "percentage": 10, "delay_ms": 150},
    },
    "errors": {"rate": 20},
    "sampling": {"percentage": 50, "tracestate": True},
    "links": {"percentage": 10},
    "events": {"percentage": 20},
    "custom_attributes": {"percentage": 30},
    "fat_spans": {"percentage": 10},
    "cardinality": [{"key": "app.customer.id", "values": 50}],
}

_METRICS: Mapping = {
    "timeseries_per_metric": {"min": 2, "default": 4, "max": 6},
    "points_per_series": 3,
    "exponential_histograms": 30,
    "exemplars": {"percentage": 50},
    "custom": [
        {
            "name": "shop.cart.value",
            "instrument": "histogram",
            "bounds": [1, 10, 100],
            "temporality": "delta",
        },
        {
            "name": "shop.queue.depth",
            "instrument": "updown",
            "number": "int",
            "attributes": {"app.queue": ["orders", "mails"], "app.partition": "0..15"},
            "series": 7,
        },
        {"name": "shop.render.time", "unit": "s", "instrument": "summary"},
        {"name": "shop.page.size", "unit": "By", "instrument": "exponential_histogram"},
    ],
    "overrides": [{"metrics": ["http.server.*"], "temporality": "delta"}],
    "explosion": {"metrics": ["system.cpu.time"], "series": 200},
    "churn": {"percentage": 30},
}

_LOGS: Mapping = {
    "count": 2_000,
    "types": {
        "http_access": {"percentage": 30},
        "application": {"percentage": 30},
        "system": {"percentage": 20},
        "database": {"percentage": 10},
        "billing": {
            "percentage": 10,
            "severities": {"INFO": 9, "ERROR": 1},
            "patterns": [{"text": "invoice {invoice} sent", "event": "app.invoice.sent"}],
        },
    },
    "parameters": {"invoice": "hex:8"},
    "spans": {"percentage": 80},
    "events": {"percentage": 20},
    "body": {"structured": 30, "size": {"min": 40, "max": 400, "distribution": "skewed"}},
    "stack_traces": {"percentage": 100, "place": "body"},
}

_PROFILES: Mapping = {
    "count": 40,
    "samples_per_profile": 20,
    "types": ["cpu", "wall", "off_cpu", "lock", "allocated_space", "allocated_objects"],
    "links": {"spans": 100, "percentage": 50},
}


def everything(**sections: Any) -> Mapping:
    """Return all four signals of a layered system with every option on; `sections` replace."""
    options = {
        "seed": 3,
        "output": {"prefix": "everything"},
        "traces": _TRACES,
        "metrics": _METRICS,
        "logs": _LOGS,
        "profiles": _PROFILES,
    }
    return deepcopy(options | sections)


def shop(**sections: Any) -> Mapping:
    """Return the same of the example shop, whose calls decide how many spans a trace has."""
    example = yaml.safe_load((ROOT / "configs" / "generator-shop.yaml").read_text("utf-8"))
    described = {name: example[name] for name in ("topology", "infrastructure")}
    traces = {name: value for name, value in _TRACES.items() if name != "services"}
    counts = {name: value for name, value in _TRACES["spans"].items() if name != "avg_per_trace"}
    return everything(**described | {"traces": traces | {"spans": counts}} | sections)
