"""Binary records: compact, self-describing, and with fixed places for what a stamper changes."""
