"""Tables that come with the package: tab-separated, one header line, `#` starts a comment."""

import csv
from importlib.resources import files


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of `data/<name>.tsv`, keyed by the header."""
    path = files("telemetry_generator").joinpath("data", f"{name}.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = (line for line in lines if not line.startswith("#"))
    return list(csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE))
