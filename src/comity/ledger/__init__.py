"""Money in double entry: what is owed, paid, given back, held and paid out."""
