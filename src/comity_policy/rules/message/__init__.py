"""Rules about a message as a whole."""
