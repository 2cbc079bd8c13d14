"""Rules about selling more in messages that serve an order."""
