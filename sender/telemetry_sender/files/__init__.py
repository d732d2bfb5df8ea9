"""Files that roll over, and appear under their names only when they are complete."""
