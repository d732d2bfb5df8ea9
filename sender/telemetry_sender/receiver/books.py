"""Identity beyond spans: the ledgers of points, log records and profiles, and what they follow."""

from telemetry_common.ids import RunKeys
from telemetry_common.signals import Signal
from telemetry_sender.receiver.event_counts import EventCounts
from telemetry_sender.receiver.event_ledger import EventLedger
from telemetry_sender.receiver.identity import ProfileIdentity
from telemetry_sender.receiver.log_sequences import LogSequences
from telemetry_sender.receiver.points import PointColumns
from telemetry_sender.receiver.profile_ledger import ProfileLedger
from telemetry_sender.receiver.records import Records, SequenceAttribute
from telemetry_sender.receiver.series_lines import SeriesLines
from telemetry_sender.receiver.template_index import TemplateIndex


class Books:
    """The ledgers of one session.

    Series identify points with or without templates. What a log record is, only the templates or a
    `sequence` attribute tell; what a profile is, only the templates and the seed.
    """

    def __init__(
        self,
        template: TemplateIndex | None = None,
        run_seed: int | None = None,
        sequence: SequenceAttribute | None = None,
    ) -> None:
        self.points = EventLedger(template.points if template else None)
        self.lines = SeriesLines()
        self.records = EventLedger(template.records) if template else None
        self.sequences = LogSequences(sequence) if sequence and not template else None
        self.profiles: ProfileLedger | None = None
        self._sequence = sequence
        if template and run_seed is not None:
            identity = ProfileIdentity(RunKeys.from_seed(run_seed), template.profile_numbers)
            self.profiles = ProfileLedger(identity, template.events.get(Signal.PROFILES, 0))

    def record_points(self, points: PointColumns) -> None:
        """Book the data points of one request, and follow its cumulative series."""
        booked = self.points.record(points.events)
        self.lines.reserve(self.points.stream_count)
        followed = booked.fresh & points.cumulative & self.points.has_one_line(booked.streams)
        self.lines.follow(booked.streams[followed], points.at(followed))

    def record_logs(self, records: Records) -> None:
        """Book the log records of one request."""
        if self.records is not None:
            self.records.record(records.columns(self._sequence))
        if self.sequences is not None:
            self.sequences.record(records)

    @property
    def counts(self) -> dict[Signal, EventCounts]:
        """The counts of every signal that is booked here."""
        books = {
            Signal.METRICS: self.points,
            Signal.LOGS: self.records,
            Signal.PROFILES: self.profiles,
        }
        return {signal: book.counts for signal, book in books.items() if book is not None}
