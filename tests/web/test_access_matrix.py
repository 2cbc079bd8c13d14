"""SEC1: no address, id, method or body lets a role read or change what is not its own.

``CASES`` says for every route who may ask and what is answered; everybody else gets a sign-in page when nobody is
signed in, and the page for missing things otherwise. A route without a case fails. Roles and ids: tests/web/world.py.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.db.models import F
from django.urls import get_resolver, reverse

from comity.accounts.models import OperatorStaff, Staff
from comity.catalog.models import Listing
from comity.common.errors import NotFound
from comity.messaging.models import Conversation, Message, Notice, NoticeRecipient
from comity.messaging.selectors.doors import Seat
from comity.orders.models import Order
from tests.factories import NOW
from tests.web.world import ROLES, World, signed_in

pytestmark = pytest.mark.django_db  # whatever part of this file is run: only then are there tables

EVERYBODY = "everybody"
NOBODY = ()
BUYERS = ("buyer", "other_buyer")
DESK = ("owner", "agent", "read_only", "restricted")
NOTING = ("owner", "agent", "restricted")
RULING = ("moderator", "admin")
SERVING = ("service_agent", "admin")
VERIFYING = ("adjudicator", "investigator", "admin")
OWNING = ("owner", "restricted")
INVITE = {"email": "new@example.com", "role": "agent"}
AUDITING = ("investigator", "admin")
WITH_FILE = ("buyer", *DESK, "moderator", "adjudicator", "investigator", "admin")
OPERATING = ("moderator", "service_agent", "adjudicator", "investigator", "admin")


@dataclass(frozen=True)
class Case:
    """``get`` and ``post`` are the status for who is let in; 405 where the method does not exist.

    ``but`` are roles that are let in and answered otherwise, as (get, post). ``ids`` renames what stands in the
    address: {"conversation": "service"} puts the id of the marketplace's own conversation there.
    """

    route: str
    who: tuple | str
    get: int = 405
    post: int = 405
    but: dict = field(default_factory=dict)
    ids: dict = field(default_factory=dict)
    query: dict = field(default_factory=dict)
    body: dict = field(default_factory=dict)

    def __str__(self):
        return "-".join([self.route, *self.query, *self.ids.values()])

    @property
    def methods(self):
        return [method for method in ("get", "post") if getattr(self, method) != 405]

    def status(self, who, method):
        """What ``who`` is answered; None: is not let in."""
        if self.who != EVERYBODY and who not in self.who:
            return None
        return self.but[who][method == "post"] if who in self.but else getattr(self, method)


WRITE = {"text": "It is blue."}
ASK = {"text": "Is it blue?", "topic": "product"}
SERVICE = {"conversation": "service"}
SAVED = {"name": "another", "language": "de", "text": "Es ist blau, {{buyer.name}}.", "seen": ""}
ON_ITS_WAY = {"conversation": "answered", "message": "on its way"}
SERVED_ON_ITS_WAY = {"conversation": "served", "message": "served on its way"}
NEW_LABEL = {"name": "Later", "colour": "ok"}
EXCUSE = {"do": "no_response"}
TOLD = {"conversation": "told", "message": "answer"}
OFFER = {"version": "1", "quantity": "3", "handling_days": "1", "offered": "on"}
CASES = [
    Case("home", EVERYBODY, get=200),
    Case("sign-in", EVERYBODY, get=200, post=422, body={"email": "", "password": ""}),
    Case("sign-in-link", EVERYBODY, get=200, post=302),
    Case("account", (*ROLES, *(f"foreign {role}" for role in ROLES)), get=200, post=302, body={"part": "sessions"}),
    Case("sign-out", EVERYBODY, post=302),
    Case("hand-over", EVERYBODY, get=403),
    Case("mailbox", EVERYBODY, get=404),  # the demo's page; see below for the demo
    Case("healthz", EVERYBODY, get=200),
    Case("readyz", EVERYBODY, get=200),
    Case("design", EVERYBODY, get=200),
    Case("design-desk", EVERYBODY, get=200),
    Case("design-talk", EVERYBODY, get=200),
    Case("design-check", EVERYBODY, post=200),
    Case("theme", EVERYBODY, post=302),
    Case("keyboard", EVERYBODY, get=200, post=302),
    Case("buyer-rules", EVERYBODY, get=200),
    Case("buyer-rule", EVERYBODY, get=200),
    Case("buyer-home", EVERYBODY, get=200),
    Case("buyer-product", EVERYBODY, get=200),
    Case("buyer-seller", EVERYBODY, get=200),
    Case("buyer-orders", BUYERS, get=200),
    Case("buyer-order", ("buyer",), get=200),
    Case("buyer-contact", BUYERS, get=200, post=302, body={**ASK, "topic": "payment"}),
    Case("buyer-contact", BUYERS, get=200, post=302, body=ASK, query={"listing": "listing"}),
    Case("buyer-contact", BUYERS, get=200, post=302, body=ASK, query={"seller": "seller"}),
    Case("buyer-contact", ("buyer",), get=200, post=302, body=ASK, query={"order": "order"}),
    Case("buyer-contact-check", ("buyer",), post=200, body=ASK, query={"order": "order"}),
    Case("buyer-contact-draft", ("buyer",), post=204, body=ASK, query={"order": "order"}),
    Case("buyer-contact-sent", ("buyer",), get=200, ids={"message": "sent"}),
    Case("buyer-messages", BUYERS, get=200),
    Case("buyer-conversation", ("buyer",), get=200),
    Case("buyer-reply", ("buyer",), post=302, body=WRITE),
    Case("buyer-new", ("buyer",), get=200),
    Case("buyer-check", ("buyer",), post=200, body=WRITE),
    Case("buyer-draft", ("buyer",), post=204, body=WRITE),
    Case("buyer-policy", EVERYBODY, get=200),
    Case("buyer-report", ("buyer",), get=200, post=302, ids=TOLD, body={"reason": "spam"}),
    Case("buyer-vote", ("buyer",), post=302, ids=TOLD, body={"solved": "yes"}),
    Case("buyer-block", ("buyer",), get=200, post=409, body={"block": "yes"}),  # an order is open
    Case("seller-report", DESK, get=200, post=302, ids={"message": "sent"}, body={"reason": "spam"}, but={"read_only": (200, 422)}),
    Case("seller-block", DESK, get=200, post=409, body={"block": "yes"}),
    Case("seller-policies", DESK, get=200),
    Case("seller-policy", ("owner", "restricted"), get=200, post=302, body={"text": "Within 60 days.", "number": "1"}),
    Case("seller-listings", DESK, get=200),
    Case("seller-listing", DESK, get=200, post=302, body=OFFER, but={"agent": (200, 422), "read_only": (200, 422)}),
    Case("operator-reports", RULING, get=200),
    Case("operator-report", RULING, get=200, post=302, body={"state": "upheld", "reason": "It is spam."}),
    Case("operator-listings", ("admin",), get=200),
    Case("operator-listing", ("admin",), get=200, post=302, body={"handling_days": "5", "reason": "Late.", "version": "1"}),
    Case("seller-shops", (*DESK, "other_seller"), get=302),
    Case("seller-home", DESK, get=302),
    Case("seller-inbox", DESK, get=200),
    Case("seller-order", DESK, get=200),
    Case("seller-conversation", DESK, get=200),
    Case("seller-reply", DESK, post=302, body=WRITE, but={"read_only": (405, 422), "restricted": (405, 422)}),
    Case("seller-new", DESK, get=200),
    Case("seller-check", DESK, post=200, body=WRITE),
    Case("seller-draft", DESK, post=204, body=WRITE),
    Case("seller-undo", DESK, post=302, ids=ON_ITS_WAY, but={"agent": (405, 409), "read_only": (405, 409)}),
    Case("seller-insert", DESK, post=200, body=WRITE),
    Case("seller-saved-replies", DESK, get=200),
    Case("seller-saved-new", DESK, get=200, post=302, body=SAVED, but={"read_only": (200, 422)}),
    Case("seller-saved-preview", DESK, post=200, body=SAVED),
    Case("seller-saved-reply", DESK, get=200, post=302, body=SAVED, but={"read_only": (200, 422)}),
    Case("seller-saved-delete", DESK, post=302, but={"read_only": (405, 422)}),
    Case("seller-no-response", DESK, post=302, but={"read_only": (405, 409)}),
    Case("seller-contact", DESK, get=200),
    Case("seller-contact-purpose", DESK, get=200, post=302, body=WRITE, but={"read_only": (200, 422), "restricted": (200, 422)}),
    Case("seller-contact-check", DESK, post=200, body=WRITE),
    Case("seller-contact-draft", DESK, post=204, body=WRITE),
    Case("seller-review-request", DESK, post=409),  # not shipped yet
    Case("buyer-contact-choices", BUYERS, get=200, post=302, body={"unsolicited": "no"}),
    Case("operator-home", OPERATING, get=302),
    Case("operator-service-inbox", SERVING, get=200),
    Case("operator-service-conversation", SERVING, get=200, ids=SERVICE),
    Case("operator-service-reply", SERVING, post=302, body=WRITE, ids=SERVICE),
    Case("operator-service-new", SERVING, get=200, ids=SERVICE),
    Case("operator-service-draft", SERVING, post=204, body=WRITE, ids=SERVICE),
    Case("operator-service-undo", SERVING, post=302, ids=SERVED_ON_ITS_WAY, but={"admin": (405, 409)}),
    Case("operator-service-insert", SERVING, post=200, body=WRITE, ids=SERVICE),
    Case("operator-service-saved-replies", SERVING, get=200),
    Case("operator-service-saved-new", SERVING, get=200, post=302, body=SAVED),
    Case("operator-service-saved-preview", SERVING, post=200, body=SAVED),
    Case("operator-service-saved-reply", SERVING, get=200, post=302, body=SAVED, ids={"saved": "service's saved"}),
    Case("operator-service-saved-delete", SERVING, post=302, ids={"saved": "service's saved"}),
    Case("operator-service-saved-reply", NOBODY, get=200, post=302, body=SAVED),
    Case("operator-service-no-response", SERVING, post=302, ids=SERVICE),
    Case("operator-held", RULING, get=200),
    Case("operator-ruling", RULING, get=200, post=302, ids={"message": "held"}, body={"decision": "release", "reason": "Fine."}),
    Case("operator-take", RULING, post=302, ids={"message": "held"}),
    Case("operator-records", VERIFYING, get=200),
    Case("operator-record", VERIFYING, get=200),
    Case("operator-export", VERIFYING, get=200),
    Case("live-changes", EVERYBODY, get=403),  # for holders of a ticket; see tests/web/live
    Case("buyer-search", BUYERS, get=200),
    Case("seller-search", DESK, get=200),
    Case("operator-search", SERVING, get=200),
    Case("operator-record-search", VERIFYING, get=200),
    Case("operator-dead-letters", ("admin",), get=200),
    Case("operator-hand-over", ("admin",), get=200, post=200),
    Case("operator-dead-letter", ("admin",), post=302, body={"action": "retry"}),
    Case("seller-staff", OWNING, get=200, post=302, body=INVITE),
    Case("seller-staff-invitation", OWNING, post=302, body={"action": "revoke"}),
    Case("seller-staff-colleague", OWNING, post=302, body={"action": "role", "role": "read_only"}),
    Case("seller-trail", OWNING, get=200),
    Case("seller-trail-export", OWNING, get=400),
    Case("operator-sellers", ("admin",), get=200, post=422),
    Case("operator-seller", ("admin",), get=200, post=302, body=INVITE),
    Case("operator-seller-invitation", ("admin",), post=302, body={"action": "revoke"}),
    Case("operator-seller-colleague", ("admin",), post=302, body={"action": "role", "role": "read_only"}),
    Case("operator-staff", ("admin",), get=200, post=302, body={**INVITE, "role": "moderator"}),
    Case("operator-staff-invitation", ("admin",), post=302, ids={"invitation": "colleague"}, body={"action": "revoke"}),
    Case("operator-staff-colleague", ("admin",), post=302, ids={"user": "moderator"}, body={"action": "role", "role": "investigator"}),
    Case("operator-restrictions", ("admin",), get=200, post=422, body={"who": "nobody", "kind": "messaging"}),
    Case("operator-restriction", ("admin",), post=302),
    Case("invitation", EVERYBODY, get=200, post=302, ids={"token": "invited"}, body={"name": "Ines"}),
    Case("operator-audit", AUDITING, get=200),
    Case("operator-audit-export", AUDITING, get=400),
    Case("operator-rules", ("admin",), get=200),
    Case("operator-rule", ("admin",), get=200, post=422, body={"group": "off"}),
    Case("operator-rulebook", ("admin",), get=200, post=302, body={"do": "withdrawn"}),
    Case("operator-rulebook-again", ("admin",), get=422, post=422, ids={"version": "version in force"}),
    Case("operator-settings", ("admin",), get=200, post=422, body={"reply_hours": "24h"}),
    Case("buyer-recall", ("buyer",), get=200, post=302, ids={"notice": "recall"}),
    Case("buyer-product-recall", EVERYBODY, get=200, ids={"notice": "public recall"}),
    Case("seller-notices", DESK, get=200),
    Case("seller-notice-new", NOTING, get=200, post=422),
    Case("seller-recall-new", NOTING, get=200, post=422),
    Case("seller-notice", DESK, get=200, post=302, body={"action": "submit"}, ids={"notice": "draft"}, but={"read_only": (200, 422)}),
    Case("seller-notice-edit", NOTING, get=200, post=422, ids={"notice": "draft"}),
    Case("seller-agreements", DESK, get=200, post=422),
    Case("seller-agreement", DESK, post=302, body={"action": "accept"}, but={"agent": (405, 409), "read_only": (405, 409)}),
    Case("operator-recalls", RULING, get=200),
    Case("operator-recall-new", RULING, get=200, post=422),
    Case("operator-recall", RULING, get=200, post=302, body={"action": "approve", "seen": NOW.isoformat()}, ids={"notice": "waiting"}),
    Case("operator-recall-edit", RULING, get=200, post=422, ids={"notice": "operator's draft"}),
    Case("operator-agreements", ("admin",), get=200),
    Case("operator-seller-agreements", ("admin",), get=200, post=422),
    Case("operator-agreement", ("admin",), post=302, body={"action": "accept"}, ids={"agreement": "seller's agreement"}),
    Case("seller-today", DESK, get=200),
    Case("seller-orders", DESK, get=200),
    Case("seller-labels", DESK, get=200, post=302, body=NEW_LABEL, but={"read_only": (200, 422)}),
    Case("seller-label", DESK, get=200, post=302, body=NEW_LABEL, but={"read_only": (200, 422)}),
    Case("seller-views", DESK, get=200, post=302, body={"name": "All"}, but={"read_only": (200, 422)}),
    Case("seller-view-delete", DESK, post=302, but={"agent": (405, 409), "read_only": (405, 409)}),
    Case("seller-bulk", DESK, get=422, post=422, body=EXCUSE),
    Case("seller-assign", DESK, post=302, body={"assignee": "me"}, but={"read_only": (405, 409)}),
    Case("seller-put-label", DESK, post=404, body={"put": "lab_unknown"}, but={"read_only": (405, 409)}),
    Case("seller-notes", DESK, post=302, body={"note": "Ask the depot."}, but={"read_only": (405, 422)}),
    Case("seller-note-remove", DESK, post=302, but={"agent": (405, 409), "read_only": (405, 409)}),
    Case("operator-service-labels", SERVING, get=200, post=302, body=NEW_LABEL),
    Case("operator-service-label", SERVING, get=200, post=302, body=NEW_LABEL, ids={"label": "service label"}),
    Case("operator-service-views", SERVING, get=200, post=302, body={"name": "All"}),
    Case("operator-service-view-delete", SERVING, post=302, ids={"saved_view": "service saved_view"}, but={"service_agent": (405, 409)}),
    Case("operator-service-bulk", SERVING, get=422, post=422, body=EXCUSE),
    Case("operator-service-assign", SERVING, post=302, body={"assignee": "me"}, ids=SERVICE),
    Case("operator-service-put-label", SERVING, post=404, body={"put": "lab_unknown"}, ids=SERVICE),
    Case("operator-service-notes", SERVING, post=302, body={"note": "Ask the depot."}, ids=SERVICE),
    Case("operator-service-note-remove", SERVING, post=302, ids={**SERVICE, "note": "service note"}, but={"service_agent": (405, 409)}),
    Case("file", WITH_FILE, get=302),
    Case("file-preview", WITH_FILE, get=200),
    Case("download", ("buyer",), get=200),
    # Right person, wrong thing.
    Case("seller-label", NOBODY, get=200, post=302, body=NEW_LABEL, ids={"label": "service label"}),
    Case("seller-note-remove", NOBODY, post=302, ids={"note": "service note"}),
    Case("operator-service-label", NOBODY, get=200, post=302, body=NEW_LABEL),
    Case("operator-service-notes", NOBODY, post=302, body={"note": "Ask the depot."}),
    Case("operator-recall", NOBODY, get=200, post=302, body={"action": "submit"}, ids={"notice": "draft"}),
    Case("buyer-recall", NOBODY, get=200, post=302, ids={"notice": "waiting"}),
    Case("buyer-contact-sent", NOBODY, get=200, ids={"message": "held"}),
    Case("buyer-report", NOBODY, get=200, post=302, ids={"message": "sent"}, body={"reason": "spam"}),
    Case("buyer-vote", NOBODY, post=302, ids={"message": "sent"}, body={"solved": "yes"}),
    Case("seller-report", NOBODY, get=200, post=302, ids={**TOLD, "conversation": "conversation"}, body={"reason": "spam"}),
    Case("seller-block", NOBODY, get=200, post=409, ids=SERVICE),
    Case("seller-conversation", NOBODY, get=200, ids=SERVICE),
    Case("seller-reply", NOBODY, post=302, body=WRITE, ids=SERVICE),
    Case("operator-service-conversation", NOBODY, get=200),
    Case("operator-service-reply", NOBODY, post=302, body=WRITE),
]  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once: whatever a request does is undone."""
    with django_db_blocker.unblock(), undone():
        yield World()


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def routes(patterns=None, before=()):
    """Every route of the site: its name, and what stands in its address, such as marketplace and order."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        inside = (*before, *entry.pattern.converters)
        if hasattr(entry, "url_patterns"):
            yield from routes(entry.url_patterns, inside)
        else:
            yield entry.name or str(entry.pattern), inside


def without_expectation(found):
    return sorted({name for name, _ in found} - {case.route for case in CASES})


def address(case, place, **instead):
    ids = {name: place.ids.get(case.ids.get(name, name)) for name in dict(routes())[case.route]}
    query = {name: place.ids[which] for name, which in case.query.items()}
    return reverse(case.route, kwargs={**ids, **instead}, query=query)


def ask(world, case, who, method, url, **more):
    """Send the request as ``who``; call inside ``undone``."""
    data = {**case.body, "key": "one-form", **more} if method == "post" else {}
    return world.send(who, method, url, data)


def is_refused(who, response, *, public=False):
    """Whether this is the answer to a stranger: sign in first, or there is no such thing."""
    if who == "anonymous" and not public:
        return response.status_code == 302 and response["Location"].startswith("/sign-in/?next=")
    return response.status_code == 404


def violations(world, case):
    """Who is answered otherwise than ``case`` says, or changes something without being let in."""
    found = []
    for who in world.clients:
        for method in case.methods:
            with undone():
                response = ask(world, case, who, method, address(case, world.here))
                expected = case.status(who, method)
                right = is_refused(who, response) if expected is None else response.status_code == expected
                if not right or (expected is None and world.writes):
                    found.append(f"{method} {who}: {response.status_code}, not {expected or 'refused'}")
    return found


def things_elsewhere(world, case):
    """Addresses that name a thing of one place as if it were in another, with who might try them."""
    names = set(dict(routes())[case.route])
    has_thing = (
        bool(case.query or names - {"marketplace", "seller", "token", "kind", "rule"}) and "marketplace" in names
    )
    mine = BUYERS if case.who == EVERYBODY else case.who
    theirs = [f"foreign {who}" for who in mine]
    there = {"marketplace": "there"}
    if "seller" in names:
        yield address(case, world.here, **there), [*mine, *theirs, "anonymous"]
    if has_thing and "seller" in names:
        yield address(case, world.here, **there, seller=world.there.ids["seller"]), theirs
        yield address(case, world.here, seller=world.here.ids["other seller"]), ["other_seller", *mine]
    elif has_thing:
        yield address(case, world.here, **there), [*mine, *theirs, "anonymous"]


def strays(world, case):
    """Who reaches a thing through a place that it does not belong to."""
    found = []
    for url, people in things_elsewhere(world, case):
        for who, method in [(who, method) for who in people for method in case.methods]:
            with undone():
                response = ask(world, case, who, method, url)
                if not is_refused(who, response, public=case.who == EVERYBODY) or world.writes:
                    found.append(f"{method} {who} {url}: {response.status_code}")
    return found


def smuggled(world, case):
    """Who reaches things of others by ids in the query or the body of a request that is their own."""
    found = []
    url = address(case, world.here)
    for who in case.who if case.who != EVERYBODY else ():
        for whose in ("there", "next door")[: 1 if who == "other_buyer" else 2]:  # who lives next door
            ids = world.foreign_ids(whose)
            for query, body in (({}, ids), (ids, {})):
                with undone():
                    response = ask(
                        world, case, who, "post", f"{url}{'&' if '?' in url else '?'}{urlencode(query)}", **body
                    )
                    if response.status_code >= 500 or world.others_changed() or replaces_across():
                        found.append(f"{who} {whose} {query or body}: {response.status_code}")
    return found


def replaces_across():
    return Message.objects.exclude(replaces=None).exclude(replaces__conversation=F("conversation")).exists()


def any_conversation(*, conversation_id, user, buyer=None, staff=None):
    side = "buyer" if buyer else "seller" if isinstance(staff, Staff) else "marketplace"
    found = Conversation.objects.select_related("marketplace", "buyer", "seller", "order", "listing__product")
    return Seat(found.get(public_id=conversation_id), side, user, staff)


def any_order(_, order_id):
    return Order.objects.select_related("marketplace", "seller", "buyer").get(public_id=order_id)


def any_listing(_, listing_id):
    return Listing.objects.select_related("product", "seller", "marketplace").get(public_id=listing_id)


def any_message(*, buyer, message_id):
    return Message.objects.select_related("conversation__marketplace").get(public_id=message_id)


def any_recall(_, notice_id):
    recipients = NoticeRecipient.objects.select_related("notice__recall", "notice__product", "notice__seller", "order")
    return recipients.filter(notice__public_id=notice_id).first()


def any_notice(_, notice_id):
    return Notice.objects.select_related("recall", "product", "seller").get(public_id=notice_id)


def any_seat(_, slug, seller_id):
    return Staff.objects.select_related("seller__marketplace", "user").filter(seller__public_id=seller_id).first()


def any_operator(user, _):
    seat = OperatorStaff.objects.select_related("marketplace", "user").filter(user=user).first()
    if seat is None:
        raise NotFound
    return seat


def test_every_route_has_an_expectation():
    assert without_expectation(routes()) == []
    assert without_expectation([*routes(), ("new-page", ())]) == ["new-page"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_role_gets_what_is_its_own_and_nothing_else(world, case):
    assert violations(world, case) == []


def test_in_the_demo_everybody_sees_the_mails(world, settings):
    settings.DEMO = True
    assert violations(world, Case("mailbox", EVERYBODY, get=200)) == []


@pytest.mark.full
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.route.startswith(("buyer", "seller", "operator"))], ids=str
)
def test_a_thing_is_reached_through_its_own_place_only(world, case):
    assert strays(world, case) == []


@pytest.mark.full
@pytest.mark.parametrize("case", [case for case in CASES if case.post != 405 and case.who], ids=str)
def test_ids_of_others_in_query_and_body_reach_nothing(world, case):
    assert smuggled(world, case) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_other_methods_do_not_exist(world, case):
    who = case.who[0] if case.who and case.who != EVERYBODY else "admin"
    missing = {"get", "post", "put", "patch", "delete"} - set(case.methods)
    with undone():
        url = address(case, world.here)
        answers = {method: world.send(who, method, url, {}).status_code for method in missing}
        assert answers == dict.fromkeys(missing, 405)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_post_without_our_token_is_refused(world, case):
    who = case.who[0] if case.who and case.who != EVERYBODY else "admin"
    with undone():
        world.clients["careful"] = signed_in(world.here.people[who], enforce_csrf_checks=True)
        response = ask(world, case, "careful", "post", address(case, world.here))
        assert (response.status_code, world.writes) == (403, [])
        del world.clients["careful"]


# What each says: a door that no longer asks whose it is, or a role that may do everything.
MUTANTS = [
    (
        "buyer-conversation",
        violations,
        "buyer.views.conversation.get_seat_of_buyer",
        any_conversation,
        "get other_buyer: 200",
    ),
    (
        "buyer-reply",
        violations,
        "buyer.views.conversation.get_seat_of_buyer",
        any_conversation,
        "post other_buyer: 302",
    ),
    ("buyer-order", violations, "buyer.views.orders.get_order_of_buyer", any_order, "get other_buyer: 200"),
    ("buyer-contact-sent", violations, "buyer.views.contact.get_message_of_buyer", any_message, "get other_buyer: 200"),
    ("buyer-recall", violations, "buyer.views.recalls.get_recall_of_buyer", any_recall, "get other_buyer: 200"),
    ("seller-notice", strays, "desk.notice_pages.get_notice", any_notice, "get other_seller"),
    ("seller-order", strays, "seller.views.orders.get_order_of_seller", any_order, "get other_seller"),
    ("seller-contact", strays, "seller.views.contact.get_order_of_seller", any_order, "get other_seller"),
    ("seller-contact-purpose", strays, "seller.views.contact.get_order_of_seller", any_order, "post other_seller"),
    ("seller-conversation", strays, "desk.desks.get_seat_of_staff", any_conversation, "get foreign owner"),
    ("buyer-vote", violations, "buyer.views.care.get_seat_of_buyer", any_conversation, "post other_buyer: 302"),
    ("seller-block", strays, "desk.desks.get_seat_of_staff", any_conversation, "get foreign owner"),
    ("seller-policies", violations, "seller.views.policies.seller_seat", any_seat, "get other_seller: 200"),
    ("seller-listing", violations, "seller.views.listings.seller_seat", any_seat, "post other_seller: 302"),
    ("operator-reports", violations, "desk.desks.may", lambda *_: True, "get service_agent: 200"),
    ("operator-listing", strays, "operator.views.listings.get_listing", any_listing, "get foreign admin"),
    ("seller-inbox", violations, "desk.desks.seller_seat", any_seat, "get other_seller: 200"),
    ("operator-held", violations, "desk.desks.operator_seat", any_operator, "get foreign moderator: 200"),
    ("operator-held", violations, "desk.desks.may", lambda *_: True, "get service_agent: 200"),
    ("operator-audit", violations, "desk.desks.may", lambda *_: True, "get moderator: 200"),
    ("seller-staff", violations, "seller.views.staff.may", lambda *_: True, "get agent: 200"),
    ("seller-trail", violations, "seller.views.trail.may", lambda *_: True, "get agent: 200"),
    ("operator-record", strays, "operator.views.records.get_seat_of_operator", any_conversation, "get foreign admin"),
]


@pytest.mark.parametrize(("route", "check", "door", "without_scope", "who"), MUTANTS)
def test_a_door_without_its_scope_turns_the_matrix_red(world, monkeypatch, route, check, door, without_scope, who):
    case = next(case for case in CASES if case.route == route)
    monkeypatch.setattr(f"comity.web.{door}", without_scope)
    assert [found for found in check(world, case) if found.startswith(who)]
