"""Where carriers push what they know of parcels. For machines: JSON, signed; there is no session and no page."""

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comity.accounts.selectors.carrier_keys import believed_secrets
from comity.accounts.selectors.marketplaces import get_marketplace
from comity.common import clock
from comity.common.errors import NotFound
from comity.integrations.carriers.signing import BadSignature, signers
from comity.orders.services.results import Result
from comity.orders.services.scanning import MOST_PUSHED, take_pushed

SOURCE = "push"
_RETRY_SECONDS = "5"


@csrf_exempt
@require_POST
def events(request: HttpRequest, marketplace: str) -> JsonResponse:
    """Take ``{"events": [{carrier, tracking, kind, occurred_at, place?}, …]}``; a result for each, in their order.

    404 where no carrier has a secret, 401 without a signature of now, 413 and 422 for what is too much or no such list,
    503 where the database has to be asked again: whatever was taken is known then.
    A carrier speaks for itself: an event is refused unless a secret of its own carrier signed it.
    """
    place, now = get_marketplace(marketplace), clock.now()
    if not (secrets := believed_secrets(place, now=now)):
        raise NotFound("carriers")
    try:
        body = request.body
        signed_by = signers(request.headers, body, secrets=secrets, now=now)
        given = _read(body)
    except RequestDataTooBig:
        return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Send less at once: a megabyte at most.")
    except BadSignature as error:
        return _error(HTTPStatus.UNAUTHORIZED, str(error))
    except ValueError:
        sentence = f'Send {{"events": […]}} with 1 to {MOST_PUSHED} events, in JSON.'
        return _error(HTTPStatus.UNPROCESSABLE_ENTITY, sentence)
    try:
        results = take_pushed(place, given, carriers=signed_by, source=SOURCE, now=now)
    except OperationalError:
        return _later()
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


def _later() -> JsonResponse:
    response = _error(HTTPStatus.SERVICE_UNAVAILABLE, "This could not be stored just now. Send it again.")
    response["Retry-After"] = _RETRY_SECONDS
    return response


def _error(status: HTTPStatus, sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
