"""What each random draw about points is for: no two draws of one key have the same number."""

# Draws of an entity, or of an entity at one of its scrapes.
LOAD, MEMORY, DISK, TRAFFIC, LATENCY, ERRORS, UPTIME, LIMIT = range(8)

# Draws of an emitter.
PHASE = 0

# Draws of a series, of its group, or of a series at one of its scrapes.
OWN, MOMENT, TOTAL, ZEROS, STATE, EXEMPLAR, SPAN = range(16, 23)
SHARE = 64
"""The first of as many as a split has values."""
