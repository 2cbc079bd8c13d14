"""Written by `python -m training.train`."""

# SHA-256 of the weights.
DIGEST = "a48cd46d050236af217333cb4a98c1fba80ccf2df280ff342c5a15cde8068d5c"
