"""What a shop's day begins with."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from comity.accounts.profiles import profile_in_force
from comity.common import clock
from comity.common.counting import count_words
from comity.messaging.models import Duty, Message
from comity.messaging.selectors.care import solved_rate
from comity.messaging.selectors.desk import open_clocks
from comity.messaging.selectors.order_notices import kind_words, open_duties
from comity.messaging.selectors.today import Today
from comity.messaging.selectors.today import today as of_today
from comity.messaging.selectors.topics import topic_label
from comity.messaging.services.visits import visit
from comity.orders.models import Order
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk, seller_frame
from comity.web.desk.panes import about
from comity.web.seller.telling import form_of


@require_GET
@signed_in
def today(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Answers due, orders to ship, refused messages, and what has come since this person was here before."""
    now = clock.now()
    desk = SellerDesk(request.user, marketplace, seller)
    profile = profile_in_force(desk.team.marketplace, now)
    since = visit(staff=desk.staff, pause=timedelta(minutes=profile.visit_minutes), now=now)
    found = of_today(seller=desk.staff.seller, since=since, refused_days=profile.refused_days, now=now)
    frame = seller_frame(desk.staff, "today", inbox=found.due)
    page = {**frame, "now": now, "since": since, "days": profile.refused_days, **_page(desk, found)}
    page["duties"] = [_owed(desk, one, now) for one in open_duties(desk.staff.seller)]
    page |= {"solved": solved_rate(seller=desk.staff.seller, days=profile.answer_window_days, now=now)}
    return render(request, "seller/today.html", page)


def _owed(desk: SellerDesk, duty: Duty, now: datetime) -> dict[str, Any]:
    """A message that the shop owes, with the form in which it is written."""
    return {
        "what": kind_words(duty.kind),
        "order": duty.order,
        "due_at": duty.due_at,
        "late": duty.due_at <= now,
        "href": form_of(duty.order, duty.kind, desk.place, now=now),
    }


_COUNTS = ("due", "overdue", "to_ship", "refused", "new_messages", "new_rulings", "new_orders")


def _page(desk: SellerDesk, found: Today) -> dict[str, Any]:
    orders = reverse("seller-orders", kwargs=desk.place)
    inbox = desk.home_of_inbox
    return {
        "counts": {name: count_words(getattr(found, name)) for name in _COUNTS},
        "any_new": found.new_messages or found.new_rulings or found.new_orders,
        "today": found,
        "next_due": _next_due(desk, found),
        "orders": [{"order": one, "href": _order_href(desk, one)} for one in found.next_orders],
        "refused": [{"message": one, "href": _message_href(desk, one)} for one in found.refused_messages],
        "inbox_href": inbox,
        "unread_href": f"{inbox}?view=all&unread=1",
        "orders_href": orders,
        "to_ship_href": f"{orders}?status=to_ship",
    }


def _message_href(desk: SellerDesk, message: Message) -> str:
    return f"{desk.url('conversation', message.conversation)}#{message.public_id}"


def _next_due(desk: SellerDesk, found: Today) -> list[dict[str, Any]]:
    clocks = open_clocks(found.next_due)
    return [
        {
            "href": f"{desk.url('conversation', one)}#newest",
            "name": one.buyer.name,
            "topic": topic_label(one.topic),
            "about": about(one),
            "due": one.reply_due_at,
            "started": clocks[one.pk].started_at if one.pk in clocks else None,
        }
        for one in found.next_due
    ]


def _order_href(desk: SellerDesk, order: Order) -> str:
    return reverse("seller-order", kwargs={**desk.place, "order": order.public_id})
