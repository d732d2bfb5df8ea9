"""What the generator and the sender share: signals, errors, configuration, ids, sets, plans."""

__version__ = "0.1.0"
