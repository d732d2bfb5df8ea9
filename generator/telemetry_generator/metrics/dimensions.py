"""Dimension sets: the attributes of each series of a metric, no two alike."""

import math
from collections.abc import Callable

from telemetry_generator.keyed import Stream
from telemetry_generator.metrics.catalogue import Family, MetricDefinition
from telemetry_generator.world.attributes import Attributes, Value
from telemetry_generator.world.resources import host_name

# When the values of a metric's own attributes run out, one more attribute tells series apart.
_ENUMERATORS: dict[Family, tuple[str, Callable[[int], Value]]] = {
    Family.HOST: ("instance", lambda n: f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}:9100"),
    Family.PROCESS: ("process.pid", lambda n: 1000 + n),
    Family.CONTAINER: ("container.id", lambda n: f"{0xC0_0000_0000 + n * 0x9E37:012x}"),
    Family.POD: ("k8s.pod.name", lambda n: f"shop-pod-{n:05d}"),
    Family.NODE: ("k8s.node.name", host_name),
    Family.CLUSTER: ("k8s.namespace.name", lambda n: f"team-{n:03d}"),
    Family.HTTP: ("tenant.id", lambda n: f"tenant-{n:04d}"),
    Family.RPC: ("tenant.id", lambda n: f"tenant-{n:04d}"),
    Family.DB: ("db.namespace", lambda n: f"tenant_{n:04d}"),
    Family.MESSAGING: ("messaging.destination.partition.id", str),
    Family.JVM: ("process.pid", lambda n: 1000 + n),
    Family.GO: ("process.pid", lambda n: 1000 + n),
    Family.CPYTHON: ("process.pid", lambda n: 1000 + n),
    Family.APPLICATION: ("tenant.id", lambda n: f"tenant-{n:04d}"),
}


def dimension_sets(definition: MetricDefinition, count: int, stream: Stream) -> list[Attributes]:
    """Return `count` distinct combinations of attribute values.

    Combinations are visited in the order of an affine permutation, `(a * k + b) mod n` with `a`
    coprime to `n`, which mixes the values and repeats none. After all of them comes the next
    value of the enumerating attribute.
    """
    total = math.prod(len(values) for _, values in definition.attributes)
    step, first = _coprime(total, stream), stream.below(total)
    combinations = [
        _combination(definition, (step * turn + first) % total) for turn in range(min(count, total))
    ]
    if count <= total:
        return combinations
    key, name = _ENUMERATORS[definition.family]
    extra = [((key, name(number)),) for number in range(-(-count // total))]
    return [combinations[at % total] + extra[at // total] for at in range(count)]


def _coprime(total: int, stream: Stream) -> int:
    step = 1 + stream.below(total)
    while math.gcd(step, total) != 1:
        step += 1
    return step


def _combination(definition: MetricDefinition, number: int) -> Attributes:
    """Return combination `number`: a mixed-radix number with a digit for each attribute."""
    pairs: list[tuple[str, Value]] = []
    for key, values in definition.attributes:
        number, digit = divmod(number, len(values))
        pairs.append((key, values[digit]))
    return tuple(pairs)
