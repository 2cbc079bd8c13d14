"""The queue of reports, deciding on one, and changing a handling time with a reason."""

import pytest

from comity.catalog.models import Listing
from comity.messaging.models import Message, Report
from comity.messaging.services.reports import decide, report
from tests import factories
from tests.web.buyer.shop import typed, words
from tests.web.desk.shop import signed_in, with_role


@pytest.fixture
def operator(shop):
    return signed_in(shop.admin.user)


@pytest.fixture
def found(desk):
    """The shop has reported what the buyer asked."""
    return complain(desk)


def complain(desk):
    question = Message.objects.get(conversation=desk.conversation).public_id
    return report(seat=desk.seller_seat(), message_id=question, reason="abuse", words="Read this.", now=desk.now)


@pytest.mark.requirement("S86", "S87")
def test_the_queue_says_who_reported_whom_and_why(shop, desk, operator, found):
    shown = words(operator.get(shop.operate("reports/")))

    for told in ("Where is it?", "Insult, threat or hate", shop.seller.name, desk.buyer.name):
        assert told in shown


@pytest.mark.requirement("S87")
def test_a_report_stands_with_what_was_said_around_it(shop, desk, operator, found):
    desk.answer("It left on Monday.")
    desk.deliver()

    shown = words(operator.get(shop.operate(f"reports/{found.public_id}/")))

    assert "Read this." in shown
    assert "It left on Monday." in shown


def test_a_decision_is_stored_and_leaves_the_queue(shop, operator, found):
    place = shop.operate(f"reports/{found.public_id}/")

    answer = operator.post(place, {"state": "upheld", "reason": "It is an insult."})

    found.refresh_from_db()
    assert (found.state, found.explanation) == ("upheld", "It is an insult.")
    assert answer.headers["Location"] == shop.operate("reports/?done=decided")
    assert "No report is open" in words(operator.get(shop.operate("reports/")))
    assert "Where is it?" in words(operator.get(shop.operate("reports/?view=decided")))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"reason": "Why & how."}, "Choose whether the report"), ({"state": "upheld", "reason": ""}, "Say why")],
)
def test_a_decision_that_lacks_something_comes_back(shop, operator, found, fields, sentence):
    answer = operator.post(shop.operate(f"reports/{found.public_id}/"), fields)

    assert (answer.status_code, Report.objects.get().state) == (422, "open")
    assert sentence in words(answer)
    assert typed(answer) == fields["reason"]


def test_who_decides_second_reads_the_first_decision(shop, desk, operator, found):
    judge = with_role(shop, "moderator")
    decide(
        report_id=found.public_id,
        staff=judge,
        user=judge.user,
        decision="dismissed",
        reason="A question.",
        now=desk.now,
    )

    answer = operator.post(shop.operate(f"reports/{found.public_id}/"), {"state": "upheld", "reason": "Mine."})

    assert (answer.status_code, Report.objects.get().state) == (409, "dismissed")
    for told in ("Somebody decided first", "A question.", "Mine."):
        assert told in words(answer)


def test_the_queue_takes_the_same_queries_however_long(shop, desk, operator, found, django_assert_num_queries):
    operator.get(shop.operate("reports/"))
    for more in (0, 2):
        for _ in range(more):
            another = shop.another()
            another.ask()
            another.deliver()
            complain(another)
        # session, user, seat, held; count, page
        with django_assert_num_queries(6):
            operator.get(shop.operate("reports/"))


@pytest.fixture
def offer(shop):
    return factories.listing(shop.seller, sku="LAMP-1")


@pytest.mark.requirement("S85")
def test_a_handling_time_is_changed_with_a_reason(shop, operator, offer):
    place = shop.operate(f"listings/{offer.public_id}/")

    answer = operator.post(place, {"handling_days": "5", "reason": "Late thrice.", "version": "1"})

    assert answer.headers["Location"] == f"{place}?done=changed"
    assert Listing.objects.get(pk=offer.pk).handling_days == 5
    shown = words(operator.get(f"{place}?done=changed"))
    assert "Orders placed before keep their dates." in shown
    assert "From 2 to 5 business days" in shown


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"reason": ""}, 422, "Say why: the seller is told this reason."),
        ({"handling_days": "soon"}, 422, "Give business days from 0 to 365."),
        ({"handling_days": "2"}, 422, "It is 2 business days already."),
        ({"version": "9"}, 409, "This listing changed since you opened the page."),
    ],
)
def test_a_change_without_reason_or_sense_is_refused(shop, operator, offer, fields, status, sentence):
    given = {"handling_days": "5", "reason": "Late thrice.", "version": "1", **fields}

    answer = operator.post(shop.operate(f"listings/{offer.public_id}/"), given)

    assert (answer.status_code, Listing.objects.get(pk=offer.pk).handling_days) == (status, 2)
    assert sentence in words(answer)
    assert typed(answer) == given["reason"]


@pytest.mark.parametrize(("query", "rows"), [("lamp-1", 1), ("Oil", 2), ("nothing", 0), ("", 2)])
def test_a_listing_is_found_by_sku_product_or_shop(shop, operator, offer, query, rows):
    factories.listing(shop.seller)
    factories.listing()

    shown = operator.get(shop.operate(f"listings/?q={query}")).content.decode()

    assert shown.count("/operate/listings/lst_") == rows
