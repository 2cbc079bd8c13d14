"""Returns at a desk: the list by deadline, and one with what can be done now. Shop and marketplace have the same."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.returns import Grade
from comity.accounts.selectors.roles import may, require_writer
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.orders.models import Return
from comity.orders.selectors.returns import (
    OVER,
    UNDER_WAY,
    WAITING,
    get_return_of_marketplace,
    get_return_of_seller,
    last_address,
    returns_of_marketplace,
    returns_of_seller,
)
from comity.orders.services.returning.eligibility import eligible_lines
from comity.orders.services.returning.refunds import owed_of, sums_of
from comity.orders.services.returning.steps import terms_of
from comity.orders.services.returning.sums import RefundSum
from comity.web.attached import attaching, read_with_files
from comity.web.compose import Form, Typed
from comity.web.desk.desks import Desk
from comity.web.desk.return_deeds import DEEDS, look_ahead, read_typed
from comity.web.once import once_read
from comity.web.resolving import replaced_links
from comity.web.returned import STATES, files_view, hand_out, lines_view, steps_view

State = Return.State
_LOOK_AHEAD, _BACK = "look_ahead", "back"  # what a form asks for that records nothing
_GIVEN_BACK = "Its price was given back to you before, so nothing is left to refund."
_TABS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "To do", WAITING),
    ("under_way", "On the way", UNDER_WAY),
    ("over", "Done", OVER),
)


def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The returns that this desk answers, what is due first on top."""
    view = request.GET.get("view", "")
    states = next((states for key, _, states in _TABS if key == view), WAITING)
    number, staff = request.GET.get("page"), desk.staff
    if isinstance(staff, Staff):
        page = returns_of_seller(staff.seller, states=states, page=number)
    else:
        page = returns_of_marketplace(staff.marketplace, states=states, page=number)
    address = reverse(f"{desk.routes}-returns", kwargs=desk.place)
    context = {
        **desk.frame(current=_page_of(desk)),
        "page": page,
        "query": f"view={view}&" if view else "",
        "tabs": [
            {"label": label, "href": f"{address}?view={key}" if key else address, "current": states == own}
            for key, label, own in _TABS
        ],
        "rows": [_row(desk, one) for one in page],
        "rules_href": reverse("seller-return-rules", kwargs=desk.place) if isinstance(staff, Staff) else "",
    }
    return render(request, "desk/returns.html", context)


def _page_of(desk: Desk) -> str:
    """Under which page of the frame returns stand."""
    return "orders" if isinstance(desk.staff, Staff) else "returns"


def _order_route(desk: Desk) -> str:
    """The page of an order in the frame of this desk; none for who only serves on the marketplace's."""
    if isinstance(desk.staff, Staff):
        return "seller-order"
    return "operator-order" if may(desk.staff, "verify") else ""


def _row(desk: Desk, one: Return) -> dict[str, Any]:
    lines = list(one.lines.all())
    waits = one.state == State.REQUESTED
    return {
        "returned": one,
        "href": _href(desk, "return", one),
        "title": lines[0].line.title if lines else "",
        "more": len(lines) - 1,
        "state": STATES[one.state],
        "due": one.due_at if waits else None,  # type: ignore[attr-defined]  # annotated by the selector
    }


def show(request: HttpRequest, desk: Desk, return_id: str) -> HttpResponse:
    """One return; a form says what to do with it."""
    found = _found(desk, return_id)
    if request.method != "POST":
        return _page(request, desk, found, {}, Typed())
    now, action = clock.now(), request.POST.get("action", "")
    photos = _takes_photos(found)
    typed = read_with_files(request, user=desk.user, marketplace=desk.team.marketplace, photos=photos, now=now)
    if typed.removed or typed.file_errors or action == _BACK:
        return _page(request, desk, found, {}, typed)
    try:
        if action == _LOOK_AHEAD:
            require_writer(desk.staff)
            ahead = look_ahead(found, request.POST, typed.files, side=desk.side, now=now)
            return _page(request, desk, found, {}, typed, ahead)
        _carry_out(request, desk, found, typed, now)
    except Refused as refused:
        return _page(request, desk, _found(desk, return_id), {refused.field or "form": refused.sentence}, typed)
    return redirect(_href(desk, "return", found))


def _carry_out(request: HttpRequest, desk: Desk, found: Return, typed: Typed, now: datetime) -> None:
    require_writer(desk.staff)
    deed: Callable[..., None] | None = DEEDS.get(request.POST.get("action", ""))
    if deed is None:
        raise Refused("action", "Choose what to do with this return.")

    def done(read: QueryDict) -> str:
        deed(found, read, typed.files, side=desk.side, actor=desk.user.public_id, now=now)
        return str(found.public_id)

    def read() -> QueryDict:
        return read_typed(found, request.POST, now=now)

    once_read(request, read, done, route=f"{desk.routes}-return", user=desk.user, now=now)


def file(request: HttpRequest, desk: Desk, return_id: str, name: str) -> HttpResponse:
    """A photo or the label of a return."""
    return hand_out(request, _found(desk, return_id), name)


def _found(desk: Desk, return_id: str) -> Return:
    staff = desk.staff
    if isinstance(staff, Staff):
        return get_return_of_seller(staff, return_id)
    return get_return_of_marketplace(staff.marketplace, return_id)


def _href(desk: Desk, page: str, one: Return, **more: str) -> str:
    return reverse(f"{desk.routes}-{page}", kwargs={**desk.place, "returned": one.public_id, **more})


def _takes_photos(found: Return) -> bool:
    """Whether the page asks for photos on arrival; before, it asks for a label."""
    return found.state == Return.State.RECEIVED


def _page(
    request: HttpRequest,
    desk: Desk,
    found: Return,
    errors: Mapping[str, str],
    typed: Typed,
    ahead: RefundSum | None = None,
) -> HttpResponse:
    """``ahead``: what the refund would be, shown before anything is recorded."""
    now = clock.now()
    limits = profile_in_force(found.order.marketplace, now).attachments
    limits = limits.of_photos() if _takes_photos(found) else limits
    look, words = STATES[found.state]
    answers = found.order.fulfilment == desk.side
    context = {
        **desk.frame(current=_page_of(desk)),
        "returned": found,
        "order": found.order,
        "replaced": replaced_links(found.order, _order_route(desk), desk.place),
        "list_href": reverse(f"{desk.routes}-returns", kwargs=desk.place),
        "look": look,
        "state": words,
        "steps": steps_view(found),
        "clock": found.deadlines.filter(ended_at=None).first(),
        "answers": answers and desk.writes,
        "elsewhere": not answers,
        "errors": errors,
        "typed": request.POST,
        "key": new_id("form", now),
        "ahead": ahead is not None,
        **_judged(found, request.POST, errors, ahead),
        **files_view(found, lambda name: _href(desk, "return-file", found, file=name)),
        **attaching(Form(typed), limits=limits, user=desk.user, now=now),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors or typed.file_errors else HTTPStatus.OK
    return render(request, "desk/return.html", context, status=status)


def _judged(
    found: Return, typed: Mapping[str, str], errors: Mapping[str, str], ahead: RefundSum | None
) -> dict[str, Any]:
    """The lines with what the table allows of each, the sums of a refund, and what may be answered."""
    terms = terms_of(found)
    rows = eligible_lines(found, found.lines.all(), terms)
    sums = sums_of(found) if found.state in (State.REQUESTED, State.GRADED) else ahead
    gone = sums is not None and not sums.total and found.state == State.GRADED
    lines = lines_view(found, terms)
    for number, one in enumerate(lines, start=1):
        one["found"] = rows[one["line"].pk]
        one["fields"] = _fields(number, one["line"].line.external_id, typed, errors)
    return {
        "lines": lines,
        "owed": None if gone else owed_of(found.lines.all(), rows, terms),
        "sums": sums,
        "conditions": [(one, terms.grade(one.line.grade), _words(one.line.grade_reason)) for one in sums.lines]
        if sums
        else [],
        "answer": typed.get(
            "answer", _GIVEN_BACK if gone and not any(one["line"].deduction_percent for one in lines) else ""
        ),
        "takes_postage": found.postage == Return.Postage.BUYER and found.label_id,
        "address": typed.get("address", "") or last_address(found),
        "grades": [("", "Choose"), *((one.key, one.label) for one in terms.grades)],
        "grade_reasons": [("", "Nothing: it is new"), *(_reasons(one) for one in terms.grades if one.reasons)],
    }


def _fields(number: int, line: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The fields of one line's grade; services name lines by their external id, the form by their place."""
    return {
        field: {
            "name": f"{field}-{number}",
            "value": typed.get(f"{field}-{number}", ""),
            "error": errors.get(f"{field}-{line}", ""),
        }
        for field in ("grade", "grade_reason", "comment", "percent")
    }


def _reasons(grade: Grade) -> tuple[str, list[tuple[str, str]]]:
    return grade.label, [(key, _words(key)) for key in grade.reasons]


def _words(key: str) -> str:
    return key.replace("_", " ")
