"""The JSON Schemas of records in docs/schemas, checked once."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from project_files import ROOT


@cache
def schema_of(dialect: str, stream: str) -> Mapping[str, Any]:
    path = ROOT / "docs" / "schemas" / f"{dialect}-{stream}.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    return schema


@cache
def validator(dialect: str, stream: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(dialect, stream))
