"""The receiver's servers inside the test's own loop, over a reception that the test can look at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from otlp_clients import PROTOCOLS, Client
from telemetry_sender.receiver.address import Address, TcpAddress, http_url
from telemetry_sender.receiver.capacity import Limit
from telemetry_sender.receiver.faults.counts import FaultCounts
from telemetry_sender.receiver.faults.options import parse_fault
from telemetry_sender.receiver.faults.plan import FaultPlan
from telemetry_sender.receiver.intake import CheckingIntake, Intake
from telemetry_sender.receiver.reception import Reception
from telemetry_sender.receiver.server.grpc_server import serving_grpc
from telemetry_sender.receiver.server.http_server import serving_http
from telemetry_sender.receiver.tally import Tally

LOOPBACK = TcpAddress("127.0.0.1", 0)
LIMIT = 4 << 20


@dataclass(frozen=True, slots=True)
class Served:
    """A reception and the client of one protocol that leads to it."""

    client: Client
    reception: Reception
    intake: Intake

    @property
    def tally(self) -> Tally:
        """What was taken."""
        return self.intake.tally

    @property
    def counts(self) -> FaultCounts:
        """What was done on purpose."""
        return self.reception.counts


@asynccontextmanager
async def served(
    protocol: str, *faults: str, limit: Limit | None = None, seed: int = 0
) -> AsyncIterator[Served]:
    """Serve one protocol with faults as `--fault` takes them, and connect to it."""
    intake = CheckingIntake()
    plan = FaultPlan([parse_fault(each).built() for each in faults], seed)
    reception = Reception(intake, plan, limit)
    async with listening(protocol, reception) as address, PROTOCOLS[protocol](address) as client:
        yield Served(client, reception, intake)
        reception.close()


@asynccontextmanager
async def listening(
    protocol: str, reception: Reception, at: Address = LOOPBACK
) -> AsyncIterator[str]:
    """Serve one protocol; yield the address of gRPC or the base URL of HTTP."""
    if protocol == "grpc":
        async with serving_grpc(reception, at, LIMIT) as bound:
            yield str(bound)
    else:
        async with serving_http(reception, at, LIMIT) as bound:
            yield http_url(bound, secure=False)
