"""What a run counts, and how that is shown and compared."""
