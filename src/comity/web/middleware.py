"""What every answer carries, and the page that an unknown or foreign object gets."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from comity.common import locales
from comity.common.errors import NotFound
from comity.web import errors

Answer = Callable[[HttpRequest], HttpResponse]

_CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeaders:
    """A strict content policy everywhere; a page that depends on who asks is stored nowhere (ASVS 14.3.2)."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", _CONTENT)
        response.headers.setdefault("Permissions-Policy", _FEATURES)
        if "cookie" in response.get("Vary", "").lower():
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class FriendlyAnswers:
    """``NotFound`` becomes the one page for things that are missing or foreign; a bare 405 gets words."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        if response.status_code == 405 and not response.content:  # noqa: PLR2004 - an HTTP status
            return errors.wrong_method(request, response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.not_found(request, exception) if isinstance(exception, NotFound) else None


class ReadersTime:
    """Pages tell moments in the reader's time zone and write them, and money, in the reader's way.

    To those who are not signed in: in UTC, and as the marketplace's language has it.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_ReadersZone(request)), locales.reading(partial(_language, request)):
            return self._answer(request)


def _language(request: HttpRequest) -> str:
    return str(getattr(getattr(request, "user", None), "language", ""))


class _ReadersZone(tzinfo):
    """Looks the reader up when the first moment is told, so that an answer without one asks for nobody."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _zone(self) -> ZoneInfo:
        return locales.zone_of(getattr(getattr(self._request, "user", None), "time_zone", "UTC"))

    def fromutc(self, moment: datetime) -> datetime:
        return self._zone.fromutc(moment.replace(tzinfo=self._zone))

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return self._zone.utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        return self._zone.dst(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        return self._zone.tzname(moment)

    def __str__(self) -> str:
        return str(self._zone)
