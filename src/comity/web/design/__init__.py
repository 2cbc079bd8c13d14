"""The pattern book: every component in its states, and the reader's choice of light or dark."""
