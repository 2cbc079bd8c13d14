"""Written by `python tools/golden.py`."""

# SHA-256 of the sources.
SOURCES = "0d242ac1712260ae1c101682f632d7f208284bbaef2b08a5220fdada320fa777"
