"""A return as both sides see it: its lines, what happened to it, and the files that belong to it."""

from collections.abc import Callable
from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse

from comity.accounts.profiles.returns import ReturnTerms
from comity.common.errors import NotFound
from comity.files.models import Blob
from comity.files.services.blobs import open_checked
from comity.files.services.inspection import megabytes
from comity.orders.models import Order, Return
from comity.orders.selectors.returns import returns_of_order

LABEL = "label"
_AGREED = "Offered by the seller"
_HAS_LEFT = (Order.Status.PARTIALLY_SHIPPED, Order.Status.SHIPPED, Order.Status.DELIVERED)
State = Return.State
STATES: dict[str, tuple[str, str]] = {  # state -> (look, words)
    State.REQUESTED: ("held", "Waits for an answer"),
    State.AUTHORISED: ("accepted", "Accepted, to be sent"),
    State.IN_TRANSIT: ("shipped", "On its way back"),
    State.RECEIVED: ("shipped", "Has arrived"),
    State.GRADED: ("accepted", "Looked at, refund to come"),
    State.REFUNDED: ("delivered", "Refunded"),
    State.DECLINED: ("blocked", "Declined"),
    State.CLOSED: ("withdrawn", "Closed by the buyer"),
}


def lines_view(returned: Return, terms: ReturnTerms) -> list[dict[str, Any]]:
    """Each line with its reason and grade in words."""
    shown = []
    for line in returned.lines.all():
        reason, grade = terms.reason(line.reason), terms.grade(line.grade)
        shown.append(
            {
                "line": line,
                "title": line.line.title,
                "reason": _AGREED if returned.promised_minor is not None else reason.label if reason else line.reason,
                "grade": grade.label if grade else "",
                "grade_reason": line.grade_reason.replace("_", " "),
            }
        )
    return shown


def steps_view(returned: Return) -> list[dict[str, Any]]:
    """What happened to it and what comes, for ``parts/timeline.html``."""
    agreed = returned.promised_minor is not None
    steps: list[dict[str, Any]] = [{"what": "Agreed" if agreed else "Asked for", "at": returned.requested_at}]
    if returned.answered_at and not returned.returnless and not agreed:
        declined = returned.state == State.DECLINED and returned.received_at is None
        by_rule = "by a standing rule" if returned.automatic else ""
        what = "Declined" if declined else "Accepted"
        state = "bad" if declined else "done"
        steps.append({"what": what, "at": returned.answered_at, "state": state, "detail": by_rule})
    # The label's carrier is known before it was sent, and stays so where it never was.
    if returned.carrier and returned.state not in (State.AUTHORISED, State.CLOSED):
        steps.append({"what": "Sent", "detail": returned.carrier, "code": returned.tracking_number})
    if returned.received_at:
        steps.append({"what": "Arrived", "at": returned.received_at})
    if returned.adjustment:
        detail = "without the goods coming back" if returned.returnless else ""
        steps.append({"what": "Refunded", "at": returned.adjustment.made_at, "detail": detail})
    if returned.closed_at:
        steps.append({"what": "Closed by the buyer", "at": returned.closed_at, "state": "bad"})
    if returned.state == State.DECLINED and returned.received_at:
        steps.append({"what": "Refund refused", "state": "bad"})
    return steps


def files_view(returned: Return, href: Callable[[str], str]) -> dict[str, Any]:
    """The photos of each side and the label, for ``parts/files.html``; ``href`` makes the address of a file."""
    photos: dict[str, list[dict[str, Any]]] = {"buyer": [], "seller": []}
    for photo in returned.photos.select_related("blob").order_by("pk"):
        photos[photo.side].append(file_view(photo.name, photo.blob, href(photo.public_id)))
    label = [file_view("return label", returned.label, href(LABEL))] if returned.label else []
    return {"buyer_photos": photos["buyer"], "seller_photos": photos["seller"], "label": label}


def hand_out(request: HttpRequest, returned: Return, name: str) -> HttpResponse:
    """A file of the return: saved, never shown by the browser; with ``?small`` its picture drawn by us.

    Raises ``NotFound``.
    """
    blob, called = _named(returned, name)
    return as_download(blob, called, small="small" in request.GET)


def as_download(blob: Blob, called: str, *, small: bool = False) -> HttpResponse:
    """A stored file as the browser may have it: saved under that name; ``small``: the picture drawn by us, shown."""
    preview = blob.preview if small else None
    shown = preview or blob
    response = FileResponse(
        open_checked(shown), as_attachment=preview is None, filename=called, content_type=shown.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return cast("HttpResponse", response)  # to whoever answers, the two are one


def _named(returned: Return, name: str) -> tuple[Blob, str]:
    if name == LABEL and returned.label:
        kind = returned.label.content_type.rpartition("/")[2]
        return returned.label, f"return-label.{kind}"
    photo = returned.photos.filter(public_id=name).first() if name.isprintable() else None
    if photo is None:
        raise NotFound(name)
    return photo.blob, photo.name


def file_view(name: str, blob: Blob, href: str) -> dict[str, Any]:
    """A stored file for ``parts/files.html``; its small picture is at the same address."""
    preview = f"{href}?small" if blob.preview_id else ""
    return {"name": name, "about": megabytes(blob.size), "href": href, "preview_href": preview}


def of_order(order: Order) -> dict[str, Any]:
    """What the page of an order shows of its returns. Two queries."""
    found = [(one, *STATES[one.state]) for one in returns_of_order(order)]
    return {
        "returns": [{"returned": one, "look": look, "state": words} for one, look, words in found],
        "may_return": _has_left(order),
    }


def _has_left(order: Order) -> bool:
    """Whether anything of it has; of what could not be fulfilled a part may have. One more query then."""
    return order.status in _HAS_LEFT or (order.status == Order.Status.UNFULFILLABLE and order.shipments.exists())
