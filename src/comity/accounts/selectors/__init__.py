"""Reads, and the doors that check who may see what."""
