"""One generated set that the structural tests share; it is only read."""

import pytest

from generator_support import GeneratedSet, configuration, generate, types


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> GeneratedSet:
    config = configuration(
        traces={"count": 600, "services": {"count": 10}},
        metrics={
            "metric_count": 160,
            "timeseries_per_metric": {"min": 20, "max": 60, "default": 45},
        },
        logs={"count": 2500, "types": types(40, 40, 20)},
    )
    return generate(tmp_path_factory.mktemp("set"), config)
