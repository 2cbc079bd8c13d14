"""Rules about the order that a message names, and about cancelling it."""
