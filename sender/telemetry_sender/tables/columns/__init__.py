"""Columns of tables: what is decoded once, and what is gathered from every stamped block."""
