"""An inspection as one self-contained page: no network, no dependencies, light and dark."""
