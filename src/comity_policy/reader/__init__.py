"""The second reader: an optional small transformer that finds what was meant where words and the linear model do not.

    from comity_policy import check
    from comity_policy.reader import shipped

    verdict = check(draft, context, rulebook, reader=shipped())

It needs ``pip install 'comity[reader]'``. What it finds may hold or warn, never block.
"""

from comity_policy.reader.model import Reader, ReaderError, ReaderMissingError, require, shipped
from comity_policy.reader.version import DIGEST

__all__ = ["DIGEST", "Reader", "ReaderError", "ReaderMissingError", "require", "shipped"]
