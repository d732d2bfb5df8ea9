"""The manifest of a template set: what the files hold, and the hashes that prove it.

The format is documented in `docs/template-format.md`.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field

from telemetry_common.config import ConfigModel, read_yaml, validate
from telemetry_common.errors import ConfigError, TemplateError
from telemetry_common.signals import Signal

MANIFEST_SUFFIX = "-metadata.yaml"
TEMPLATE_SUFFIX = ".pb"
COMPRESSED_SUFFIX = ".zst"
"""Ends the name of a template file that is compressed, behind TEMPLATE_SUFFIX."""

Count = Annotated[int, Field(ge=0)]


class ManifestFile(ConfigModel):
    """One template file of the set."""

    path: str
    """File name, relative to the manifest."""
    bytes: Count
    """Size of the template; like its hash, that of the uncompressed bytes."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    resources: Count
    """Number of top-level resource messages."""
    events: Count
    """Spans, data points, log records or samples."""
    traces: Count = 0
    rootless: Count = 0
    """Traces whose root names a parent that is not in the set."""
    time_series: Count = 0
    compressed_bytes: Count = 0
    """Size on disk where the file is compressed, else 0."""


class Manifest(ConfigModel):
    """A template set: one file a signal, how it was made, and what sending it takes."""

    format_version: Literal[1] = 1
    generator_version: str
    seed: Count
    horizon_nanos: Annotated[int, Field(gt=0)]
    """All template times lie in `1 .. horizon_nanos`; a timeline pass advances by as much."""
    estimated_sender_bytes: Count
    """Memory that a sender needs to replay the set, mapped templates included."""
    configuration: dict[str, Any]
    """The effective configuration that the generator ran with."""
    files: dict[Signal, ManifestFile]

    def to_yaml(self) -> str:
        """Return the manifest as YAML; equal manifests give equal text."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, width=100)


def load_manifest(file: Path) -> Manifest:
    """Read and validate a manifest. Raises TemplateError naming file, line and key."""
    try:
        return validate(Manifest, read_yaml(file))
    except ConfigError as error:
        raise TemplateError(error.place, error.problem, "generate the set again") from None


def find_manifest(directory: Path) -> Path:
    """Return the only manifest in `directory`; raises TemplateError for none or several."""
    found = sorted(directory.glob(f"*{MANIFEST_SUFFIX}"))
    if len(found) == 1:
        return found[0]
    problem = "holds several template sets" if found else f"holds no *{MANIFEST_SUFFIX}"
    raise TemplateError(str(directory), problem, "give a directory with one template set")


def template_path(
    directory: Path, prefix: str, signal: Signal, *, compressed: bool = False
) -> Path:
    """Return where a set called `prefix` keeps its template of `signal`."""
    suffix = TEMPLATE_SUFFIX + (COMPRESSED_SUFFIX if compressed else "")
    return directory / f"{prefix}-{signal}{suffix}"


def manifest_path(directory: Path, prefix: str) -> Path:
    """Return where a set called `prefix` keeps its manifest."""
    return directory / f"{prefix}{MANIFEST_SUFFIX}"


def manifest_beside(template: Path) -> Manifest | None:
    """Return the manifest of a template's set; None where there is none beside it.

    Names decide what belongs together, and a compressed template counts as the plain one. Raises
    TemplateError when the manifest is broken.
    """
    plain = template.name.removesuffix(COMPRESSED_SUFFIX)
    for signal in Signal:
        suffix = f"-{signal}{TEMPLATE_SUFFIX}"
        manifest = manifest_path(template.parent, plain.removesuffix(suffix))
        if plain.endswith(suffix) and manifest.exists():
            return load_manifest(manifest)
    return None


def entry_beside(template: Path) -> ManifestFile | None:
    """Return what the manifest beside a template says of it; see `manifest_beside`."""
    manifest = manifest_beside(template)
    plain = template.name.removesuffix(COMPRESSED_SUFFIX)
    signals = [each for each in Signal if plain.endswith(f"-{each}{TEMPLATE_SUFFIX}")]
    return None if manifest is None else manifest.files.get(signals[0])
