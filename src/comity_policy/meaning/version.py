"""Written by `python -m training.train`."""

# SHA-256 of the weights.
DIGEST = "61ad7f2ec035954028958eada55b276b06cbd66f8c9a2df47c1283a3eb144e3c"
