"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "b439e8330683d47dcae19a546a78f86718984751fa7a78237d120d7292153a24"
