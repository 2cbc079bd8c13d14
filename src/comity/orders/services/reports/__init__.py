"""Reports: rows of a seller as a file, asked for or scheduled, made by the worker, kept in the product (S77)."""
