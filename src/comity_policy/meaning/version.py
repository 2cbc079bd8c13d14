"""Written by `python -m training.train`."""

# SHA-256 of the weights.
DIGEST = "d20ef82eca3da2e6009ef6dbf86f21bc0e5cec90376743b67456dfa4d8746c77"
