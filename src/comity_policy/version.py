"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "56978e7f2a8ce62a1eeef46a52a151e70e71b4d21c13981a35bfa10e2d055fd0"
