"""Compressed files for tests, made without the code under test."""

from pathlib import Path

import yaml
import zstandard

from telemetry_common.manifest import find_manifest
from telemetry_common.signals import Signal


def frame(content: bytes) -> bytes:
    """Return one Zstandard frame with a checksum, its content's size unknown beforehand."""
    compressor = zstandard.ZstdCompressor(write_checksum=True, write_content_size=False)
    return compressor.compress(content)


def compress_set(directory: Path) -> dict[Signal, Path]:
    """Compress all templates of a set in place, and say so in its manifest."""
    file = find_manifest(directory)
    manifest = yaml.safe_load(file.read_text())
    for entry in manifest["files"].values():
        plain = directory / entry["path"]
        entry["path"] += ".zst"
        entry["compressed_bytes"] = (directory / entry["path"]).write_bytes(
            frame(plain.read_bytes())
        )
        plain.unlink()
    file.write_text(yaml.safe_dump(manifest))
    return {Signal(name): directory / each["path"] for name, each in manifest["files"].items()}
