"""The other side of a call: addresses inside the generated system, and clients' names."""

_HOSTS = 254  # of a network of 256, without its first and last address
_AGENTS = {
    "java": "Java-http-client/21.0.8",
    "go": "Go-http-client/1.1",
    "python": "python-httpx/0.28.1",
    "nodejs": "undici/7.12.0",
    "dotnet": "ShopClient/1.0 (.NET 9.0)",
    "ruby": "Faraday v2.13.1",
}


def instance_address(number: int) -> str:
    """Return the address of replica `number` of all services, in 10.64.0.0/10."""
    return _address(64, number)


def store_address(service: int) -> str:
    """Return the address of the store that is service `service`, in 10.32.0.0/11."""
    return _address(32, service)


def _address(block: int, number: int) -> str:
    rest, host = divmod(number, _HOSTS)
    return f"10.{block + (rest >> 8) % 32}.{rest & 255}.{1 + host}"


def user_agent(language: str) -> str:
    """Return what the usual HTTP client of a language calls itself."""
    return _AGENTS.get(language, f"shop-client/1.0 ({language})")
