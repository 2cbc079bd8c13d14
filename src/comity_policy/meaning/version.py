"""Written by `python -m training.train`."""

# SHA-256 of the weights.
DIGEST = "701eb987b36583baa36038e112e14647a8d705c493a538b6e39abcef8508a9f6"
