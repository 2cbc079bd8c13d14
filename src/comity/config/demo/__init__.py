"""A small living marketplace, made from a seed through the same doors as real data."""
