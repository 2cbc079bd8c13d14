"""Where carriers push what they know of parcels. For machines: JSON, signed; there is no session and no page."""

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comity.accounts.models import Marketplace
from comity.common import clock
from comity.common.errors import NotFound
from comity.integrations.carriers.signing import BadSignature, require_signature
from comity.orders.services.results import Result
from comity.orders.services.scanning import MOST_PUSHED, take_pushed

SOURCE = "push"


@csrf_exempt
@require_POST
def events(request: HttpRequest, marketplace: str) -> JsonResponse:
    """Take ``{"events": [{carrier, tracking, kind, occurred_at, place?}, …]}``; a result for each, in their order.

    404 where no secret is set, 401 without a signature of now, 413 and 422 for what is too much or no such list.
    """
    now = clock.now()
    if not settings.CARRIER_SECRETS:
        raise NotFound("carriers")
    try:
        body = request.body
        require_signature(request.headers, body, secrets=settings.CARRIER_SECRETS, now=now)
        given = _read(body)
    except RequestDataTooBig:
        return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Send less at once: a megabyte at most.")
    except BadSignature as error:
        return _error(HTTPStatus.UNAUTHORIZED, str(error))
    except ValueError:
        sentence = f'Send {{"events": […]}} with 1 to {MOST_PUSHED} events, in JSON.'
        return _error(HTTPStatus.UNPROCESSABLE_ENTITY, sentence)
    if (place := Marketplace.objects.filter(slug=marketplace).first()) is None:
        raise NotFound(marketplace)
    results = take_pushed(place, given, source=SOURCE, now=now)
    return JsonResponse({"results": [_shown(one) for one in results]})


def _read(body: bytes) -> list[Any]:
    """The events. Raises ``ValueError``."""
    try:
        given = json.loads(body)["events"]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("events") from error
    if not isinstance(given, list) or not 0 < len(given) <= MOST_PUSHED:
        raise ValueError("events")
    return given


def _shown(one: Result) -> dict[str, Any]:
    if one.faults:
        return {"errors": [{"field": f.field, "code": f.code, "sentence": f.sentence} for f in one.faults]}
    return {"id": one.made, "repeated": one.repeated}


def _error(status: HTTPStatus, sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
