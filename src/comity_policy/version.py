"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "7315a09d302594ea6551ba208aa706d708c0e8a34bcac07873607310cb4479bb"
