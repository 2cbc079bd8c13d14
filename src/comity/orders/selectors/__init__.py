"""Reads of orders, and the doors that check whose they are."""
