"""Rules about seller feedback."""
