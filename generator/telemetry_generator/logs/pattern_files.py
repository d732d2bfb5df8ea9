"""Pattern files: tables (`.tsv`) and YAML, read into the same model and with the same errors."""

from pathlib import Path
from typing import NamedTuple

from telemetry_common.config import ConfigPath, Source, read_yaml, validate
from telemetry_common.errors import ConfigError, reason
from telemetry_generator.config.log_patterns import PatternFileConfig

_COLUMNS = ("type", "severity", "source", "services", "event", "text")


class PatternFile(NamedTuple):
    """A valid file, and where everything in it stands."""

    config: PatternFileConfig
    source: Source


def read_pattern_file(file: Path) -> PatternFile:
    """Read a file of patterns. Raises ConfigError naming file and line."""
    source = _read_table(file) if file.suffix == ".tsv" else read_yaml(file)
    return PatternFile(validate(PatternFileConfig, source), source)


def _read_table(file: Path) -> Source:
    """Read a tab-separated table with a header line; `#` starts a comment line."""
    rows = [
        (number, line.split("\t"))
        for number, line in enumerate(_text(file).splitlines(), start=1)
        if line and not line.startswith("#")
    ]
    header = _checked_header(file, rows[0] if rows else (1, []))
    patterns: list[dict[str, str]] = []
    places: dict[ConfigPath, str] = {}
    for number, cells in rows[1:]:
        place = f"{file}:{number}"
        if len(cells) != len(header):
            problem = f"{len(cells)} columns, where the header has {len(header)}"
            raise ConfigError(place, problem, "separate columns by one tab each")
        places["patterns", len(patterns)] = place
        patterns.append({key: cell for key, cell in zip(header, cells, strict=True) if cell})
    return Source(str(file), {"patterns": patterns}, places)


def _checked_header(file: Path, row: tuple[int, list[str]]) -> list[str]:
    number, header = row
    unknown = sorted(set(header) - set(_COLUMNS))
    if unknown or not {"type", "text"} <= set(header) or len(set(header)) < len(header):
        problem = f"the header {' '.join(header)!r} is not made of {', '.join(_COLUMNS)}"
        raise ConfigError(f"{file}:{number}", problem, "name the columns, type and text at least")
    return header


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(str(file), reason(error), "give an existing pattern file") from None
    except UnicodeDecodeError:
        raise ConfigError(str(file), "not UTF-8 text", "save it as UTF-8") from None
