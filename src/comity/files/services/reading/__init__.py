"""Looks into one uploaded file, in a process of its own that may die of it. Knows no Django: it starts quickly.

``python -m comity.files.services.reading`` takes the job as its argument and the file on standard input, and writes
one JSON object a line: first what the file is, or why it is refused; then its words, part by part; then the end.
Whoever started it makes do with the lines that came.
"""
