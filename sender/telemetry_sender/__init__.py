"""Replays template sets with fresh identities and times, and proves what arrived."""
