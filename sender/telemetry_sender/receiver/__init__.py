"""The independent oracle: an OTLP server that says what arrived, and what did not.

It decodes with the real protobuf classes and knows neither the plan nor the stamper, so a mistake
in those cannot hide itself here. What it shares with the sender is the id scheme and nothing else.
"""
