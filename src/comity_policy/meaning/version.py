"""Written by `python -m training.train`."""

# SHA-256 of the weights.
DIGEST = "bd8be840e87a8efbdfcd93e84c58c3cc988e373b639fa35f70a37c6d8a7358f8"
