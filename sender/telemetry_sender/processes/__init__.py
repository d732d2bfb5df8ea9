"""Many processes that send one set together: parts, a parent, its children, what they exchange."""
