"""What every capability may raise towards an edge."""


class NotFound(LookupError):  # noqa: N818 - reads as what the person is told
    """There is no such thing, or it is not yours: an edge answers both with the same page."""
