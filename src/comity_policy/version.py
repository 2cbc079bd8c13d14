"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "2f86c2ef0d60e09afb8e8a6661170792ff25d1f0918f37df8118556b23edb021"
