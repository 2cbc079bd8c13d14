"""Rules about what nobody should have to share."""
