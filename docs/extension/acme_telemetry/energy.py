"""Energy profiles, a signal of Acme's own: how much each endpoint of an instance has used."""

from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Profile,
    ProfilesData,
    ProfilesDictionary,
    ResourceProfiles,
    Sample,
    ScopeProfiles,
    ValueType,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from telemetry_common.ids import derive_key
from telemetry_common.signals import Signal
from telemetry_generator.chunks import Chunk
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.extensions import World
from telemetry_generator.world.model import Instance, Topology

_ENERGY = ValueType(type_strindex=1, unit_strindex=2)
_OPERATIONS_AT = 3  # where names of operations begin in the table of strings
_TABLES = ("mapping", "location", "function", "link", "attribute", "stack")


class EnergyProfiles:
    """Ten rounds over the horizon; a chunk is a round with a profile of every instance."""

    signal = Signal.PROFILES
    chunks = 10

    def __init__(self, world: World) -> None:
        self._world = world
        self._round_nanos = world.horizon_nanos // self.chunks
        instances = world.topology.instances
        self._samples = sum(len(self._endpoints(instance)) for instance in instances)
        self.steps = self.chunks * self._samples

    def events(self) -> float:
        """Return the number of samples."""
        return self.steps

    def chunk(self, number: int) -> Chunk:
        """Make a round; the first brings the dictionary that all refer to."""
        topology = self._world.topology
        resources = [self._resource(number, instance) for instance in topology.instances]
        dictionary = _dictionary(topology) if number == 0 else None
        data = ProfilesData(resource_profiles=resources, dictionary=dictionary)
        content = data.SerializeToString(deterministic=True)
        return Chunk(content, len(resources), events=self._samples, steps=self._samples)

    def _resource(self, number: int, instance: Instance) -> ResourceProfiles:
        attributes = attribute_bytes(1, instance.resource.attributes)
        scope = ScopeProfiles(profiles=[self._profile(number, instance)])
        return ResourceProfiles(resource=Resource.FromString(attributes), scope_profiles=[scope])

    def _profile(self, number: int, instance: Instance) -> Profile:
        key = derive_key(self._world.seed, "acme.energy", number, instance.number)
        return Profile(
            sample_type=_ENERGY,
            samples=[_sample(key, operation) for operation in self._endpoints(instance)],
            time_unix_nano=1 + number * self._round_nanos,
            duration_nano=self._round_nanos - 1,
            profile_id=b"".join(derive_key(key, half).to_bytes(8, "little") for half in "ab"),
        )

    def _endpoints(self, instance: Instance) -> tuple[int, ...]:
        return self._world.topology.services[instance.service].endpoints


def _sample(key: int, operation: int) -> Sample:
    joules = 1 + derive_key(key, "joules", operation) % 5000
    return Sample(stack_index=1 + operation, values=[joules])


def _dictionary(topology: Topology) -> ProfilesDictionary:
    """Return the tables: entry 0 of each is zero, entry n + 1 of some is operation n."""
    names = [f"{one.method} {one.target}" for one in topology.operations]
    dictionary = ProfilesDictionary(string_table=["", "energy", "joules", *names])
    for table in _TABLES:
        getattr(dictionary, f"{table}_table").add()
    for number in range(len(names)):
        dictionary.function_table.add(name_strindex=_OPERATIONS_AT + number)
        dictionary.location_table.add().lines.add(function_index=1 + number)
        dictionary.stack_table.add(location_indices=[1 + number])
    return dictionary
