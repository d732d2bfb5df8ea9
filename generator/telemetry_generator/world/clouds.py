"""The cloud that hosts run in: its names for platforms, zones, machine types and hosts."""

from dataclasses import dataclass

from telemetry_generator.config.infrastructure import CloudConfig, Provider
from telemetry_generator.keyed import Stream
from telemetry_generator.tables import read_table
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.identifiers import hexadecimal, uuid

_ACCOUNT_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Cloud:
    """One region of an account."""

    provider: Provider
    platform: str
    region: str
    account: str
    zones: tuple[str, ...]
    machines: tuple[str, ...]
    """Machine types, for `host.type`."""
    system: str
    """Distribution of the hosts, for `os.description`."""
    kernel: str

    @property
    def attributes(self) -> Attributes:
        """The attributes that everything in the region has."""
        return (
            ("cloud.provider", self.provider.value),
            ("cloud.platform", self.platform),
            ("cloud.region", self.region),
            ("cloud.account.id", self.account),
        )

    def host_id(self, stream: Stream) -> str:
        """Return an instance id as this provider writes it."""
        match self.provider:
            case Provider.AWS:
                return f"i-0{hexadecimal(stream, 16)}"
            case Provider.AZURE:
                return uuid(stream)
            case Provider.GCP:
                return f"{10**18 + stream.below(8 * 10**18)}"


def build_cloud(config: CloudConfig, seed: int) -> Cloud:
    """Return the configured cloud; what is not configured follows from provider and seed."""
    row = next(row for row in read_table("clouds") if row["provider"] == config.provider)
    region = config.region or row["region"]
    return Cloud(
        provider=config.provider,
        platform=row["platform"],
        region=region,
        account=config.account or _account(seed),
        zones=tuple(zone.format(region=region) for zone in row["zones"].split(",")),
        machines=tuple(row["machines"].split(",")),
        system=row["system"],
        kernel=row["kernel"],
    )


def _account(seed: int) -> str:
    digits = Stream(seed, "cloud", "account").below(10**_ACCOUNT_DIGITS)
    return f"{digits:0{_ACCOUNT_DIGITS}d}"
