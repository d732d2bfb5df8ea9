"""Lays out records from left to right: what stays, and the fields of what changes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from telemetry_common.planning.wire import Offsets
from telemetry_sender.events.model import Spot
from telemetry_sender.records.base import Ends
from telemetry_sender.records.forms import Form
from telemetry_sender.records.shared_texts import SharedTexts

_Found = defaultdict[Form, tuple[list[int], list[int]]]
"""Fields by form: where their values come from, and how many texts are before each."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of one form, n of them: where their values come from, and where they stand."""

    source: Offsets
    """Offsets in the block's wire format, or numbers of events in the block for counters, (n,)."""
    text: Offsets
    """Offsets in the layout, (n,)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Records of one stream: in the fields anything may stand; all else is final."""

    text: bytes
    ends: Ends
    """Where each record ends in `text`, shape (n,)."""
    slots: Mapping[Form, Fields]
    """Fields that take their values from the stamped block."""
    counters: Mapping[Form, Fields]
    """Fields that take the number of their event in the whole run, from 1."""
    first_time: Spot | None
    """When the first record happened."""


class RecordWriter:
    """Collects the records of one stream of a block."""

    def __init__(self, first_time: Spot | None, shared: SharedTexts) -> None:
        """Begin with an event that happened at `first_time`."""
        self.shared = shared
        """The texts of what events have in common."""
        self._first_time = first_time
        self._texts: list[bytes] = []
        self._record_ends: list[int] = []
        self._slots: _Found = defaultdict(_no_fields)
        self._counters: _Found = defaultdict(_no_fields)
        self._event = 0

    def begin(self, event: int) -> None:
        """Begin the record of the `event`-th event of the block (from 0)."""
        self._event = event

    def put(self, text: bytes) -> None:
        """Add what is the same in every pass."""
        self._texts.append(text)

    def put_spot(self, spot: Spot, form: Form) -> None:
        """Add a value: as a field where it changes. Raises ValueError where it does not fit."""
        if spot.is_slot:
            self._add_field(self._slots, form, spot.at)
        else:
            self._texts.append(form.static(spot.value))

    def put_counter(self, form: Form) -> None:
        """Add the number that the event has in the whole run."""
        self._add_field(self._counters, form, self._event)

    def end(self) -> None:
        """End the record."""
        self._record_ends.append(len(self._texts))

    def layout(self) -> Layout:
        """Return all records."""
        lengths = np.fromiter(map(len, self._texts), np.int64, len(self._texts))
        ends = np.concatenate(([0], np.cumsum(lengths)))
        return Layout(
            text=b"".join(self._texts),
            ends=ends[np.array(self._record_ends, np.int64)],
            slots=_placed(self._slots, ends),
            counters=_placed(self._counters, ends),
            first_time=self._first_time,
        )

    def _add_field(self, fields: _Found, form: Form, source: int) -> None:
        sources, places = fields[form]
        sources.append(source)
        places.append(len(self._texts))
        self._texts.append(form.blank)


def _no_fields() -> tuple[list[int], list[int]]:
    return [], []


def _placed(found: _Found, ends: Offsets) -> dict[Form, Fields]:
    return {
        form: Fields(_offsets(sources), ends[_offsets(places)])
        for form, (sources, places) in found.items()
    }


def _offsets(found: list[int]) -> Offsets:
    return np.fromiter(found, np.int64, len(found))
