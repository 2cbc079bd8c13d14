"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "48bdb90de1430b7bc385d13b50439117713080f24b377fefd2f936b801439d67"
