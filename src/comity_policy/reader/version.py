"""Written by `python -m training.reader`."""

# SHA-256 of the weights.
DIGEST = ""
