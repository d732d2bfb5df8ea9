"""What Acme adds to telemetry-generator: metrics, log messages, attributes and profiles."""

from pathlib import Path

from acme_telemetry.energy import EnergyProfiles
from acme_telemetry.stores import StoreAttributes
from telemetry_generator.extensions import Extension

_DATA = Path(__file__).parent

EXTENSION = Extension(
    metric_catalogues=[_DATA / "metrics.yaml"],
    log_patterns=[_DATA / "log_patterns.yaml"],
    span_attributes=[StoreAttributes()],
    sources=lambda world: [EnergyProfiles(world)],
)
