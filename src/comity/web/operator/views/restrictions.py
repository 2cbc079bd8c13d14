"""Restrictions: who may not send messages now, imposed and lifted with a reason."""

from datetime import datetime, time, timedelta, tzinfo
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.models import Buyer, OperatorStaff, Restriction, Seller
from comity.accounts.selectors.restrictions import get_restriction, party_called, restrictions_of
from comity.accounts.services.restrictions import lift, restrict
from comity.common import clock
from comity.common.errors import Refused
from comity.common.import_values import BadValue, day
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame

KINDS = (
    (Restriction.Kind.MESSAGING, "All messages", "Nothing can be sent; reading goes on, and so do clocks."),
    (Restriction.Kind.PROACTIVE_MESSAGING, "Writing first", "Answers can be sent; nothing else."),
)
_FIELDS = ("who", "kind", "reason", "ends_on")
_DONE = {"imposed": "The restriction is in force. Its party reads the reason.", "lifted": "The restriction is lifted."}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def restrictions(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Those in force, then those that ended; what is posted imposes another one."""
    staff = operator_for(request.user, marketplace, "manage")
    if request.method != "POST":
        return _page(request, staff, {"who": request.GET.get("who", "")[:120], "kind": "messaging"})
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    try:
        _impose(staff, typed)
    except Refused as refused:
        return _page(request, staff, typed, refused)
    return HttpResponseRedirect(f"{reverse('operator-restrictions', args=[marketplace])}?done=imposed")


@require_POST
@signed_in
def lifting(request: HttpRequest, marketplace: str, restriction: int) -> HttpResponse:
    """End one now."""
    staff = operator_for(request.user, marketplace, "manage")
    lift(restriction=get_restriction(staff.marketplace, restriction), by=staff.user, now=clock.now())
    return HttpResponseRedirect(f"{reverse('operator-restrictions', args=[marketplace])}?done=lifted")


def _impose(staff: OperatorStaff, typed: dict[str, str]) -> None:
    now = clock.now()
    party = party_called(staff.marketplace, typed["who"])
    if party is None:
        sentence = "Nobody here is called so: write the id or number of a shop or buyer, or a buyer's e-mail address."
        raise Refused("who", sentence, "who")
    if typed["kind"] not in Restriction.Kind.values:
        raise Refused("kind", "Choose what is restricted.", "kind")
    ends_at = _end_of(typed["ends_on"], ZoneInfo(staff.marketplace.time_zone))
    restrict(
        seller=party if isinstance(party, Seller) else None,
        buyer=party if isinstance(party, Buyer) else None,
        kind=typed["kind"],
        reason=typed["reason"].replace("\0", ""),
        ends_at=ends_at,
        by=staff.user,
        now=now,
    )


def _end_of(typed: str, zone: tzinfo) -> datetime | None:
    """The end of that day where the marketplace is; nothing typed is until lifted."""
    if not typed.strip():
        return None
    try:
        return datetime.combine(day(typed) + timedelta(days=1), time(), zone)
    except (BadValue, OverflowError) as bad:
        raise Refused("ends_on", f"{typed[:20]} is no day: write it as 2026-02-28.", "ends_at") from bad


def _page(
    request: HttpRequest, staff: OperatorStaff, typed: dict[str, str], refused: Refused | None = None
) -> HttpResponse:
    now = clock.now()
    page = restrictions_of(staff.marketplace, page=request.GET.get("page"))
    names = {str(value): label for value, label, _ in KINDS}
    context = {
        **manage_frame(staff, "restrictions"),
        "now": now,
        "page": page,
        "rows": [{"one": one, "kind": names.get(one.kind, one.kind), "state": _state(one, now)} for one in page],
        "kinds": KINDS,
        "typed": {name: value.replace("\0", "\u2400") for name, value in typed.items()},
        "errors": {refused.field: refused.sentence} if refused else {},
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "operator/restrictions.html", context, status=status)


def _state(one: Restriction, now: datetime) -> str:
    if one.lifted_at:
        return "lifted"
    return "over" if one.ends_at and one.ends_at <= now else "in force"
