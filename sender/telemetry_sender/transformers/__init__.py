"""Changes that other packages make to what is sent. `docs/extending-sender.md` has an example."""
