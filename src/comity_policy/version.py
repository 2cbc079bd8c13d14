"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "37f461af26950f73b76fc8a6b46718356f15bf50727b407f473652c3432e0b46"
