"""A buyer, a shop, an order, and rules that are easy to trip: the first word of a text decides."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from comity.common.models import OutboxEvent
from comity.messaging.handlers import deliver_message
from comity.messaging.models import Conversation, Message
from comity.messaging.selectors.doors import get_seat_of_buyer, get_seat_of_operator, get_seat_of_staff
from comity.messaging.services.contact import Contact, Subject, contact
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.rulings import rule
from comity_policy.model import Finding, Outcome, Verdict
from tests import factories
from tests.factories import NOW

OUTCOMES = {"WARN": Outcome.WARN, "HOLD": Outcome.HOLD, "BLOCK": Outcome.BLOCK}


def verdict_by_first_word(*, text, **_):
    outcome = OUTCOMES.get(text.split()[0], Outcome.DELIVER)
    findings = [] if outcome == Outcome.DELIVER else [Finding("test.rule", 0, 4, outcome, "Because.", "Mend it.")]
    return Verdict(outcome, tuple(findings), "r" * 64, "1", f"input of {text}"[:64])


@dataclass
class Desk:
    """Both sides and the operator of one order, and what they do; every step is an hour later."""

    order: object
    buyer: object
    staff: object
    operator: object
    hours: int = 0
    keys = count(1)

    @property
    def now(self):
        return NOW + timedelta(hours=self.hours)

    @property
    def conversation(self):
        return Conversation.objects.get(order=self.order, addressee="seller")

    def ask(self, text="Where is it?", topic="order_status", key="", confirmed="", about=None):
        form = Contact(topic=topic, text=text, key=key or f"k{next(self.keys)}", confirmed=confirmed)
        subject = about or Subject(order=self.order)
        return contact(buyer=self.buyer, user=self.buyer.user, subject=subject, contact=form, now=self.now)

    def answer(self, text="On its way.", key="", confirmed="", staff=None, **fields):
        form = Reply(text=text, key=key or f"k{next(self.keys)}", confirmed=confirmed, **fields)
        return reply(seat=self.seller_seat(staff), reply=form, now=self.now)

    def serve(self, text="We look into it."):
        seat = get_seat_of_operator(
            staff=self.operator, user=self.operator.user, conversation_id=self.conversation.public_id
        )
        return reply(seat=seat, reply=Reply(text=text, key=f"k{next(self.keys)}"), now=self.now)

    def seller_seat(self, staff=None):
        staff = staff or self.staff
        return get_seat_of_staff(staff=staff, user=staff.user, conversation_id=self.conversation.public_id)

    def buyer_seat(self):
        return get_seat_of_buyer(buyer=self.buyer, user=self.buyer.user, conversation_id=self.conversation.public_id)

    def rule(self, message, decision, reason="Read by a person."):
        return rule(
            message_id=message.public_id,
            staff=self.operator,
            user=self.operator.user,
            decision=decision,
            reason=reason,
            now=self.now,
        )

    def deliver(self):
        """What the worker does: every accepted message, in order; repeats included on purpose."""
        for event in OutboxEvent.objects.filter(name="message.accepted").order_by("id"):
            deliver_message(event, now=self.now)

    def later(self, hours):
        self.hours += hours
        return self


def make_desk(**order_fields):
    shop = factories.seller()
    person = factories.buyer(shop.marketplace)
    order = factories.order(person, shop, **order_fields)
    return Desk(order, person, factories.staff(shop), factories.operator(shop.marketplace))


def nothing_stored():
    return not Message.objects.exists() and not OutboxEvent.objects.exists()
