"""Rules about product reviews and seller feedback."""
