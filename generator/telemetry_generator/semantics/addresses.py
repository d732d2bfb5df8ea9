"""Addresses inside the generated system: private ones, a block for pods and one for stores."""


def instance_address(number: int) -> str:
    """Return the address of replica `number` of all services, in 10.64.0.0/10."""
    return f"10.{64 + (number >> 16) % 64}.{number >> 8 & 255}.{number & 255}"


def store_address(service: int) -> str:
    """Return the address of the store that is service `service`, in 10.32.0.0/11."""
    return f"10.{32 + (service >> 16) % 32}.{service >> 8 & 255}.{service & 255}"
