"""The sink of all formats that are whole records in files: they differ in what encodes them."""

import asyncio
import errno
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from telemetry_common.errors import RunError, UsageError, reason
from telemetry_common.signals import Signal
from telemetry_sender.config.files import FileOptions
from telemetry_sender.files.account import SinkAccount
from telemetry_sender.files.claim import Claim
from telemetry_sender.files.codec import make_codec
from telemetry_sender.files.data_file import HiddenFile, OpenFile
from telemetry_sender.files.framing import Framing
from telemetry_sender.files.naming import Naming
from telemetry_sender.files.rolling import RollingFiles
from telemetry_sender.records.base import RecordBatch, Stream
from telemetry_sender.sinks.base import EncoderFactory
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.registry import SinkSetting


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What is particular to the files of a format."""

    name: str
    """Of its sink."""
    suffix: str
    """What names end with, without a dot, before that of a compression."""
    framing: Callable[[str], Framing]
    """Returns what stands around the records of a stream."""
    streams: tuple[str, ...] = ()
    """Streams of which there is a file even if no record came; of signals that are sent."""
    max_request_bytes: int | None = None
    """Most bytes that a block may have as OTLP/JSON; None where it does not matter."""
    max_request_setting: str = ""
    """Which setting says so, for errors."""


class FileSink:
    """Writes the records of each stream into files of their own."""

    def __init__(
        self,
        options: FileOptions,
        file_format: FileFormat,
        encoding: EncoderFactory,
        naming: Naming,
        signals: Iterable[Signal],
    ) -> None:
        self.encoding = encoding
        self.max_request_bytes = file_format.max_request_bytes
        self.max_request_setting = file_format.max_request_setting
        self.open_file: OpenFile = HiddenFile
        """Makes its files; may be replaced before `open`."""
        self._options = options
        self._format = file_format
        self._naming = naming
        self._codec = make_codec(options.compression, options.level)
        self._streams = tuple(stream for signal in signals for stream in _streams_of(signal))
        self._claims: list[Claim] = []
        self._files: dict[str, RollingFiles] = {}
        self._problem = ""
        self._failure: Delivery | None = None

    def __str__(self) -> str:
        return f"{self._format.name} files in {self._options.directory}/"

    @property
    def directory(self) -> Path:
        """Where the files are."""
        return self._options.directory

    async def open(self) -> None:
        """Make the directory, and refuse to share it with files of the same names.

        Raises UsageError for those, and RunError when files cannot be written there.
        """
        try:
            self._options.directory.mkdir(parents=True, exist_ok=True)
            self._claim()
            self._refuse_existing()
            for leftover in self._naming.leftovers(self._streams):
                leftover.unlink()
        except OSError as error:
            self._release()
            fix = "choose another directory, or make room for files there"
            raise RunError(str(self._options.directory), reason(error), fix) from None
        except UsageError:
            self._release()
            raise
        for stream in self._streams:
            if stream in self._format.streams:
                self._files_of(stream)

    async def write(self, signal: Signal, payload: RecordBatch) -> Delivery:  # noqa: ARG002
        """Write a batch, or nothing of it when there is no room for all."""
        # Let others run, before and not after: a write that is cancelled has not been done.
        await asyncio.sleep(0)
        if self._failure:
            return self._failure
        try:
            size = sum(self._files_of(each.stream).write(each) for each in payload)
        except OSError as error:
            for files in self._files.values():
                files.rollback()
            return self._failed(error)
        self._commit()
        return Delivery(wire_bytes=size)

    def weigh(self, signal: Signal, payload: RecordBatch) -> int:  # noqa: ARG002
        """Return how many bytes a payload would take on disk; writes nothing."""
        return sum(len(self._codec.pack(each.data)) for each in payload)

    async def finish(self) -> SinkAccount:
        """Complete all files; return what there is now. Safe after a fatal delivery, and twice."""
        for files in self._files.values():
            try:
                files.finish()
            except OSError as error:
                self._failed(error)
        return self._account()

    async def close(self) -> None:
        """Release everything; a file that is not complete is removed. Safe without `open`."""
        for files in self._files.values():
            files.abort()
        self._release()

    def _claim(self) -> None:
        try:
            for stream in self._streams:
                self._claims.append(Claim(self._naming.lock(stream)))
        except BlockingIOError:
            problem = f"another run or sink is writing {self._format.name} files of these names"
            fix = "give each its own directory or prefix"
            raise UsageError(str(self._options.directory), problem, fix) from None

    def _refuse_existing(self) -> None:
        found = min(self._naming.existing(self._streams), default=None)
        if found:
            problem = "is there already, and nothing is overwritten"
            raise UsageError(
                str(found), problem, "remove it, or choose another directory or prefix"
            )

    def _files_of(self, stream: str) -> RollingFiles:
        if stream not in self._files:
            self._files[stream] = RollingFiles(
                stream,
                self._naming,
                self._format.framing(stream),
                self._codec,
                self._options.roll,
                is_required=stream in self._format.streams,
                open_file=self.open_file,
            )
        return self._files[stream]

    def _commit(self) -> None:
        for files in self._files.values():
            try:
                files.commit()
            except OSError as error:
                # This batch is taken; the next will hear of it.
                self._failed(error)

    def _failed(self, error: OSError) -> Delivery:
        """Return what all writes are answered from now on."""
        if self._failure is None:
            self._problem = f"{self._options.directory}: {reason(error)}"
            code = errno.errorcode.get(error.errno or errno.EIO, "EIO")
            self._failure = Delivery(code, message=self._problem, is_fatal=True)
        return self._failure

    def _account(self) -> SinkAccount:
        lost: Counter[str] = Counter()
        for stream, files in self._files.items():
            lost[_signal_of(stream)] += files.lost
        accounts = (account for files in self._files.values() for account in files.accounts)
        return SinkAccount(self._format.name, tuple(accounts), self._problem, dict(+lost))

    def _release(self) -> None:
        while self._claims:
            self._claims.pop().release()


def make_file_sink(
    setting: SinkSetting,
    options: FileOptions,
    file_format: FileFormat,
    encoding: EncoderFactory,
) -> FileSink:
    """Return a sink, not yet open, that writes what the encoders make into files of a format."""
    suffix = make_codec(options.compression, options.level).suffix
    ending = f".{file_format.suffix}{suffix}"
    naming = Naming(options.directory, options.name, options.prefix, ending, setting.part)
    return FileSink(options, file_format, encoding, naming, setting.signals)


def _streams_of(signal: Signal) -> tuple[str, ...]:
    return (signal.value, Stream.EVENTS) if signal is Signal.LOGS else (signal.value,)


def _signal_of(stream: str) -> str:
    return Signal.LOGS if stream == Stream.EVENTS else stream
