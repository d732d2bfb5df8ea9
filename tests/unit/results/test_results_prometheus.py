"""The metrics that a scrape gets: right, monotone, on loopback, and never in the loop's way."""

import json
import re
import socket
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sender_results import send
from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.results.watch.prometheus import BUCKETS_SECONDS, RunMetrics, metrics_server
from telemetry_sender.sinks.delivery import Delivery

DASHBOARD = Path(__file__).parents[3] / "configs" / "grafana-stampede.json"

Labels = tuple[tuple[str, str], ...]


def run_of(seconds: int) -> list[Sample]:
    """Return the samples of a run that fails at times."""
    stats, found = RunStats([Signal.TRACES, Signal.LOGS]), []
    for second in range(1, seconds + 1):
        send(stats, Signal.TRACES, 100, millis=20.0)
        send(stats, Signal.LOGS, 10, Delivery(rejected=4, message="old"), millis=3000.0)
        if second % 2:
            send(stats, Signal.LOGS, 7, Delivery("UNAVAILABLE"), millis=0.1)
        usage = ProcessUsage(second / 4, 1 << 20)
        found.append(stats.sample(float(second), due=150.0 * second, usage=usage))
    return found


def scraped(url: str) -> dict[tuple[str, Labels], float]:
    """Return what a scrape gives, by name and labels."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        text = answer.read().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: dict[tuple[str, Labels], float], name: str, **labels: str) -> float:
    return found[name, tuple(sorted(labels.items()))]


def test_a_scrape_tells_the_run() -> None:
    metrics = RunMetrics({"seed": "42"})
    with metrics_server("127.0.0.1:0", metrics) as url:
        for sample in run_of(3):
            metrics.observe(sample)
        found = scraped(url)
    assert value(found, "stampede_run_info", seed="42") == 1
    assert value(found, "stampede_events_total", signal="traces", outcome="acked") == 300
    assert value(found, "stampede_events_total", signal="logs", outcome="rejected") == 12
    assert value(found, "stampede_events_total", signal="logs", outcome="failed") == 14
    assert value(found, "stampede_requests_total", signal="logs") == 5
    assert value(found, "stampede_errors_total", code="UNAVAILABLE") == 2
    assert value(found, "stampede_intended_events_per_second") == 150
    assert value(found, "stampede_cpu_seconds_total") == 0.75
    assert value(found, "stampede_max_rss_bytes") == 1 << 20


def test_latencies_fall_into_cumulative_buckets_of_both_views() -> None:
    metrics = RunMetrics({})
    with metrics_server("127.0.0.1:0", metrics) as url:
        for sample in run_of(3):
            metrics.observe(sample)
        found = scraped(url)
    name = "stampede_request_duration_seconds"
    for view, twenty in (("service", 0.025), ("response", 0.05)):
        buckets = [value(found, f"{name}_bucket", view=view, le=str(b)) for b in BUCKETS_SECONDS]
        assert buckets == sorted(buckets)
        assert value(found, f"{name}_bucket", view=view, le=str(twenty)) == 5
        assert value(found, f"{name}_bucket", view=view, le="+Inf") == 8
        assert value(found, f"{name}_count", view=view) == 8
    assert value(found, f"{name}_sum", view="service") == pytest.approx(9.0602, rel=1e-3)


def test_counters_never_fall_while_a_run_goes_on() -> None:
    metrics = RunMetrics({})
    with metrics_server("127.0.0.1:0", metrics) as url:
        before: dict[tuple[str, Labels], float] = {}
        for sample in run_of(5):
            metrics.observe(sample)
            found = scraped(url)
            counters = {key: each for key, each in found.items() if not key[0].endswith("second")}
            assert all(counters[key] >= each for key, each in before.items())
            before = counters


def test_a_scrape_before_the_first_sample_is_no_error() -> None:
    with metrics_server("127.0.0.1:0", RunMetrics({"version": "1"})) as url:
        assert list(scraped(url)) == [("stampede_run_info", (("version", "1"),))]


def test_a_run_without_schedule_intends_nothing() -> None:
    metrics = RunMetrics({})
    metrics.observe(RunStats([Signal.LOGS]).sample(1.0, due=None, usage=ProcessUsage.none()))
    assert "stampede_intended_events_per_second" not in {each.name for each in metrics.collect()}


def test_the_port_is_free_again_afterwards() -> None:
    with metrics_server("127.0.0.1:0", RunMetrics({})) as url:
        port = int(url.split(":")[2].partition("/")[0])
    with metrics_server(f"127.0.0.1:{port}", RunMetrics({})):
        pass


def test_a_taken_port_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UsageError, match=f"--metrics {address}: address already in use"):
            metrics_server(address, RunMetrics({})).__enter__()


@pytest.mark.parametrize("address", ["9464", ":9464", "host:", "host:http", "h:70000", ""])
def test_what_is_no_address_is_told_in_one_line(address: str) -> None:
    with pytest.raises(UsageError, match=r"not HOST:PORT; write for example 127\.0\.0\.1:9464"):
        metrics_server(address, RunMetrics({})).__enter__()


def exported() -> set[str]:
    """Return the names of all time series of a run."""
    metrics = RunMetrics({"version": "1"})
    for sample in run_of(2):
        metrics.observe(sample)
    return {sample.name for family in metrics.collect() for sample in family.samples}


def test_the_dashboard_uses_metrics_that_exist() -> None:
    expressions = [
        target["expr"]
        for panel in json.loads(DASHBOARD.read_text())["panels"]
        for target in panel.get("targets", [])
    ]
    used = set(re.findall(r"stampede_\w+", " ".join(expressions)))
    assert used <= exported()
    assert len(used) >= 10, "it shows nearly everything that there is"


def test_the_dashboard_can_be_imported_anywhere() -> None:
    """Its data source is chosen on import, and no panel overlaps another."""
    dashboard = json.loads(DASHBOARD.read_text())
    assert dashboard["id"] is None
    assert dashboard["templating"]["list"][0]["type"] == "datasource"
    cells: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        place = panel["gridPos"]
        own = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not own & cells
        assert max(x for x, _ in own) < 24
        cells |= own
