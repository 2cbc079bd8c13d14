"""What "Contact buyer" shows: the purposes open for an order, and the form of one (S17, S60)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.purposes import Purpose, in_language
from comity.accounts.selectors.roles import may
from comity.messaging.models import Message
from comity.messaging.selectors.desk import conversation_about, open_clocks
from comity.messaging.selectors.outreach import declared, menu_of, outreach_of, review_opening_of, review_request_of
from comity.messaging.selectors.purposes import Opening
from comity.orders.models import Order
from comity.web.attached import attaching
from comity.web.compose import Form
from comity.web.desk.desks import SellerDesk


def address(route: str, desk: SellerDesk, order: Order, purpose: str = "") -> str:
    """An address below the order's."""
    more = {"purpose": purpose} if purpose else {}
    return reverse(route, kwargs={**desk.place, "order": order.public_id, **more})


def place_of(order: Order, purpose: Purpose) -> str:
    """Where the draft of this form is kept."""
    return f"outreach/{order.public_id}/{purpose.key}"


def menu_view(desk: SellerDesk, order: Order, *, now: datetime) -> dict[str, Any]:
    """The input of ``seller/contact.html``: every purpose, open ones first, and what was written already."""
    shown = [_row(desk, order, one) for one in menu_of(order, now=now)]
    return {
        **_head(desk, order, now=now),
        "open": [row for row in shown if row["open"]],
        "closed": [row for row in shown if not row["open"]],
        "writes": desk.writes,
        "written": [_written(desk, message) for message in outreach_of(order, now=now)],
        "question": _question(desk, order),
    }


def _head(desk: SellerDesk, order: Order, *, now: datetime) -> dict[str, Any]:
    return {"now": now, "order": order, "order_href": address("seller-order", desk, order)}


def _row(desk: SellerDesk, order: Order, found: Opening) -> dict[str, Any]:
    return {
        "open": found.open,
        "purpose": found.purpose,
        "why": found.sentence,
        "until": found.until,
        "left": found.left,
        "href": address("seller-contact-purpose", desk, order, found.purpose.key),
    }


def _written(desk: SellerDesk, message: Message) -> dict[str, Any]:
    reason = declared(message.conversation, message)
    return {
        "message": message,
        "label": reason.label if reason else "",
        "href": f"{desk.url('conversation', message.conversation)}#{message.public_id}",
    }


def _question(desk: SellerDesk, order: Order) -> dict[str, Any] | None:
    """The buyer's open question about the order: it is answered where it was asked."""
    conversation = conversation_about(order)
    clock = open_clocks([conversation]).get(conversation.pk) if conversation else None
    if conversation is None or clock is None:
        return None
    return {"clock": clock, "href": f"{desk.url('conversation', conversation)}#newest"}


def purpose_view(desk: SellerDesk, order: Order, found: Opening, form: Form, *, now: datetime) -> dict[str, Any]:
    """The input of ``seller/contact_purpose.html``: the form, or why there is none."""
    writable = desk.writes and (found.open or bool(form.errors))
    return {
        **_head(desk, order, now=now),
        "found": found,
        "menu_href": address("seller-contact", desk, order),
        "writes": desk.writes,
        "state": form.outcome,
        "composer": _composer(desk, order, found, form, now=now) if writable else None,
    }


def _composer(desk: SellerDesk, order: Order, found: Opening, form: Form, *, now: datetime) -> dict[str, Any]:
    purpose = found.purpose
    part = form.part(
        action=address("seller-contact-purpose", desk, order, purpose.key),
        to=order.buyer.name,
        label=f"Your message to {order.buyer.name}",
        rows=7,
        limit=purpose.characters,
        next=_next(order, purpose),
        asks=_asks(purpose, form),
        **_words(order, purpose),
    )
    if purpose.characters:
        part |= {
            "check_url": address("seller-contact-check", desk, order, purpose.key),
            "draft_url": address("seller-contact-draft", desk, order, purpose.key),
            "draft_key": f"{desk.user.public_id}/{place_of(order, purpose)}",
        }
    return part | (_attaching(desk, order, purpose, form, now=now) if purpose.files_max else {})


def _attaching(desk: SellerDesk, order: Order, purpose: Purpose, form: Form, *, now: datetime) -> dict[str, Any]:
    limits = profile_in_force(order.marketplace, now).attachments
    fewer = replace(limits, count=min(limits.count, purpose.files_max))
    return attaching(form, limits=fewer, user=desk.user, now=now)


def _words(order: Order, purpose: Purpose) -> dict[str, Any]:
    """What the buyer will read where the words are fixed; days stand open."""
    if purpose.characters:
        return {}
    language, words = in_language(purpose.words, order.buyer.language, order.marketplace.language)
    days = {asked.key: "[day]" for asked in purpose.dates}
    return {"fixed": words.format(number=order.number, **days), "lang": language}


def _next(order: Order, purpose: Purpose) -> str:
    if purpose.critical and order.buyer.unsolicited_declined_at:
        return f"{order.buyer.name} opted out of such messages and gets this one, because {purpose.critical_because}."
    return f"{order.buyer.name} sees your name and “{purpose.label}” above your words."


def _asks(purpose: Purpose, form: Form) -> list[dict[str, str]]:
    return [
        {
            "name": asked.key,
            "label": asked.label,
            "value": form.typed.more.get(asked.key, ""),
            "error": form.errors.get(asked.key, ""),
        }
        for asked in purpose.dates
    ]


def review_view(staff: Staff, order: Order, *, now: datetime) -> dict[str, Any]:
    """The input of ``seller/review_request.html``: asked, open, or why not."""
    asked = review_request_of(order)
    terms = profile_in_force(order.marketplace, now).review_request
    found = None if asked else review_opening_of(order, now=now)
    language, words = in_language(terms.words, order.buyer.language, order.marketplace.language)
    return {
        "asked": asked,
        "found": found,
        "may_ask": found is not None and found.open and may(staff, "reply"),
        "words": words.format(number=order.number),
        "lang": language,
    }
