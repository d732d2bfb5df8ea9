"""Traces: requests that grow through the services, their timing and their failures."""
