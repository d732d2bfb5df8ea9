"""Logs: message patterns and the records made from them."""
