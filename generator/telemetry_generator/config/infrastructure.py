"""What the services run on: clusters, nodes and replicas, and the cloud that they are in."""

from enum import StrEnum

from pydantic import Field

from telemetry_generator.config.base import Label, Section


class Provider(StrEnum):
    """A cloud provider, as `cloud.provider` has it."""

    AWS = "aws"
    AZURE = "azure"
    GCP = "gcp"


class CloudConfig(Section):
    """The cloud account that the machines belong to."""

    provider: Provider = Field(default=Provider.AWS, strict=False)
    """`aws`, `azure` or `gcp`: decides about platform, zones, machine types and host ids."""
    region: Label | None = None
    """Region, such as `eu-central-1`; absent: a European one of the provider."""
    account: Label | None = None
    """Account, subscription or project id; absent: one made from the seed."""


class InfrastructureConfig(Section):
    """Clusters, nodes and replicas. A larger number keeps the first ones as they are."""

    clusters: int = Field(default=1, gt=0, le=100)
    """Number of Kubernetes clusters."""
    nodes: int | None = Field(default=None, gt=0, le=5_000)
    """Nodes of each cluster, which are the hosts; absent: one for about ten pods, at least 3 in
    all. Adding one to a number given moves a few pods onto it, and no other."""
    replicas: int = Field(default=3, gt=0, le=1_000)
    """Replicas of a service, unless the topology says otherwise."""
    environment: Label = "production"
    """Deployment environment, which names the clusters too."""
    cloud: CloudConfig = CloudConfig()
    """The cloud account that the machines belong to."""
