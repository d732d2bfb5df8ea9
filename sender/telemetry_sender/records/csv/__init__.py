"""CSV: rows of fixed columns for each stream."""
