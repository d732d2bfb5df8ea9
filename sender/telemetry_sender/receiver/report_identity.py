"""The part of the report about identity: events known one by one, beside the spans."""

from dataclasses import asdict

from telemetry_sender.receiver.books import Books
from telemetry_sender.receiver.event_ledger import EventLedger
from telemetry_sender.receiver.log_sequences import LogSequences
from telemetry_sender.receiver.profile_ledger import ProfileLedger

MAX_EXAMPLES = 20

Json = dict[str, object]


def identity_report(books: Books) -> Json:
    """Return what each signal's ledger found; null for one that is not kept."""
    return {
        # Only of series the times must increase: log records have a jitter each.
        "metrics": {**_events(books.points), "out_of_order": books.points.out_of_order},
        "logs": _events(books.records) if books.records is not None else None,
        "profiles": _profiles(books.profiles) if books.profiles else None,
        "log_sequence": _sequences(books.sequences) if books.sequences else None,
    }


def _events(ledger: EventLedger) -> Json:
    return {
        **asdict(ledger.counts),
        "streams": ledger.stream_count,
        "templates": _against_templates(ledger) if ledger.expected else None,
    }


def _against_templates(ledger: EventLedger) -> Json:
    """Return how far the streams of the templates came, compared with each other."""
    assert ledger.expected is not None
    behind = ledger.behind()
    furthest = behind.furthest(MAX_EXAMPLES)
    return {
        "events_per_pass": ledger.expected.events,
        "passes_seen": ledger.passes_seen(),
        "behind": behind.events,
        "furthest_behind": [
            {
                "first_event": int(ledger.expected.first_event[stream]),
                "received": int(behind.received[stream]),
                "missing": int(behind.missing[stream]),
            }
            for stream in furthest
        ],
    }


def _profiles(ledger: ProfileLedger) -> Json:
    return {
        **asdict(ledger.counts),
        "samples_per_pass": ledger.samples_per_pass,
        "passes_seen": ledger.passes_seen,
    }


def _sequences(sequences: LogSequences) -> Json:
    return {
        "resources": sequences.resource_count,
        "unique": sequences.unique,
        "duplicated": sequences.duplicated,
        "lost": sequences.lost,
        "unnumbered": sequences.unnumbered,
        "untracked": sequences.untracked,
    }
