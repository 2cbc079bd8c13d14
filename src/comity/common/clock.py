"""The only place that reads the time. An edge calls ``now()`` once and passes it down."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(tz=UTC)
