"""Shows what is in a template set."""
