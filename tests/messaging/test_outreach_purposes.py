"""Which purposes are open: the decision table, and what holds for every order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.accounts.profiles import profile_from_file
from comity.messaging.selectors.purposes import CHECKS, Standing, menu, opening
from comity.messaging.selectors.review_requests import review_opening
from comity.orders.models import Order
from comity_policy.model import PURPOSES
from comity_policy.responsibility import TOPICS
from tests.factories import NOW

PROFILE = profile_from_file("open-marketplace", date(2026, 11, 2))
KEYS = [purpose.key for purpose in PROFILE.purposes]
DAY = timedelta(days=1)


def standing(status="unshipped", **known):
    """An order placed four days ago, promised in one to three days; the seller ships it."""
    promised = {"placed_at": NOW - 4 * DAY, "deliver_from": NOW + DAY, "deliver_by": NOW + 3 * DAY}
    return Standing(**{"now": NOW, "status": status, "fulfilment": "seller", **promised, **known})


def shown(key, **known):
    return opening(next(one for one in PROFILE.purposes if one.key == key), standing(**known), PROFILE)


def open_keys(**known):
    return {one.purpose.key for one in menu(standing(**known), PROFILE) if one.open}


SHIPPING = {"delivery_details", "delivery_appointment"}
PAPERS = {"invoice", "legal_disclosure"}
OPEN_BY_STATUS = {
    "pending": set(),
    "unshipped": {"order_details", "custom_details", "unexpected_problem", "digital_key"} | SHIPPING | PAPERS,
    "partially_shipped": {"custom_details", "unexpected_problem", "return_question", "digital_key", "warranty"}
    | SHIPPING
    | PAPERS,
    "shipped": {"unexpected_problem", "return_question", "digital_key", "warranty"} | SHIPPING | PAPERS,
    "delivered": {"unexpected_problem", "return_question", "digital_key", "warranty"} | PAPERS,
    "cancelled": {"unexpected_problem"},
    "unfulfillable": {"unexpected_problem"},
}


@pytest.mark.requirement("S17", "S60")
@pytest.mark.parametrize("status", Order.Status.values)
def test_what_is_open_in_each_state_of_an_order(status):
    assert open_keys(status=status) == OPEN_BY_STATUS[status]


@pytest.mark.requirement("S15", "S17")
@pytest.mark.parametrize(
    ("key", "known", "closed", "words"),
    [
        ("order_details", {"restricted": "messaging"}, "restricted", "until it is lifted"),
        ("unexpected_problem", {"restricted": "messaging"}, "restricted", "You may not write"),
        ("order_details", {"restricted": "proactive_messaging", "restricted_until": NOW}, "restricted_proactive",
         "You may not write first until 2 November 2026. You may still answer"),
        ("unexpected_problem", {"restricted": "proactive_messaging"}, "", ""),
        ("order_details", {"fulfilment": "marketplace"}, "served_elsewhere", "The marketplace ships this order"),
        ("invoice", {"fulfilment": "marketplace"}, "", ""),
        ("digital_key", {"kinds": frozenset({"media"})}, "other_goods", "Nothing in this order needs it"),
        ("digital_key", {"kinds": frozenset({"media", "digital"})}, "", ""),
        ("order_details", {"declined": True}, "declined", "no unsolicited messages"),
        ("legal_disclosure", {"declined": True}, "", ""),
        ("warranty", {}, "not_yet", "Opens once the order is partly shipped, shipped or delivered."),
        ("order_details", {"status": "shipped"}, "no_more", "Closed because the order is shipped."),
        ("order_details", {"sent": {"order_details": 2}}, "used_up", "Sent 2 times"),
        ("warranty", {"status": "shipped", "sent": {"warranty": 1}}, "used_up", "Sent once"),
        ("order_details", {"sent": {"order_details": 1, "invoice": 9}}, "", ""),
        ("invoice", {"status": "delivered", "delivered_at": NOW - 31 * DAY}, "window_over", "ended on 1 November 2026"),
        ("invoice", {"status": "delivered", "delivered_at": NOW - 30 * DAY}, "", ""),
        ("unexpected_problem", {"status": "cancelled", "cancelled_at": NOW - 31 * DAY}, "window_over", "ended on"),
        ("invoice", {"status": "shipped", "deliver_by": NOW - 31 * DAY}, "window_over", "ended on"),
        ("invoice", {"status": "unshipped", "deliver_by": NOW - 31 * DAY}, "", ""),
        ("confirm_shipment", {"status": "shipped"}, "nothing_to_tell", "The marketplace tells the buyer this itself"),
        ("confirm_shipment", {"status": "shipped", "to_tell": frozenset({"shipment_confirmation"})}, "", ""),
    ],
)  # fmt: skip
def test_a_closed_purpose_says_why(key, known, closed, words):
    found = shown(key, **known)

    assert (found.closed, found.open) == (closed, not closed)
    assert words in found.sentence


@pytest.mark.parametrize(
    ("anchor", "status", "open_"),
    [("placed", "unshipped", False), ("completed", "unshipped", True), ("delivered", "shipped", True)],
)
def test_the_window_counts_from_what_the_profile_says(anchor, status, open_):
    purpose = next(one for one in PROFILE.purposes if one.key == "delivery_details")
    old = standing(status, placed_at=NOW - 31 * DAY, deliver_by=None)

    assert opening(purpose, old, replace(PROFILE, proactive_anchor=anchor)).open is open_


def test_a_purpose_may_have_a_window_of_its_own():
    longer = replace(PROFILE.purposes[KEYS.index("warranty")], window_days=60, window_anchor="delivered")

    found = opening(longer, standing("delivered", delivered_at=NOW - 59 * DAY), PROFILE)

    assert (found.open, found.until) == (True, NOW + DAY)


moments = st.none() | st.integers(-60, 60).map(lambda days: NOW + timedelta(days=days))
standings = st.builds(
    Standing,
    now=st.just(NOW),
    status=st.sampled_from(Order.Status.values),
    fulfilment=st.sampled_from(["seller", "marketplace"]),
    placed_at=st.integers(0, 60).map(lambda days: NOW - timedelta(days=days)),
    deliver_from=moments,
    deliver_by=moments,
    delivered_at=moments,
    cancelled_at=moments,
    kinds=st.frozensets(st.sampled_from(["media", "digital"])),
    declined=st.booleans(),
    restricted=st.sampled_from(["", "messaging", "proactive_messaging"]),
    sent=st.dictionaries(st.sampled_from(KEYS), st.integers(0, 4)),
)


@given(standings)
def test_every_purpose_is_open_or_says_why_not(at):
    for found in menu(at, PROFILE):
        assert found.open == (found.closed == "") == (found.sentence == "")
        assert found.closed in {"", *CHECKS}


@pytest.mark.requirement("S17")
@given(standings)
def test_whom_declined_or_restricted_only_critical_purposes_reach(at):
    found = {one.purpose for one in menu(at, PROFILE) if one.open}
    if at.declined or at.restricted:
        assert all(purpose.critical for purpose in found)
    if at.restricted == "messaging":
        assert found == set()


@given(standings)
def test_what_the_buyer_chose_changes_nothing_for_critical_purposes(at):
    def critical(declined):
        found = menu(replace(at, declined=declined), PROFILE)
        return [one.closed for one in found if one.purpose.critical]

    assert critical(True) == critical(False)


@given(standings, st.sampled_from(KEYS))
def test_sending_more_never_opens_anything_and_its_number_is_kept(at, key):
    purpose = PROFILE.purposes[KEYS.index(key)]
    more = replace(at, sent={**at.sent, key: at.sent.get(key, 0) + 1})
    before, after = opening(purpose, at, PROFILE), opening(purpose, more, PROFILE)

    assert before.open or not after.open
    assert not before.open or at.sent.get(key, 0) < purpose.most


@pytest.mark.requirement("S16", "S35", "S51")
@pytest.mark.parametrize(
    ("known", "closed"),
    [
        ({"status": "shipped", "deliver_from": NOW - 5 * DAY}, ""),
        ({"status": "shipped", "deliver_from": NOW - 5 * DAY + timedelta(seconds=1)}, "too_early"),
        ({"status": "delivered", "deliver_from": NOW - 33 * DAY, "deliver_by": NOW - 30 * DAY}, ""),
        ({"status": "shipped", "deliver_from": NOW - 33 * DAY, "deliver_by": NOW - 31 * DAY}, "too_late"),
        ({"status": "unshipped", "deliver_from": NOW - 9 * DAY}, "status"),
        ({"status": "cancelled", "deliver_from": NOW - 9 * DAY}, "status"),
        ({"status": "shipped", "deliver_from": None, "deliver_by": None}, "no_dates"),
        ({"status": "shipped", "deliver_from": None, "deliver_by": NOW - 9 * DAY}, "no_dates"),
        ({"status": "delivered", "deliver_from": None, "deliver_by": None, "delivered_at": NOW - 5 * DAY}, ""),
        ({"status": "shipped", "deliver_from": NOW - 9 * DAY, "declined": True}, "declined"),
        ({"status": "shipped", "deliver_from": NOW - 9 * DAY, "restricted": "messaging"}, "restricted"),
        ({"status": "shipped", "deliver_from": NOW - 9 * DAY, "restricted": "proactive_messaging"}, ""),
        ({"status": "shipped", "deliver_from": NOW - 9 * DAY, "fulfilment": "marketplace"}, ""),
    ],
)
def test_when_a_review_may_be_asked_for(known, closed):
    found = review_opening(PROFILE.review_request, standing(**known))

    assert (found.closed, bool(found.sentence)) == (closed, bool(closed))


def test_the_file_names_what_exists():
    """What the profile says must be known to the rule engine, to orders, and fit its column."""
    assert len(set(KEYS)) == len(KEYS)
    for purpose in PROFILE.purposes:
        assert purpose.checked_as in PURPOSES
        assert purpose.topic in TOPICS
        assert set(purpose.statuses) <= set(Order.Status.values)
        assert len(purpose.key) <= 20
        assert purpose.key not in PURPOSES
        assert purpose.most > 0
        assert bool(purpose.characters) != bool(purpose.words)


@pytest.mark.requirement("S17")
def test_limits_and_files_are_those_of_the_sends():
    """rules §2: text limits and file counts, by send."""
    limits = {one.key: (one.characters, one.files_min, one.files_max) for one in PROFILE.purposes}
    assert limits == {
        **dict.fromkeys(["order_details", "delivery_details", "delivery_appointment"], (2000, 0, 0)),
        **dict.fromkeys(["unexpected_problem", "return_question"], (2000, 0, 0)),
        "custom_details": (800, 0, 5),
        "digital_key": (400, 0, 5),
        **dict.fromkeys(["invoice", "warranty", "legal_disclosure"], (0, 1, 5)),
        **dict.fromkeys(["confirm_shipment", "order_unavailable", "confirm_return"], (4000, 0, 0)),
    }
    owed = {"confirm_shipment", "order_unavailable"}  # what a seller must send reaches everybody
    assert {one.key for one in PROFILE.purposes if one.critical} == {"unexpected_problem", "legal_disclosure"} | owed
