"""Attribute names of the OpenTelemetry semantic conventions that are not deprecated."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def attribute_names() -> frozenset[str]:
    """Return every current name in the package `opentelemetry-semantic-conventions`."""
    spec = find_spec("opentelemetry.semconv")
    assert spec is not None, "pip install --pre opentelemetry-semantic-conventions"
    assert spec.origin is not None
    root = Path(spec.origin).parent
    files = [*root.glob("attributes/*.py"), *root.glob("_incubating/attributes/*.py")]
    return frozenset(name for file in files for name in _names(file))


def _names(file: Path) -> Iterator[str]:
    """Yield the value of each constant whose docstring does not call it deprecated."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    for at, node in enumerate(body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.value, ast.Constant):
            continue
        if not _is_deprecated(body[at + 1 : at + 2]):
            yield str(node.value.value)


def _is_deprecated(following: list[ast.stmt]) -> bool:
    return any(
        "Deprecated" in ast.unparse(node) for node in following if isinstance(node, ast.Expr)
    )
