"""What every template may use."""

from typing import Any

from django.http import HttpRequest

from comity.common import clock


def page(request: HttpRequest) -> dict[str, Any]:
    """``now`` (taken once per page), the ``user`` and the reader's ``theme`` (“light”, “dark” or nothing).

    ``single_keys``: whether shortcuts of a single key count for this reader.
    """
    theme = request.COOKIES.get("theme", "")
    user = getattr(request, "user", None)  # an error page may come before anybody was recognised
    return {
        "now": clock.now(),
        "user": user,
        "theme": theme if theme in ("light", "dark") else "",
        "single_keys": request.COOKIES.get("keys") != "off",
    }
