"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "48a86719dc27d024d711ebd49bb09eed7a0c1493b9d14d21288889d226c60736"
