"""Open pages hear that something changed: by asking now and then, or at once from ``comity live``."""
