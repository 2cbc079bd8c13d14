"""Two marketplaces that mirror each other, with somebody in every role and something of every kind to reach for.

``World.here`` owns what the access matrix asks for; ``World.there`` is as large and belongs to others.
"""

import copy
import io
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from itertools import count

from django.db import connection
from django.test import Client

from comity.accounts.models import Invitation, OperatorStaff, Restriction, Staff
from comity.accounts.services.invitations import invite
from comity.accounts.services.restrictions import restrict
from comity.accounts.services.sign_in import make_link
from comity.catalog.services.policies import Wording, publish_policy
from comity.common import clock
from comity.common.ids import new_id
from comity.common.models import EventDelivery, OutboxEvent
from comity.files.models import Blob
from comity.files.services import blobs
from comity.files.services.uploads import Upload
from comity.messaging.handlers import deliver_message
from comity.messaging.models import Attachment, Conversation, Message, Offer, Participant, ReplyDeadline, Ruling
from comity.messaging.selectors.doors import get_seat_of_operator, get_seat_of_staff
from comity.messaging.services.agreements import Proposal, propose
from comity.messaging.services.contact import Contact, Subject, contact
from comity.messaging.services.escalations import escalate
from comity.messaging.services.labels import create_label
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.notes import write_note
from comity.messaging.services.notice_sending import send_batch
from comity.messaging.services.offers import Proposal as Offering
from comity.messaging.services.offers import make as make_offer
from comity.messaging.services.reports import report
from comity.messaging.services.saved_replies import SavedText, save_reply
from comity.messaging.services.saved_views import save_view
from comity.orders.models import CancelRequest, DelayNotice
from comity.orders.services.boxes import report_box
from comity.orders.services.cancel_requests import call_off
from comity.orders.services.delaying import tell_delay
from comity.orders.services.feeds.submitting import submit
from comity.orders.services.reports.asking import request_report, schedule_report
from comity.orders.services.reports.making import make_due
from comity.orders.services.returning.requests import Wanted, request_return
from comity.screening.services import versions
from comity.screening.services.drafting import RuleChange, draft_changes
from comity.web.files.grants import grant_for
from tests import factories
from tests.factories import NOW
from tests.messaging.owners import Owners
from tests.web.pages import untied

SELLER_ROLES = ("owner", "agent", "read_only")
OPERATOR_ROLES = tuple(OperatorStaff.Role.values)
# "restricted" is the owner, while the seller may not send messages.
ROLES = ("buyer", "other_buyer", *SELLER_ROLES, "restricted", "other_seller", *OPERATOR_ROLES)
OTHERS = ("order", "conversation", "sent", "seller")
SECRET = "between ourselves"  # what a private note says
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
                response = getattr(client, method)(url, data)
            if response.streaming:
                assert b"".join(response.streaming_content)  # read to its end, a file is closed
            if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
                assert untied(response.content.decode()) == []
            return response
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
    _care(place, person, order)
    _life(place, person)
    _returns(place, person)
    _boxes(place, person)
    _rules(place)  # first, as a draft is written under the rules in force
    _mass(place, person)
    _at_desk(place, person)
    _feed(place)
    _reports(place)
    _parcel(place, person)
    place.ids["subscription"] = factories.subscription(person, place.seller).public_id
    _team(place)
    _offers(place, person)
    _talk_of_others(place, stranger, rival)
    _people(place)
    return place


def _life(place, person):
    """An order that its buyer asked to cancel, and one that ships later than promised."""
    asked, late = (factories.order(person, place.seller) for _ in range(2))
    call_off(order=asked, buyer=person, now=clock.now())
    staff = Staff.objects.get(seller=place.seller, role="owner")
    ship_on = clock.now().date() + timedelta(days=9)
    tell_delay(staff=staff, order=late, ship_on=ship_on, reason="The kiln cooled down.", now=clock.now())
    CancelRequest.objects.filter(order=asked).update(public_id=f"ask_{place.ids['marketplace']}")
    DelayNotice.objects.filter(order=late).update(public_id=f"dly_{place.ids['marketplace']}")
    place.ids |= {"asked order": asked.public_id, "late order": late.public_id}


def _rules(place):
    """A version of the rulebook that counts, and a change of it that waits for a second person."""
    market, admin, now = place.seller.marketplace, place.people["admin"], clock.now()
    for seen, group in enumerate(("hold", "warn")):
        change = RuleChange("marketing.promotion", group, {})
        drafted = draft_changes(market, [change], now.date().isoformat(), now=now)
        made = versions.propose(marketplace=market, by=admin, drafted=drafted, why="Too strict.", seen=seen, now=now)
        place.ids["version" if seen else "version in force"] = made.public_id
        if not seen:
            second = factories.operator(market).user
            versions.approve(marketplace=market, by=second, version_id=made.public_id, now=now)
            market.refresh_from_db()


def _people(place):
    """Somebody to change, and open invitations of the shop and of the operator."""
    owner, admin = place.people["owner"], place.people["admin"]
    for name, party, by in (("invitation", place.seller, owner), ("colleague", place.seller.marketplace, admin)):
        address = f"{name}@{place.ids['marketplace']}.example"
        role = "agent" if name == "invitation" else "moderator"
        mail = invite(party=party, email=address, role=role, by=by, base_url="", now=clock.now())
        place.ids[name] = Invitation.objects.latest("pk").public_id
        place.ids["invited"] = mail.body.split("/invitation/")[1].split("/")[0]
    place.ids["restriction"] = restrict(
        seller=place.other_seller, kind=Restriction.Kind.PROACTIVE_MESSAGING, reason="Spam", now=NOW
    ).pk
    place.ids |= {"user": place.people["agent"].public_id, "moderator": place.people["moderator"].public_id}


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
        "purpose": "order_details",
        "listing": order.lines.get().listing.public_id,
        "conversation": question.conversation.public_id,
        "service": service.conversation.public_id,
        "sent": question.public_id,
        "held": held.public_id,
        "delivery": dead.pk,
        "token": make_link(user=person.user, base_url="", now=clock.now()).split("/")[-2],
    }
    place.conversations += [question.conversation.pk, answered.conversation.pk, service.conversation.pk]
    _file(place, person, question)


def _file(place, person, question):
    """A picture that went with the question, and the address by which the buyer may fetch it."""
    preview = blobs.store(b"a small picture", content_type="image/jpeg", now=NOW)
    blob = blobs.store(b"a picture", content_type="image/png", now=NOW)
    Blob.objects.filter(pk=blob.pk).update(preview=preview)
    about = {"name": "lamp.png", "content_type": "image/png", "size": blob.size, "reading": "picture"}
    made = Attachment.objects.create(message=question, public_id=new_id("att", NOW), blob=blob, position=1, **about)
    Message.objects.filter(pk=question.pk).update(file_count=1)
    names = {"marketplace": place.ids["marketplace"], "attachment": made.public_id}
    grant = grant_for(**names, user=person.user.public_id, seconds=24 * 3600, now=clock.now())
    place.ids |= {"attachment": made.public_id, "grant": grant}


def _care(place, person, order):
    """An answer that arrived, a report of the question before it, and what the shop promises about returns."""
    question = write(person, Subject(listing=order.lines.get().listing), "product")
    deliver()
    owner = Staff.objects.select_related("seller__marketplace").get(seller=place.seller, role="owner")
    seat = get_seat_of_staff(staff=owner, user=owner.user, conversation_id=question.conversation.public_id)
    answer = reply(seat=seat, reply=Reply(text="It is brass.", key=f"k{next(_keys)}"), now=NOW).message
    deliver()
    found = report(seat=seat, message_id=question.public_id, reason="spam", now=NOW)
    wording = Wording("We take back what you do not like.", 0)
    policy = publish_policy(staff=owner, kind="returns", wording=wording, now=NOW)
    place.ids |= {
        "told": question.conversation.public_id,
        "answer": answer.public_id,
        "report": found.public_id,
        "policy": policy.public_id,
        "kind": "returns",
        "rule": "contact.phone",
    }
    place.conversations.append(question.conversation.pk)


def _returns(place, person):
    """What the buyer wants to send back: to the shop, with a photo, and to the marketplace."""
    photo = Upload(blobs.store(b"a broken lamp", content_type="image/png", now=NOW), "lamp.png")
    for name, fulfilment in (("returned", "seller"), ("returned to service", "marketplace")):
        order = factories.order(
            person, place.seller, status="delivered", delivered_at=clock.now(), fulfilment=fulfilment
        )
        wanted = [Wanted("1", 1, "no_longer_wanted")]
        made = request_return(order, wanted, photos=[photo], actor="", now=clock.now())
        place.ids |= {name: made.public_id, f"{name} photo": made.photos.get().public_id}


def _boxes(place, person):
    """Something in a box that the buyer did not order, with a photo."""
    photo = Upload(blobs.store(b"a gift", content_type="image/png", now=NOW), "gift.png")
    order = factories.order(person, place.seller, status="shipped")
    made = report_box(order, kind="extra_item", text="A pen.", photos=[photo], actor="", now=NOW)
    place.ids |= {"box": made.public_id, "photo": 1, "boxed order": order.public_id}


def _mass(place, person):
    """Recalls in the states that pages are for, and a proposal of each side about who sends what."""
    order = factories.order(person, place.seller, status="shipped")
    owners = Owners(Staff.objects.get(seller=place.seller, role="owner"), None, order.lines.get().listing, [])
    colleague = factories.operator(place.seller.marketplace, "moderator")
    owners.moderator = factories.operator(place.seller.marketplace, "moderator")
    made = {
        "recall": owners.released(),
        "public recall": owners.released(is_public=True),
        "draft": owners.recall(now=clock.now()),  # under the rules of today, as it is submitted
        "waiting": owners.confirm(owners.recall()),
        "operator's draft": owners.recall(staff=colleague),
    }
    send_batch(notice_id=made["recall"].public_id, now=NOW)
    deliver()
    admin = factories.operator(place.seller.marketplace)
    for name, staff, kind, party in [
        ("agreement", admin, "service", "marketplace"),
        ("seller's agreement", owners.staff, "auto_renewal", "seller"),
    ]:
        proposal = Proposal(kind, party, clock.now().date())
        made[name] = propose(seller=place.seller, staff=staff, proposal=proposal, now=NOW)
    place.ids |= {name: thing.public_id for name, thing in made.items()}
    place.conversations += list(Conversation.objects.filter(order=order).values_list("pk", flat=True))


def _feed(place):
    """A file that the shop sent, and what became of it."""
    content = b'{"order": "none", "ship_date": "2026-11-02"}\n' + place.seller.public_id.encode()
    about = {"kind": "shipping_confirmation", "name": "feed.jsonl", "size": len(content), "actor": "", "now": NOW}
    place.ids["feed"] = submit(place.seller, io.BytesIO(content), **about).feed.public_id
    place.ids |= {"form": "xml", "currency": "EUR"}


def _parcel(place, person):
    """An order that has left, and the parcel that it left in."""
    made = factories.shipment(factories.order(person, place.seller))
    place.ids |= {"shipped order": made.order.public_id, "shipment": made.public_id}


def _offers(place, person):
    """An offer that the buyer may answer, made with an answer that has arrived, and a shop that asked for help."""
    owner = Staff.objects.get(seller=place.seller, role="owner")
    sent = factories.shipment(factories.order(person, place.seller)).order
    asked = write(person, Subject(order=sent), "order_status").conversation
    deliver()
    seat = get_seat_of_staff(staff=owner, user=owner.user, conversation_id=asked.public_id)
    proposal = Offering("replacement", "Sorry about that.", f"k{next(_keys)}")
    made = Offer.objects.get(message=make_offer(seat=seat, proposal=proposal, now=clock.now()).message)
    help_ = escalate(seat=seat, reason="Please read this.", now=NOW)
    deliver()
    place.ids |= {"offered": asked.public_id, "offer": made.public_id, "escalation": help_.public_id}
    place.conversations.append(asked.pk)


def _reports(place):
    """A report of the shop's orders, made, and a schedule."""
    owner = Staff.objects.select_related("seller__marketplace", "user").get(seller=place.seller, role="owner")
    asked = request_report(owner, kind="orders", form="tsv", now=NOW)
    make_due(NOW)
    schedule = schedule_report(owner, kind="orders", form="csv", hours=24, now=NOW)
    place.ids |= {"shop's report": asked.public_id, "schedule": schedule.public_id}


def _team(place):
    """A label, a private note and a saved view of each team; both notes are on the conversation in the address."""
    owner = Staff.objects.get(seller=place.seller, role="owner")
    server = OperatorStaff.objects.get(user=place.people["admin"])
    shop = get_seat_of_staff(staff=owner, user=owner.user, conversation_id=place.ids["conversation"])
    service = get_seat_of_operator(staff=server, user=server.user, conversation_id=place.ids["service"])
    for prefix, seat in (("", shop), ("service ", service)):
        made = {
            "label": create_label(staff=seat.staff, name="Urgent", colour="alert", now=NOW),
            "note": write_note(seat=seat, text=f"{SECRET} of the {seat.side}", now=NOW)[0],
            "saved_view": save_view(staff=seat.staff, name="Urgent", query="view=all", shared=True, now=NOW),
        }
        place.ids |= {f"{prefix}{name}": thing.public_id for name, thing in made.items()}


def _at_desk(place, person):
    """What a desk is for: saved replies, and an answer of each desk that its author may still take back."""
    owner = Staff.objects.get(seller=place.seller, role="owner")
    agent = OperatorStaff.objects.get(marketplace=place.seller.marketplace, role="service_agent")
    order = factories.order(person, place.seller)
    asked = write(person, Subject(order=order), "order_status").conversation
    served = write(person, Subject(order=order), "payment").conversation
    deliver()
    seats = {
        "on its way": get_seat_of_staff(staff=owner, user=owner.user, conversation_id=asked.public_id),
        "served on its way": get_seat_of_operator(staff=agent, user=agent.user, conversation_id=served.public_id),
    }
    for name, seat in seats.items():
        form = Reply(text="It leaves today.", key=f"k{next(_keys)}", undoable=True)
        place.ids[name] = reply(seat=seat, reply=form, now=NOW).message.public_id
        # The worker has not come to it, and in this world never will.
        OutboxEvent.objects.filter(name="message.accepted", data__message=place.ids[name]).delete()
    for name, staff in {"saved": owner, "service's saved": agent}.items():
        form = SavedText("leaves", "en", "It leaves today.")
        place.ids[name] = save_reply(staff=staff, saved_reply=None, form=form, now=NOW).saved_reply.public_id
    place.ids |= {"answered": asked.public_id, "served": served.public_id}
    place.conversations += [asked.pk, served.pk]


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
