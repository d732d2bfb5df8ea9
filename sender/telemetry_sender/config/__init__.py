"""The configuration of the sender, a module a section."""
