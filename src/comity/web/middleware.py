"""What every answer carries, and the page that an unknown or foreign object gets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
