"""Sends sets that are never there as a whole: from a pipe, or from files larger than memory."""
