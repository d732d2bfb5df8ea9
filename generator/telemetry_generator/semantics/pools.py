"""Values to draw from, for attributes that differ from span to span."""

import math
from dataclasses import dataclass
from enum import IntEnum
from statistics import NormalDist

from telemetry_generator.world.attributes import Value


class Source(IntEnum):
    """Whose draw decides."""

    SPAN = 0
    """The span's own: its thread."""
    CALL = 1
    """That of the call, so that both its sides say the same: the size of a body."""
    REQUEST = 2
    """That of the request, so that all its spans say the same: the tenant."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """An attribute and its values, each as likely as the others; compared by identity."""

    key: str
    values: tuple[Value, ...]
    source: Source


def _lognormal(median: float, sigma: float, fewest: int, most: int) -> tuple[int, ...]:
    """Return 512 quantiles of a log-normal distribution as whole numbers within bounds."""
    normal = NormalDist()
    powers = (sigma * normal.inv_cdf((step + 0.5) / 512) for step in range(512))
    return tuple(min(most, max(fewest, round(median * math.exp(power)))) for power in powers)


_BROWSERS = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/138.0.0.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.5 Safari/605.1.15"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
    ),
    (
        "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/138.0.0.0 Mobile Safari/537.36"
    ),
    "ShopApp/7.4.1 (iOS 18.5)",
    "ShopApp/7.4.0 (Android 15)",
    "curl/8.14.1",
)
# RFC 5737 sets these networks aside for documentation.
_PUBLIC_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")

OUTSIDE_ADDRESS = Pool(
    "client.address",
    tuple(f"{network}.{host}" for network in _PUBLIC_NETWORKS for host in range(1, 255)),
    Source.REQUEST,
)
USER_AGENT = Pool("user_agent.original", _BROWSERS, Source.REQUEST)
CLIENT_PORT = Pool("client.port", tuple(range(32_768, 61_000, 29)), Source.CALL)
REQUEST_BODY = Pool("http.request.body.size", _lognormal(480, 0.9, 16, 65_536), Source.CALL)
RESPONSE_BODY = Pool("http.response.body.size", _lognormal(2_400, 1.2, 40, 1_048_576), Source.CALL)
RETURNED_ROWS = Pool("db.response.returned_rows", _lognormal(6, 1.3, 1, 5_000), Source.SPAN)
PARTITION = Pool(
    "messaging.destination.partition.id", tuple(str(number) for number in range(12)), Source.CALL
)
MESSAGE_BODY = Pool("messaging.message.body.size", _lognormal(900, 0.8, 64, 262_144), Source.CALL)
THREAD_ID = Pool("thread.id", tuple(range(17, 145)), Source.SPAN)
TENANT = Pool(
    "app.tenant.id", tuple(f"tenant-{number:03d}" for number in range(200)), Source.REQUEST
)
ITEMS = Pool("app.item.count", _lognormal(4, 0.8, 1, 400), Source.SPAN)

_THREADS = {
    "java": tuple(f"http-nio-8080-exec-{number}" for number in range(1, 65)),
    "python": tuple(f"ThreadPoolExecutor-0_{number}" for number in range(16)),
    "dotnet": (".NET TP Worker", ".NET TP Gate"),
    "ruby": tuple(f"puma srv tp {number:03d}" for number in range(1, 17)),
}
_THREAD_NAMES = {
    language: Pool("thread.name", names, Source.SPAN) for language, names in _THREADS.items()
}


def thread_name(language: str) -> Pool | None:
    """Return the names of threads in this language; None where code has no named threads."""
    return _THREAD_NAMES.get(language)


POOLS = (
    OUTSIDE_ADDRESS,
    USER_AGENT,
    CLIENT_PORT,
    REQUEST_BODY,
    RESPONSE_BODY,
    RETURNED_ROWS,
    PARTITION,
    MESSAGE_BODY,
    THREAD_ID,
    TENANT,
    ITEMS,
    *_THREAD_NAMES.values(),
)
"""All pools. A pool's place keys its draws, so new ones go to the end."""
