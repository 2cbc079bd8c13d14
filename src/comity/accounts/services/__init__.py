"""Writes, one noun a file."""
