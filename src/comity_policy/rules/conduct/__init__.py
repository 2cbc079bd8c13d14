"""Rules about how people treat each other."""
