"""Rules about mail that pretends to be what it is not."""
