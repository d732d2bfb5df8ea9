"""The report of a run as one page for a browser, drawn from the JSON report alone."""
