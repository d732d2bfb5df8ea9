"""Placement: which node a pod runs on, so that growth moves as few pods as it can.

A pod chooses by rendezvous hashing (Thaler, Ravishankar: "A Name-Based Mapping Scheme for
Rendezvous", 1996): the node whose hash with the pod is the highest. One more node takes a few pods
over and moves no other.

When the number of nodes follows from the number of pods, a pod chooses among the nodes that a
smaller system would have had, the one that ends with this service and replica. So a new service or
replica moves nothing at all.
"""

import numpy as np

from telemetry_common.ids import U64, derive_key
from telemetry_generator.draws import child_keys

_PODS_PER_NODE = 10
_FEWEST_NODES = 3
_COUNTER = (1 << 63) - 1


def nodes_needed(service: int, replica: int) -> int:
    """Return how many nodes a system needs that ends with this replica of this service."""
    return max(_FEWEST_NODES, -(-(service + 1) * (replica + 1) // _PODS_PER_NODE))


def node_keys(seed: int, clusters: int, nodes: int) -> U64:
    """Return the key of each node, numbered by turns over the clusters; shape (nodes,)."""
    number = np.arange(nodes)
    cluster = child_keys(np.full(nodes, derive_key(seed, "place"), np.uint64), number % clusters)
    return child_keys(cluster, number // clusters)


def place(pod_key: int, nodes: U64) -> int:
    """Return the number of the node that a pod chooses among the nodes with these keys."""
    ordinal = np.array([pod_key & _COUNTER], np.int64)
    return int(np.argmax(child_keys(nodes, ordinal)))
