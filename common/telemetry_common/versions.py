"""The versions that explain a report: of Stampede, of Python, and of what else decides speed."""

import platform
from importlib.metadata import PackageNotFoundError, version

from telemetry_common import __version__

_PACKAGES = ("grpcio", "numpy", "opentelemetry-proto", "protobuf", "uvloop")


def installed_versions() -> dict[str, str]:
    """Return versions by package; those that are not installed are left out."""
    found = {"stampede": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
