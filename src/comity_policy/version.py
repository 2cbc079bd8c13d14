"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "34d7c871e00a0370bf1c667c99bf699705249eb8db74f6c979c9e707e799d183"
