"""What shows a run while it goes on: lines, the live view, and metrics for Prometheus."""
