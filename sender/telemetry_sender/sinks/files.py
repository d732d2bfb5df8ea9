"""The sink of all formats that leave files behind: they differ in what encodes and keeps them."""

import asyncio
import errno
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from telemetry_common.errors import RunError, UsageError, reason
from telemetry_common.signals import Signal
from telemetry_sender.config.files import FileOptions, RollOptions
from telemetry_sender.files.account import SinkAccount
from telemetry_sender.files.claim import Claim
from telemetry_sender.files.codec import Codec, make_codec
from telemetry_sender.files.data_file import HiddenFile, OpenFile
from telemetry_sender.files.form import FileForm, StreamFiles
from telemetry_sender.files.framing import Framing
from telemetry_sender.files.naming import Naming
from telemetry_sender.files.rolling import RollingFiles
from telemetry_sender.records.base import Records, Stream
from telemetry_sender.sinks.base import EncoderFactory
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.request_limit import RequestLimit


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What is particular to the files of a format."""

    name: str
    """Of its sink."""
    suffix: str
    """What names end with, without a dot, before that of a compression."""
    framing: Callable[[str], Framing]
    """Returns what stands around the records of a stream."""
    streams: tuple[str, ...] = tuple(Signal)
    """Streams of which there is a file even if no record came; of signals that are sent."""


@dataclass(frozen=True, slots=True)
class _RecordForm:
    """Keeps records, one behind another."""

    format: FileFormat
    codec: Codec
    roll: RollOptions

    @property
    def name(self) -> str:
        return self.format.name

    @property
    def required(self) -> tuple[str, ...]:
        return self.format.streams

    def files(self, stream: str, naming: Naming, open_file: OpenFile) -> RollingFiles:
        return RollingFiles(
            stream,
            naming,
            self.format.framing(stream),
            self.codec,
            self.roll,
            is_required=stream in self.required,
            open_file=open_file,
        )

    def folders(self, directory: Path) -> tuple[Path, ...]:
        return (directory,)

    def weigh(self, item: Records) -> int:
        return len(self.codec.pack(item.data))


class FileSink:
    """Writes what belongs to each stream into files of their own."""

    def __init__(
        self,
        form: FileForm,
        encoding: EncoderFactory,
        naming: Naming,
        signals: Iterable[Signal],
        request_limit: RequestLimit | None = None,
    ) -> None:
        self.encoding = encoding
        self.request_limit = request_limit
        self.open_file: OpenFile = HiddenFile
        """Makes its files; may be replaced before `open`."""
        self._form = form
        self._naming = naming
        self._streams = tuple(stream for signal in signals for stream in _streams_of(signal))
        self._claims: list[Claim] = []
        self._files: dict[str, StreamFiles] = {}
        self._problem = ""
        self._failure: Delivery | None = None

    def __str__(self) -> str:
        return f"{self._form.name} files in {self.directory}/"

    @property
    def directory(self) -> Path:
        """Where the files are."""
        return self._naming.directory

    async def open(self) -> None:
        """Make the directory, and refuse to share it with files of the same names.

        Raises UsageError for those, and RunError when files cannot be written there.
        """
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._claim()
            self._refuse_existing()
            for naming in self._namings():
                for leftover in naming.leftovers(self._streams):
                    leftover.unlink()
        except OSError as error:
            self._release()
            fix = "choose another directory, or make room for files there"
            raise RunError(str(self.directory), reason(error), fix) from None
        except UsageError:
            self._release()
            raise
        for stream in self._streams:
            if stream in self._form.required:
                self._files_of(stream)

    async def write(self, signal: Signal, payload: Iterable[Any]) -> Delivery:  # noqa: ARG002
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

    def weigh(self, signal: Signal, payload: Iterable[Any]) -> int:  # noqa: ARG002
        """Return how many bytes a payload would take on disk; writes nothing."""
        return sum(map(self._form.weigh, payload))

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
            problem = f"another run or sink is writing {self._form.name} files of these names"
            fix = "give each its own directory or prefix"
            raise UsageError(str(self.directory), problem, fix) from None

    def _refuse_existing(self) -> None:
        existing = (path for each in self._namings() for path in each.existing(self._streams))
        found = min(existing, default=None)
        if found:
            problem = "is there already, and nothing is overwritten"
            raise UsageError(
                str(found), problem, "remove it, or choose another directory or prefix"
            )

    def _namings(self) -> Iterator[Naming]:
        """Yield the names of files in all directories that may hold some."""
        for folder in self._form.folders(self.directory):
            yield replace(self._naming, directory=folder)

    def _files_of(self, stream: str) -> StreamFiles:
        if stream not in self._files:
            self._files[stream] = self._form.files(stream, self._naming, self.open_file)
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
            self._problem = f"{self.directory}: {reason(error)}"
            code = errno.errorcode.get(error.errno or errno.EIO, "EIO")
            self._failure = Delivery(code, message=self._problem, is_fatal=True)
        return self._failure

    def _account(self) -> SinkAccount:
        lost: Counter[str] = Counter()
        for stream, files in self._files.items():
            lost[_signal_of(stream)] += files.lost
        accounts = (account for files in self._files.values() for account in files.accounts)
        return SinkAccount(self._form.name, tuple(accounts), self._problem, dict(+lost))

    def _release(self) -> None:
        while self._claims:
            self._claims.pop().release()


def make_file_sink(
    setting: SinkSetting,
    options: FileOptions,
    file_format: FileFormat,
    encoding: EncoderFactory,
    request_limit: RequestLimit | None = None,
) -> FileSink:
    """Return a sink, not yet open, that writes what the encoders make into files of a format."""
    codec = make_codec(options.compression, options.level)
    ending = f".{file_format.suffix}{codec.suffix}"
    naming = Naming(options.directory, options.name, options.prefix, ending, setting.part)
    form = _RecordForm(file_format, codec, options.roll)
    return FileSink(form, encoding, naming, setting.signals, request_limit)


def _streams_of(signal: Signal) -> tuple[str, ...]:
    return (signal.value, Stream.EVENTS) if signal is Signal.LOGS else (signal.value,)


def _signal_of(stream: str) -> str:
    return Signal.LOGS if stream == Stream.EVENTS else stream
