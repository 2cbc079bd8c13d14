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
from comity.orders.selectors.orders import is_of_marketplace


@csrf_exempt
@require_POST
def notices(request: HttpRequest) -> JsonResponse:
    """Take one notice, as often as it comes. 404 without a provider that writes, 401 for what is not its own."""
    if settings.PAYMENTS == "book":
        raise NotFound("payments")
    now = clock.now()
    try:
        signature = request.headers.get("Stripe-Signature", "")
        notice = provider_in_use().read_notice(request.body, signature, now=now)
    except RequestDataTooBig:
        return JsonResponse({"error": "This is too long."}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except BadNotice as error:
        return JsonResponse({"error": f"This is not taken: {error}."}, status=HTTPStatus.UNAUTHORIZED)
    if notice is None:
        return JsonResponse({"changed": False})
    bears = is_of_marketplace(notice.authorisation)
    return JsonResponse({"changed": take_notice(notice, marketplace_bears=bears, now=now)})
