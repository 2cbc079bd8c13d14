"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "b89dba8526526b329436f33bbd5dca2f106a0007979e90d22af2c83112250fc1"
