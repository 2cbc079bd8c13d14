"""A form that is sent twice does what it does once."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest

from comity.accounts.models import User
from comity.common.idempotency import Stored, idempotent

_NOT_CONTENT = ("csrfmiddlewaretoken", "key")


def once(request: HttpRequest, deed: Callable[[], str], *, route: str, user: User, now: datetime) -> str:
    """Do ``deed`` unless this very form did it before; what it returned (an id, say), then or now.

    The form's ``key`` tells. Raises what the deed raises, ``KeyReused`` and ``KeyRefused``.
    """
    posted = {name: values for name, values in sorted(request.POST.lists()) if name not in _NOT_CONTENT}
    stored = idempotent(
        lambda: Stored(302, {"made": deed()}),
        actor=user.public_id,
        route=route,
        key=request.POST.get("key", ""),
        request={"path": request.path, **posted},
        now=now,
    )
    return str(stored.body["made"])
