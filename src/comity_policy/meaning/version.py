"""Written by `python -m training.train`."""

# SHA-256 of the weights.
DIGEST = "07292b84ea3cb2dead63c0a8bd4624b919c2ca77685e2eff68590d8851e331dd"
