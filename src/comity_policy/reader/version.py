"""Written by `python -m training.reader`."""

# SHA-256 of the weights.
DIGEST = "4835e1f939ce24348bdc4909a5f28e52b00434d779930f80f24ba1244819e6c6"
