"""What every template may use."""

from typing import Any

from django.http import HttpRequest

from comity.common import clock


def page(request: HttpRequest) -> dict[str, Any]:
    """``now`` (taken once per page) and the reader's ``theme`` (“light”, “dark” or nothing)."""
    theme = request.COOKIES.get("theme", "")
    return {"now": clock.now(), "theme": theme if theme in ("light", "dark") else ""}
