"""Addresses to listen at, as options have them."""

_HIGHEST_PORT = 65_535


def parse_host_port(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`; an IPv6 host keeps its brackets. Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > _HIGHEST_PORT:
        raise ValueError("not HOST:PORT")
    return host, int(port)
