"""Cells that a spreadsheet shows as they are (SEC8)."""

# A spreadsheet takes a cell that begins so for a formula; the wide signs where it reads East Asian text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(cell: str) -> str:
    """``cell`` as text for a spreadsheet: what looks like a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
