"""Reads template sets back: any OTLP, whoever made it, a few megabytes at a time.

It knows the format and nothing of how a set is generated, so that what `inspect` and `validate` say
about a set is a second opinion.
"""
