"""Two marketplaces that mirror each other, with somebody in every role and something of every kind to reach for.

``World.here`` owns what the access matrix asks for; ``World.there`` is as large and belongs to others.
"""

import copy
from dataclasses import dataclass, field
from itertools import count

from django.db import connection
from django.test import Client

from comity.accounts.models import OperatorStaff, Restriction, Staff
from comity.accounts.services.restrictions import restrict
from comity.accounts.services.sign_in import make_link
from comity.common import clock
from comity.common.models import EventDelivery, OutboxEvent
from comity.messaging.handlers import deliver_message
from comity.messaging.models import Conversation, Message, Participant, ReplyDeadline, Ruling
from comity.messaging.selectors.doors import get_seat_of_staff
from comity.messaging.services.contact import Contact, Subject, contact
from comity.messaging.services.messages import Reply, reply
from tests import factories
from tests.factories import NOW

SELLER_ROLES = ("owner", "agent", "read_only")
OPERATOR_ROLES = tuple(OperatorStaff.Role.values)
# "restricted" is the owner, while the seller may not send messages.
ROLES = ("buyer", "other_buyer", *SELLER_ROLES, "restricted", "other_seller", *OPERATOR_ROLES)
OTHERS = ("order", "conversation", "sent", "seller")
_keys = count(1)


@dataclass
class Place:
    """One marketplace: its people by role, and the ids that stand in its addresses by the name they have there."""

    people: dict
    ids: dict
    seller: object
    other_seller: object
    conversations: list = field(default_factory=list)


class World:
    """Clients for everybody: ``anonymous``, each role here, and each role there as ``foreign <role>``."""

    def __init__(self):
        self.here, self.there = make_place("here"), make_place("there")
        people = self.here.people | {f"foreign {role}": user for role, user in self.there.people.items()}
        self.clients = {"anonymous": Client(), **{who: signed_in(user) for who, user in people.items()}}
        self._others = self._of_others()
        self.writes = []

    def send(self, who, method, url, data):
        """A request of ``who``, whose cookies stay as they were; ``writes`` is what it changed in the database.

        Call inside a transaction that is undone.
        """
        client = self.clients[who]
        if who == "restricted":
            restrict(seller=self.here.seller, kind=Restriction.Kind.MESSAGING, reason="Spam", now=NOW)
        cookies = copy.deepcopy(client.cookies)
        self.writes = []
        try:
            with connection.execute_wrapper(self._note_write):
                return getattr(client, method)(url, data)
        finally:
            client.cookies = cookies

    def _note_write(self, execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        # A session may be written: it keeps what a stranger typed until the sign-in.
        is_write = sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql
        if is_write and context["cursor"].rowcount != 0:
            self.writes.append(sql)
        return done

    def others_changed(self):
        """Whether anything changed that is not between the buyer, the seller and the operator here."""
        return self._of_others() != self._others

    def _of_others(self):
        return fingerprint([*self.there.conversations, self.here.conversations[-1]])

    def foreign_ids(self, whose):
        """What a form of ours never sends: ids of the other marketplace (``there``) or of the ``other`` people here."""
        ids = self.there.ids if whose == "there" else {name: self.here.ids[f"other {name}"] for name in OTHERS}
        ids = {**ids, "message": ids["sent"], "replaces": ids["sent"], "buyer": ids["order"], "user": 1}
        return {**ids, "state": "delivered", "side": "marketplace", "role": "admin"}


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client


def make_place(slug):
    market = factories.marketplace(slug=slug)
    shop, rival = factories.seller(market), factories.seller(market)
    person, stranger = factories.buyer(market), factories.buyer(market)
    people = {"buyer": person.user, "other_buyer": stranger.user, "other_seller": factories.staff(rival).user}
    people |= {role: factories.staff(shop, role=Staff.Role(role)).user for role in SELLER_ROLES}
    people |= {role: factories.operator(market, OperatorStaff.Role(role)).user for role in OPERATOR_ROLES}
    people["restricted"] = people["owner"]
    order = factories.order(person, shop)
    place = Place(people, {"marketplace": slug, "seller": shop.public_id, "order": order.public_id}, shop, rival)
    _talk(place, person, order)
    _talk_of_others(place, stranger, rival)
    return place


def _talk(place, person, order):
    """A question, one whose answer is held, one to the marketplace, and a delivery that was given up."""
    question = write(person, Subject(order=order), "order_status")
    answered = write(person, Subject(seller=place.seller), "product")
    service = write(person, Subject(), "payment")
    deliver()
    staff = Staff.objects.get(seller=place.seller, role="owner")
    seat = get_seat_of_staff(staff=staff, user=staff.user, conversation_id=answered.conversation.public_id)
    held = reply(seat=seat, reply=Reply(text="It left on Monday.", key=f"k{next(_keys)}"), now=NOW).message
    Message.objects.filter(pk=held.pk).update(state=Message.State.HELD, held_until=NOW)
    event = OutboxEvent.objects.filter(stream=service.conversation.public_id).first()
    dead = EventDelivery.objects.create(
        event=event, handler="x", stream="x", sequence=1, state=EventDelivery.State.DEAD, run_after=NOW
    )
    place.ids |= {
        "listing": order.lines.get().listing.public_id,
        "conversation": question.conversation.public_id,
        "service": service.conversation.public_id,
        "sent": question.public_id,
        "held": held.public_id,
        "delivery": dead.pk,
        "token": make_link(user=person.user, base_url="", now=clock.now()).split("/")[-2],
    }
    place.conversations += [question.conversation.pk, answered.conversation.pk, service.conversation.pk]


def _talk_of_others(place, stranger, rival):
    """The same marketplace, another buyer and another seller: none of ``people``'s business but theirs."""
    order = factories.order(stranger, rival)
    question = write(stranger, Subject(order=order), "order_status")
    deliver()
    place.conversations.append(question.conversation.pk)
    place.ids |= {
        "other order": order.public_id,
        "other conversation": question.conversation.public_id,
        "other sent": question.public_id,
        "other seller": rival.public_id,
    }


def write(person, subject, topic):
    form = Contact(topic=topic, text="Where is it?", key=f"k{next(_keys)}")
    return contact(buyer=person, user=person.user, subject=subject, contact=form, now=NOW).message


def deliver():
    """What the worker does; repeating it changes nothing."""
    for event in OutboxEvent.objects.filter(name="message.accepted").order_by("id"):
        deliver_message(event, now=NOW)


def fingerprint(conversations):
    """Everything that a request could change about these conversations."""
    rows = [model.objects.filter(conversation__in=conversations) for model in (Message, Participant, ReplyDeadline)]
    rows += [
        Conversation.objects.filter(pk__in=conversations),
        Ruling.objects.filter(message__conversation__in=conversations),
    ]
    return [list(of_kind.order_by("pk").values_list()) for of_kind in rows]
