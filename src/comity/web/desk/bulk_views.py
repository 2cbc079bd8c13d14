"""Changing many conversations at once: first what would happen, then what did."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.accounts.profiles import profile_in_force
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.messaging.models import Conversation
from comity.messaging.selectors.doors import Seat
from comity.messaging.services.bulk import Change, all_shown, carry_out, chosen, plan
from comity.web.desk.desks import Desk
from comity.web.desk.panes import about


def bulk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Asked: how many and which would change, and which would not, with reasons. Posted: the change."""
    if request.method == "POST":
        return _carry_out(request, desk)
    now = clock.now()
    limit = profile_in_force(desk.team.marketplace, now).bulk_conversations
    ids = request.GET.getlist("pick")
    rows = (
        all_shown(desk.staff, desk.filters, limit=limit)
        if request.GET.get("all")
        else chosen(desk.staff, ids, limit=limit)
    )
    page = {**desk.frame(), "now": now, "back_href": _back_to_choosing(desk), "limit": limit, "all": len(rows) == limit}
    try:
        looked = plan(staff=desk.staff, change=_change(request.GET.get("do", "")), rows=rows)
    except Refused as refusal:
        return render(request, "desk/bulk.html", {**page, "error": refusal.sentence}, status=422)
    rest = [{**_row(row), "reason": reason} for row, reason in looked.stay]
    page |= {"plan": looked, "rows": [_row(row) for row in looked.rows], "stay": rest, "action": desk.url("bulk")}
    return render(request, "desk/bulk.html", {**page, "do": request.GET.get("do", "")})


def _carry_out(request: HttpRequest, desk: Desk) -> HttpResponse:
    now = clock.now()
    limit = profile_in_force(desk.team.marketplace, now).bulk_conversations
    ids = request.POST.getlist("pick")[:limit]
    seats, gone = _seats(desk, ids)
    page = {**desk.frame(), "now": now, "back_href": desk.url("inbox")}
    try:
        plan(staff=desk.staff, change=_change(request.POST.get("do", "")), rows=[])
        done = carry_out(seats=seats, change=_change(request.POST.get("do", "")), now=now)
    except Refused as refusal:
        return render(request, "desk/bulk.html", {**page, "error": refusal.sentence}, status=422)
    if not ids:
        return render(request, "desk/bulk.html", {**page, "error": "Choose the conversations first."}, status=422)
    if not done.stayed and not gone:
        address = desk.url("inbox")
        return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}changed={done.changed}")
    stayed = [{**_row(row), "reason": reason} for row, reason in done.stayed]
    page |= {"changed": done.changed, "stayed": stayed, "gone": gone}
    return render(request, "desk/bulk_done.html", page, status=HTTPStatus.CONFLICT)


def _seats(desk: Desk, ids: Sequence[str]) -> tuple[list[Seat], int]:
    """The seats in those conversations, and how many there are none in any more."""
    seats: list[Seat] = []
    for public_id in ids:
        try:
            seats.append(desk.seat(public_id))
        except NotFound:
            continue
    return seats, len(ids) - len(seats)


def _change(do: str) -> Change:
    action, _, to = do.partition(":")
    return Change(action, to if to.isprintable() else "")


def _row(row: Conversation) -> dict[str, Any]:
    return {"id": row.public_id, "name": row.buyer.name, "about": about(row), "due": row.reply_due_at}


def _back_to_choosing(desk: Desk) -> str:
    address = desk.url("inbox")
    return f"{address}{'&' if '?' in address else '?'}select=1"
