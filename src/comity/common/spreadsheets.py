"""Cells that a spreadsheet shows as they are (SEC8)."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that begins so for a formula


def harmless(cell: str) -> str:
    """``cell`` as text for a spreadsheet: what looks like a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
