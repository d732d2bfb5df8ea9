"""Gives blocks of a template fresh ids, times and values."""
