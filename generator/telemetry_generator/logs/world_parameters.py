"""Parameters whose values are names in the generated world."""

from telemetry_generator.logs.parameters import Parameter
from telemetry_generator.world.model import Topology


def world_parameters(topology: Topology) -> list[Parameter]:
    """Return one parameter for each of `catalogue.WORLD_PARAMETERS`."""
    pods = (str(pod.pod["k8s.pod.name"]) for pod in topology.infrastructure.pods)
    return [
        Parameter("service", tuple(service.name for service in topology.services)),
        Parameter("namespace", tuple(sorted({one.namespace for one in topology.services}))),
        Parameter("node", tuple(node.name for node in topology.infrastructure.nodes)),
        Parameter("pod", tuple(pods)),
    ]
