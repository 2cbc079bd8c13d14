"""Rules about money that goes past the marketplace."""
