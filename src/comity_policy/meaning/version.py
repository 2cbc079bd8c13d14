"""Written by `python -m training.train`."""

# SHA-256 of the weights.
DIGEST = "48a4dec73a8102e0d963bea417f10bb45588d6b54f7d46bd6b8720ae33f9656d"
