"""Records that say their number, and files of them read back by independent readers."""

import gzip
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import zstandard

from telemetry_sender.config.files import Compression, RollOptions
from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.codec import make_codec
from telemetry_sender.files.data_file import HiddenFile, OpenFile
from telemetry_sender.files.framing import PLAIN, Framing
from telemetry_sender.files.naming import Naming
from telemetry_sender.files.rolling import RollingFiles
from telemetry_sender.records.base import RecordBatch, Records

ARRAY = Framing(b"[\n", b"\n]\n", skipped=2)
"""A JSON array of what `numbered` makes with `before=b",\\n"`."""

START = 1_767_225_600 * 10**9
"""2026-01-01T00:00:00Z in Unix nanoseconds."""


def records_of(texts: Sequence[bytes], time: int = START, stream: str = "traces") -> Records:
    """Return these records as one batch."""
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    return Records(stream, b"".join(texts), ends, time, len(texts))


def numbered(
    first: int,
    count: int,
    *,
    noise: int = 20,
    framing: Framing = PLAIN,
    time: int = START,
    stream: str = "traces",
) -> Records:
    """Return `count` JSON records that say their numbers, as a line each, or as array items.

    Each holds so many bytes of noise, in hex, that cannot be compressed.
    """
    form = b',\n{"n":%d,"x":"%s"}' if framing.skipped else b'{"n":%d,"x":"%s"}\n'
    random = Random(first)
    texts = [
        form % (n, random.randbytes(noise).hex().encode()) for n in range(first, first + count)
    ]
    return records_of(texts, time, stream)


def batch_of(*records: Records) -> RecordBatch:
    return RecordBatch(records)


def rolling(
    directory: Path,
    roll: RollOptions | None = None,
    *,
    framing: Framing = PLAIN,
    compression: Compression = Compression.NONE,
    name: str = "{stream}_{sequence}",
    is_required: bool = False,
    open_file: OpenFile = HiddenFile,
) -> RollingFiles:
    """Return files of traces, called `traces_0001.txt` and so on."""
    codec = make_codec(compression)
    naming = Naming(directory, name, "telemetry", f".txt{codec.suffix}")
    return RollingFiles(
        "traces",
        naming,
        framing,
        codec,
        roll or RollOptions(),
        is_required=is_required,
        open_file=open_file,
    )


def content(path: Path | str) -> bytes:
    """Return what is in a file once the compression that its name tells is undone."""
    data = Path(path).read_bytes()
    if Path(path).suffix == ".gz":
        return gzip.decompress(data)
    if Path(path).suffix == ".zst":
        frames = zstandard.ZstdDecompressor().stream_reader(
            io.BytesIO(data), read_across_frames=True
        )
        return frames.read()
    return data


def numbers(paths: Iterable[Path | str]) -> list[int]:
    """Return the numbers in files of lines or of arrays, in order. Raises where one is cut off."""
    return [item["n"] for path in paths for item in _items(content(path))]


def _items(text: bytes) -> list[dict[str, int]]:
    if text.startswith(b"["):
        items: list[dict[str, int]] = json.loads(text)
        return items
    assert not text or text.endswith(b"\n")
    return [json.loads(line) for line in text.splitlines()]


def paths_of(accounts: Iterable[FileAccount]) -> list[str]:
    return [account.path for account in accounts]


def visible(directory: Path) -> list[Path]:
    """Return the files that are not hidden, in the order of their names."""
    return sorted(path for path in directory.iterdir() if not path.name.startswith("."))


def hidden(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.name.startswith("."))
