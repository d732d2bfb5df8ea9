"""A template set on disk: its manifest and where its files are."""

from dataclasses import dataclass
from pathlib import Path

from telemetry_common.errors import TemplateError
from telemetry_common.manifest import Manifest, ManifestFile, find_manifest, load_manifest
from telemetry_common.signals import Signal


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """The only set of a directory."""

    directory: Path
    manifest: Manifest

    def path(self, signal: Signal) -> Path:
        """Return where the file of `signal` is. Raises TemplateError if outside the directory."""
        name = self.entry(signal).path
        if Path(name).name != name or "\0" in name:
            fix = "name a file that lies beside the manifest"
            raise TemplateError(f"{self.directory}: {name!r}", "not the name of a file", fix)
        return self.directory / name

    def entry(self, signal: Signal) -> ManifestFile:
        """Return what the manifest says about the file of `signal`."""
        return self.manifest.files[signal]

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The signals that the set has, traces first, because the others refer to them."""
        return tuple(signal for signal in Signal if signal in self.manifest.files)


def open_set(directory: Path) -> TemplateSet:
    """Return the set in `directory`. Raises TemplateError when there is none, or several."""
    if not directory.is_dir():
        problem = "not a directory" if directory.exists() else "no such directory"
        raise TemplateError(str(directory), problem, "give a directory with a template set")
    return TemplateSet(directory, load_manifest(find_manifest(directory)))
