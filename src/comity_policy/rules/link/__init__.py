"""Rules about links out of the marketplace."""
