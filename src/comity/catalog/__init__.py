"""Products and listings."""
