"""Content-hashed files; link tables live above."""
