"""The names of extensions: a typo is found with the configuration, and told with its line."""

from importlib.metadata import EntryPoint, entry_points
from typing import Annotated

from pydantic import AfterValidator, Field

from telemetry_common.config import MisplacedError

ENTRY_POINT_GROUP = "stampede.generator"


def installed_extension(name: str) -> EntryPoint:
    """Return where the extension of this name is. Raises ValueError unless there is one."""
    installed = entry_points(group=ENTRY_POINT_GROUP)
    found = [entry for entry in installed if entry.name == name]
    if not found:
        known = ", ".join(sorted(installed.names)) or "none"
        raise ValueError(f"no extension is called {name!r}; installed: {known}")
    if len(found) > 1:
        packages = " and ".join(sorted(entry.dist.name for entry in found if entry.dist))
        raise ValueError(f"several packages have an extension {name!r}: {packages}")
    return found[0]


def _are_installed(names: tuple[str, ...]) -> tuple[str, ...]:
    for at, name in enumerate(names):
        if name in names[:at]:
            raise MisplacedError((at,), f"{name!r} is given twice", "remove one of the two")
        try:
            installed_extension(name)
        except ValueError as error:
            fix = "install or uninstall a package, or correct the name"
            raise MisplacedError((at,), str(error), fix) from None
    return names


ExtensionNames = Annotated[tuple[str, ...], Field(strict=False), AfterValidator(_are_installed)]
