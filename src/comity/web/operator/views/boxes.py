"""What buyers found in boxes: what waits for a decision, oldest first, and deciding (S54, S75, S76)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import OperatorStaff
from comity.common import clock
from comity.common.errors import Refused
from comity.orders.models import BoxPhoto, BoxReport, Order
from comity.orders.selectors.boxes import boxes_of_marketplace, get_box_of_marketplace, get_photo, photos_of
from comity.orders.services.boxes import AlreadyDecided, decide_box
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for, operator_frame
from comity.web.returned import as_download, file_view

_BUYER = "The buyer is told so, with your reason."
_BOTH = "Buyer and seller are told so, with your reason; the seller is not told who reported it: name nobody."


@require_safe
@signed_in
def boxes(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The queue, or with ``?view=decided`` what was decided."""
    staff = operator_for(request.user, marketplace, "rule")
    decided = request.GET.get("view") == "decided"
    here = reverse("operator-boxes", args=[staff.marketplace.slug])
    context = {
        **operator_frame(staff, "reports"),
        "page": boxes_of_marketplace(staff.marketplace, decided=decided, page=request.GET.get("page")),
        "tabs": [
            {"label": "Open", "href": here, "current": not decided},
            {"label": "Decided", "href": f"{here}?view=decided", "current": decided},
        ],
        "decided": decided,
        "done": request.GET.get("done") == "decided",
    }
    return render(request, "operator/boxes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def box(request: HttpRequest, marketplace: str, box: str) -> HttpResponse:
    """One report with its photos. Who decides second is shown the first decision (409)."""
    staff = operator_for(request.user, marketplace, "rule")
    found = get_box_of_marketplace(staff.marketplace, box)
    if request.method != "POST":
        return _show(request, staff, found, HTTPStatus.OK)
    upheld = {"yes": True, "no": False}.get(request.POST.get("upheld", ""))
    try:
        decide_box(staff, box, upheld=upheld, reason=request.POST.get("reason", ""), now=clock.now())
    except AlreadyDecided:
        return _show(request, staff, get_box_of_marketplace(staff.marketplace, box), HTTPStatus.CONFLICT)
    except Refused as refused:
        return _show(request, staff, found, HTTPStatus.UNPROCESSABLE_ENTITY, refused)
    return HttpResponseRedirect(f"{reverse('operator-boxes', args=[staff.marketplace.slug])}?done=decided")


@require_safe
@signed_in
def photo(request: HttpRequest, marketplace: str, box: str, photo: int) -> HttpResponse:
    """A photo of a report, by its number."""
    staff = operator_for(request.user, marketplace, "rule")
    found = get_photo(get_box_of_marketplace(staff.marketplace, box), photo)
    return as_download(found.blob, found.name, small="small" in request.GET)


def _show(
    request: HttpRequest, staff: OperatorStaff, found: BoxReport, status: HTTPStatus, refused: Refused | None = None
) -> HttpResponse:
    context = {
        **operator_frame(staff, "reports"),
        "box": found,
        "photos": [_photo(staff, found, *one) for one in enumerate(photos_of(found), start=1)],
        "decisions": _decisions(found),
        "too_late": status == HTTPStatus.CONFLICT,
        "upheld": request.POST.get("upheld", ""),
        "reason": request.POST.get("reason", "").replace("\0", "\u2400"),
        "errors": {refused.field or "form": refused.sentence} if refused else {},
    }
    return render(request, "operator/box.html", context, status=status)


def _decisions(found: BoxReport) -> list[tuple[str, str, str]]:
    """What may be decided and who is told: a seller of what it packed itself."""
    by_seller = found.order.fulfilment == Order.Fulfilment.SELLER
    return [("yes", "It breaks the rules", _BOTH if by_seller else _BUYER), ("no", "It keeps to the rules", _BUYER)]


def _photo(staff: OperatorStaff, found: BoxReport, number: int, one: BoxPhoto) -> dict[str, Any]:
    href = reverse("operator-box-photo", args=[staff.marketplace.slug, found.public_id, number])
    return file_view(one.name, one.blob, href)
