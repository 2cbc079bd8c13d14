"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "cf50474b67ef260127dbd9098fa8b20aac1fe42681828ef48eeb72c6d3907ac1"
