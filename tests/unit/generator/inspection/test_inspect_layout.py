"""The layout of the service graph: nothing overlaps, and calls go from left to right."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from telemetry_generator.inspection.html.heights import place_heights
from telemetry_generator.inspection.html.layers import Edge, Layers, arrange
from telemetry_generator.inspection.html.ports import port_heights

_NODES = 12
_HEIGHT, _GAP = 58.0, 20.0
_numbers = st.integers(0, _NODES - 1)
_any_edges = st.sets(st.tuples(_numbers, _numbers).filter(lambda edge: edge[0] != edge[1]))
_downward_edges = st.sets(st.tuples(_numbers, _numbers).filter(lambda edge: edge[0] < edge[1]))


def layer_of(arranged: Layers) -> dict[int, int]:
    return {node: at for at, row in enumerate(arranged.layers) for node in row}


def size_in(arranged: Layers) -> Callable[[int], float]:
    return lambda node: _HEIGHT if node < arranged.nodes else 10.0


@given(_any_edges)
def test_every_node_stands_once_and_every_edge_passes_layer_by_layer(edges: set[Edge]) -> None:
    arranged = arrange(_NODES, edges)
    layer = layer_of(arranged)
    assert sorted(node for row in arranged.layers for node in row if node < _NODES) == list(
        range(_NODES)
    )
    assert set(arranged.paths) == edges
    for (caller, callee), path in arranged.paths.items():
        assert (path[0], path[-1]) == (caller, callee)
        steps = {layer[after] - layer[before] for before, after in pairwise(path)}
        assert steps in ({1}, {-1})


@given(_downward_edges)
def test_without_cycles_all_calls_go_to_the_right(edges: set[Edge]) -> None:
    arranged = arrange(_NODES, edges)
    layer = layer_of(arranged)
    assert all(layer[caller] < layer[callee] for caller, callee in edges)


@given(_any_edges)
def test_nothing_in_a_layer_overlaps(edges: set[Edge]) -> None:
    arranged = arrange(_NODES, edges)
    size = size_in(arranged)
    centre = place_heights(arranged, size, _GAP)
    for row in arranged.layers:
        for above, below in pairwise(row):
            room = centre[below] - centre[above] - (size(above) + size(below)) / 2
            assert room >= _GAP - 1e-6


@given(_any_edges)
def test_edges_leave_and_enter_at_different_heights_of_a_side(edges: set[Edge]) -> None:
    arranged = arrange(_NODES, edges)
    centre = place_heights(arranged, size_in(arranged), _GAP)
    ports = port_heights(arranged, centre, _HEIGHT)
    for (caller, callee), (leaves, enters) in ports.items():
        assert abs(leaves - centre[caller]) < _HEIGHT / 2
        assert abs(enters - centre[callee]) < _HEIGHT / 2


def test_order_in_layers_avoids_crossings() -> None:
    arranged = arrange(6, {(0, 5), (1, 4), (2, 3)})
    first, second = arranged.layers
    partner = {0: 5, 1: 4, 2: 3}
    assert [partner[node] for node in first] == second


def test_a_cycle_costs_one_call_back() -> None:
    arranged = arrange(3, {(0, 1), (1, 2), (2, 0)})
    layer = layer_of(arranged)
    back = [edge for edge in arranged.paths if layer[edge[0]] > layer[edge[1]]]
    assert len(back) == 1


def test_no_nodes_make_no_layers() -> None:
    assert arrange(0, set()).layers == []
