"""Other systems, each behind a small protocol."""
