"""A form that is sent twice does what it does once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest

from comity.accounts.models import User
from comity.common.idempotency import Stored, idempotent, replay

T = TypeVar("T")
_NOT_CONTENT = ("csrfmiddlewaretoken", "key")


def once(request: HttpRequest, deed: Callable[[], str], *, route: str, user: User, now: datetime) -> str:
    """Do ``deed`` unless this very form did it before; what it returned (an id, say), then or now.

    The form's ``key`` tells. Raises what the deed raises, ``KeyReused`` and ``KeyRefused``.
    """
    stored = idempotent(lambda: Stored(302, {"made": deed()}), **_about(request, route, user), now=now)
    return str(stored.body["made"])


def once_read(
    request: HttpRequest, read: Callable[[], T], deed: Callable[[T], str], *, route: str, user: User, now: datetime
) -> str:
    """``once`` with what ``read`` returns. That is done before any lock: nobody waits while the rules read words."""
    if stored := replay(**_about(request, route, user)):
        return str(stored.body["made"])
    found = read()
    return once(request, lambda: deed(found), route=route, user=user, now=now)


def _about(request: HttpRequest, route: str, user: User) -> dict[str, Any]:
    posted = {name: values for name, values in sorted(request.POST.lists()) if name not in _NOT_CONTENT}
    key = request.POST.get("key", "")
    return {"actor": user.public_id, "route": route, "key": key, "request": {"path": request.path, **posted}}
