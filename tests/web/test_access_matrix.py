"""SEC1: no address, id, method or body lets a role read or change what is not its own.

``CASES`` (access_cases.py) says for every route who may ask and what is answered; everybody else gets a sign-in page
when nobody is signed in, and the page for missing things otherwise. A route without a case fails.
"""

from contextlib import contextmanager
from functools import cache
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
from tests.web.access_cases import BUYERS, CASES, EVERYBODY, SIGNED, Case
from tests.web.world import World, signed_in

pytestmark = pytest.mark.django_db  # whatever part of this file is run: only then are there tables


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


@cache
def names_in(route):
    """What stands in its address."""
    return dict(routes())[route]


def without_expectation(found):
    return sorted({name for name, _ in found} - {case.route for case in CASES})


def address(case, place, **instead):
    ids = {name: place.ids.get(case.ids.get(name, name)) for name in names_in(case.route)}
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
    names = set(names_in(case.route))
    has_thing = (
        bool(case.query or names - {"marketplace", "seller", "token", "kind", "rule", "currency"})
        and "marketplace" in names
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


@pytest.mark.parametrize("case", [case for case in CASES if case.route not in SIGNED], ids=str)
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
