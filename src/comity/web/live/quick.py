"""Answers "nothing has changed" before Django makes a request of it: most questions of open pages end so.

The same ticket, hub and answer as ``web.live.views``; what is not a plain 204 goes on to the view.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from django.db import close_old_connections

from comity.common import clock
from comity.web.live import tickets
from comity.web.live.hub import hub
from comity.web.live.news import answer

PATH = "/live/changes/"
_HEAD = [("Cache-Control", "private, no-store")]
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def in_front_of(application: Application) -> Application:
    """``application``, asked only for what is not "nothing has changed"."""

    def quick(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == PATH and environ.get("REQUEST_METHOD") == "GET" and _is_quiet(environ):
            start_response("204 No Content", _HEAD)
            return []
        return application(environ, start_response)

    return quick


def _is_quiet(environ: dict[str, Any]) -> bool:
    asked = parse_qs(environ.get("QUERY_STRING", ""))
    now = clock.now()
    try:
        ticket = tickets.read(asked.get("ticket", [""])[0], now=now)
    except tickets.BadTicket:
        return False
    if hub.look(now.timestamp()):
        close_old_connections()  # no request of Django's ends here that would give the connection back
    return answer(hub, ticket, asked.get("after", [""])[0]) is None
