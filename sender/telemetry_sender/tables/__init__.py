"""Events as Arrow tables: static columns are decoded once, stamped ones filled for each pass."""
