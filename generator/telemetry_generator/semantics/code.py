"""Where in the services' code things happen: functions, files and lines, language by language."""

import re
from dataclasses import dataclass

from telemetry_common.ids import derive_key
from telemetry_generator.world.model import Operation, Protocol

_LANGUAGES = {
    "java": ("src/main/java/", ".java"),
    "go": ("/src/", ".go"),
    "python": ("/srv/", ".py"),
    "nodejs": ("/srv/", ".js"),
    "dotnet": ("/src/", ".cs"),
    "ruby": ("/srv/", ".rb"),
}
_FIRST_LINE = 18
_LINES = 400


@dataclass(frozen=True, slots=True)
class CodeLocation:
    """A function of a service, and a line in it."""

    module: str
    """Dotted, such as `shop.order`."""
    name: str
    file: str
    line: int

    @property
    def function(self) -> str:
        """The name with its module."""
        return f"{self.module}.{self.name}"


def locate(operation: Operation, language: str) -> CodeLocation:
    """Return where `operation` is done, or called, in code of this language."""
    module, name = _function(operation)
    folder, suffix = _LANGUAGES.get(language, ("/srv/", ""))
    file = f"{folder}{module.replace('.', '/')}{suffix}"
    line = _FIRST_LINE + derive_key(0, "line", module, name) % _LINES
    return CodeLocation(module, name, file, line)


def _function(operation: Operation) -> tuple[str, str]:
    """Return module and function."""
    method, target = operation.method, operation.target
    match operation.protocol:
        case Protocol.INTERNAL:
            return target, method
        case Protocol.RPC:
            return target, method
        case Protocol.HTTP:
            return "app.handlers", f"{method}_{_word(target)}".lower()
        case Protocol.DATABASE:
            return "app.repository", f"{method}_{_word(target)}".lower()
        case Protocol.CACHE:
            return "app.cache", f"{method}_{_word(target)}".lower()
        case Protocol.MESSAGING:
            return "app.messages", f"{method}_{_word(target)}".lower()


def _word(text: str) -> str:
    """Return the words of a route or a name, without its placeholders, as an identifier."""
    plain = re.sub(r"\{[^{}]*\}|<[^<>]*>|:\w+|\bapi\b|\bv\d+\b", "", text)
    return re.sub(r"\W+", "_", plain).strip("_") or "root"
