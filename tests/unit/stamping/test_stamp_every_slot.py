"""The property of the stamper is worth something: without any one slot of the layout it breaks."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

import pytest

from core_support import SECOND, START, stampers_of, templates_of
from otlp_samples import ROOTS, sample
from stamp_reference import Reference
from telemetry_common.planning import walk
from telemetry_common.planning.cut import cut_events
from telemetry_common.planning.layout import (
    GAUGE,
    LAYOUTS,
    POINTS,
    Container,
    Layout,
    Message,
    Role,
)
from telemetry_common.signals import Signal

NOW = START + 5 * SECOND
SEED, PASS, JITTER, BACKDATE = 3, 7, 100_000_000, 3_600 * SECOND
SAMPLES = 60


def as_set_by_the_reference(signal: Signal, number: int) -> bool:
    """Tell whether stamping an arbitrary file, beside a traces file, is setting its fields."""
    rng = Random(number)
    files = {name: sample(rng, name) for name in (Signal.TRACES, signal)}
    data = {name: message.SerializeToString() for name, message in files.items()}
    if not all(data.values()):
        return True
    templates = templates_of(data)
    stamper = stampers_of(templates, seed=SEED, jitter=JITTER, backdate=BACKDATE)[signal]
    whole = cut_events(templates[signal].plan, 0, 0, templates[signal].plan.events)
    stamped = ROOTS[signal].FromString(stamper.stamp(whole, PASS, NOW))
    reference = Reference(SEED, PASS, NOW, START, JITTER, BACKDATE)
    reference.learn(files[Signal.TRACES])
    getattr(reference, f"set_{signal}")(files[signal])
    # Serialized, because not-a-number differs from itself.
    wanted = files[signal].SerializeToString(deterministic=True)
    return bytes(stamped.SerializeToString(deterministic=True)) == wanted


def without_one_slot(message: Message) -> Iterator[tuple[str, Message]]:
    """Yield the message type without each of its slots, those of its children included."""
    for number in message.roles:
        yield f"{message.name}.{number}", replace(message, roles=without(message.roles, number))
    for number in message.repeated:
        repeated = without(message.repeated, number)
        yield f"{message.name}.{number}", replace(message, repeated=repeated)
    for number, child in message.children.items():
        for name, changed in without_one_slot(child):
            children = {**message.children, number: changed}
            yield f"{message.name}.{name}", replace(message, children=children)


def without(slots: Mapping[int, Role], number: int) -> dict[int, Role]:
    return {each: slot for each, slot in slots.items() if each != number}


def changed_layouts(layout: Layout) -> Iterator[tuple[str, Layout]]:
    *above, last = layout.containers
    for number in last.roles:
        changed = replace(last, roles=without(last.roles, number))
        yield f"{last.name}.{number}", with_last(layout, changed)
    for number, message in last.children.items():
        for name, less in without_one_slot(message):
            children = {**last.children, number: less}
            yield name, with_last(layout, replace(last, children=children))
    for number, message in layout.root_messages.items():
        for name, less in without_one_slot(message):
            yield name, replace(layout, root_messages={number: less})
    assert not any(container.roles for container in above)


def with_last(layout: Layout, container: Container) -> Layout:
    return replace(layout, containers=(*layout.containers[:-1], container))


def changed_points() -> Iterator[tuple[str, Mapping[int, Message]]]:
    for number, message in POINTS.items():
        for name, changed in without_one_slot(message):
            yield f"{number}.{name}", {**POINTS, number: changed}


# The slots of values hold what may grow, and a gauge never does.
WITHOUT_EFFECT = {f"{GAUGE}.NumberDataPoint.{number}" for number in (4, 6)}
LAYOUT_CHANGES = [
    pytest.param(signal, changed, id=name)
    for signal, layout in LAYOUTS.items()
    for name, changed in changed_layouts(layout)
]
POINT_CHANGES = [
    pytest.param(points, id=name) for name, points in changed_points() if name not in WITHOUT_EFFECT
]


@pytest.mark.parametrize("signal", list(Signal))
def test_with_all_slots_stamping_is_setting_fields(signal: Signal) -> None:
    """On the very samples that find each missing slot below."""
    assert all(as_set_by_the_reference(signal, number) for number in range(SAMPLES))


@pytest.mark.parametrize(("signal", "layout"), LAYOUT_CHANGES)
def test_a_missing_slot_is_found(
    signal: Signal, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LAYOUTS, signal, layout)
    assert not all(as_set_by_the_reference(signal, number) for number in range(SAMPLES))


@pytest.mark.parametrize("points", POINT_CHANGES)
def test_a_missing_slot_of_data_points_is_found(
    points: Mapping[int, Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "POINTS", points)
    assert not all(as_set_by_the_reference(Signal.METRICS, number) for number in range(SAMPLES))
