"""Where the payment provider tells what happened there. For machines: signed; there is no session and no page."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comity.common import clock
from comity.common.errors import NotFound
from comity.integrations.payment import BadNotice
from comity.ledger.services.notices import take_notice
from comity.ledger.services.payments import provider_in_use


@csrf_exempt
@require_POST
def notices(request: HttpRequest) -> JsonResponse:
    """Take one notice, as often as it comes. 404 without a provider that writes, 401 without its signature of now."""
    if settings.PAYMENTS == "book":
        raise NotFound("payments")
    now = clock.now()
    try:
        signature = request.headers.get("Stripe-Signature", "")
        notice = provider_in_use().read_notice(request.body, signature, now=now)
    except RequestDataTooBig:
        return JsonResponse({"error": "This is too long."}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except BadNotice as error:
        return JsonResponse({"error": f"This is not signed as it must be: {error}."}, status=HTTPStatus.UNAUTHORIZED)
    return JsonResponse({"changed": bool(notice and take_notice(notice, now=now))})
