"""Two reports side by side: what got better or worse, and whether that is acceptable."""
