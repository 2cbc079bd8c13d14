"""A buyer votes, reports and blocks; sees the shop's policies and what is not available now."""

import pytest

from comity.accounts.models import OperatorStaff
from comity.catalog.models import Listing
from comity.catalog.services.policies import Wording, publish_policy
from comity.common import clock
from comity.messaging.models import Block, Message, Report, Vote
from comity.messaging.services.reports import decide
from comity.orders.models import Order
from tests import factories
from tests.web.buyer.shop import deliver, typed, words


@pytest.fixture
def told(shop):
    """An answered question about a listing; the answer. The order is over."""
    Order.objects.update(status=Order.Status.DELIVERED)
    shop.contact()
    deliver()
    shop.told = shop.answer("It is brass.")
    return shop


def page(shop, rest=""):
    return shop.get(f"messages/{shop.conversation.public_id}/{rest}")


def send(shop, rest, **fields):
    return shop.post(f"messages/{shop.conversation.public_id}/{rest}", **fields)


@pytest.mark.requirement("S87")
def test_a_report_is_asked_for_sent_and_shown(told):
    asked = page(told, f"report/{told.told.public_id}/")
    assert "It is brass." in words(asked)
    assert f"{told.seller.name} is not told that you reported it." in words(asked)

    answer = send(told, f"report/{told.told.public_id}/", reason="scam", words="It is steel.")

    assert answer.headers["Location"].endswith(f"#{told.told.public_id}")
    assert Report.objects.get().words == "It is steel."
    assert f"You reported this message: fraud. {told.market.name} reads it" in words(page(told))
    assert page(told, f"report/{told.told.public_id}/").status_code == 302


@pytest.mark.requirement("S87")
@pytest.mark.parametrize(
    ("decision", "outcome"), [("upheld", "agrees that it breaks the rules"), ("dismissed", "keeps to the rules")]
)
def test_the_reporter_reads_the_outcome_and_the_reason(told, decision, outcome):
    send(told, f"report/{told.told.public_id}/", reason="scam")
    staff = factories.operator(told.market, OperatorStaff.Role.MODERATOR)
    report = Report.objects.get().public_id
    decide(report_id=report, staff=staff, user=staff.user, decision=decision, reason="Because.", now=clock.now())

    assert outcome in words(page(told))
    assert "Because." in words(page(told))


@pytest.mark.parametrize(("fields", "sentence"), [({}, "Choose what is wrong"), ({"reason": "other"}, "own words")])
def test_a_report_that_lacks_something_comes_back_as_it_was(told, fields, sentence):
    answer = send(told, f"report/{told.told.public_id}/", words="", **fields)

    assert (answer.status_code, Report.objects.count()) == (422, 0)
    assert sentence in words(answer)


def test_what_was_typed_in_a_refused_report_stays(told):
    answer = send(told, f"report/{told.told.public_id}/", words="It is steel & rust.")

    assert typed(answer) == "It is steel & rust."


def test_nothing_of_ones_own_can_be_reported(told):
    own = Message.objects.get(side="buyer").public_id

    assert page(told, f"report/{own}/").status_code == 404
    assert page(told).content.decode().count("/report/") == 1


@pytest.mark.parametrize(("solved", "stored"), [("yes", True), ("no", False)])
def test_a_vote_is_one_press_and_shows_which(told, solved, stored):
    assert 'aria-pressed="true"' not in _votes(page(told))

    send(told, f"solved/{told.told.public_id}/", solved=solved)

    assert Vote.objects.get().solved is stored
    assert f'value="{solved}" aria-pressed="true"' in _votes(page(told))


def _votes(response):
    return response.content.decode().split("Did this solve it?")[1].split("</form>")[0]


def test_only_the_last_answer_asks_and_earlier_votes_are_said(told):
    send(told, f"solved/{told.told.public_id}/", solved="no")
    told.answer("Steel, sorry.")

    shown = words(page(told))

    assert shown.count("Did this solve it?") == 1
    assert "You said that this did not solve it." in shown


def test_a_block_is_explained_made_and_taken_back(told):
    assert "They are not told that you blocked them" in words(page(told, "block/"))
    assert f'href="{told.path(f"messages/{told.conversation.public_id}/block/")}"' in page(told).content.decode()
    send(told, "block/", block="yes")
    assert Block.objects.filter(ended_at=None).exists()

    refused = told.reply("Hello again")
    assert (refused.status_code, typed(refused)) == (422, "Hello again")
    assert "You have blocked them." in words(refused)
    send(told, "block/", block="no")
    assert told.reply("Hello again").status_code == 302


def test_an_open_order_says_until_when_nobody_is_blocked(told):
    Order.objects.update(status=Order.Status.SHIPPED)

    answer = send(told, "block/", block="yes")

    assert (answer.status_code, Block.objects.count()) == (409, 0)
    assert f"Order {told.order.number} is still open" in words(answer)
    assert "Unblock" not in words(answer)


def promise(shop, text, number=0, kind="returns"):
    return publish_policy(staff=shop.staff, kind=kind, wording=Wording(text, number), now=clock.now())


@pytest.mark.requirement("S66", "S82", "S12")
def test_a_sellers_page_leads_to_products_policies_ratings_and_contact(shop):
    policy = promise(shop, "Within 30 days.")
    answer = shop.get(f"sellers/{shop.seller.public_id}/")
    page = answer.content.decode()

    assert "Within 30 days." in words(answer)
    assert "None yet: nobody has rated this seller." in words(answer)
    assert "Answers within 24 hours." in words(answer)
    for rest in (
        f"products/{shop.listing.public_id}/",
        f"sellers/{shop.seller.public_id}/policies/{policy.public_id}/",
    ):
        assert f'href="{shop.path(rest)}"' in page
    assert f'href="{shop.path("contact/")}?seller={shop.seller.public_id}"' in page


@pytest.mark.requirement("S82")
def test_an_earlier_version_says_until_when_it_held(shop):
    first = promise(shop, "Within 30 days.")
    second = promise(shop, "Within 60 days.", number=1)
    place = f"sellers/{shop.seller.public_id}/policies"

    earlier, current = shop.get(f"{place}/{first.public_id}/"), shop.get(f"{place}/{second.public_id}/")

    assert "This is an earlier version." in words(earlier)
    assert shop.path(f"{place}/{second.public_id}/") in earlier.content.decode()
    assert "earlier version" not in words(current)


@pytest.mark.requirement("S82")
def test_a_conversation_about_an_order_cites_the_policies_of_its_day(shop):
    first = promise(shop, "Within 30 days.")
    Order.objects.update(placed_at=clock.now())
    second = promise(shop, "Within 60 days.", number=1)
    shop.contact("Where is it?", topic="order_status", about=f"order={shop.order.public_id}")

    shown = page(shop).content.decode()

    assert f"policies/{first.public_id}/" in shown
    assert f"policies/{second.public_id}/" not in shown


@pytest.mark.requirement("S28", "S31")
@pytest.mark.parametrize("change", [{"quantity": 0}, {"offered": False}, {"offered_until_on": "2020-01-01"}])
def test_what_cannot_be_bought_says_so_and_keeps_its_contact(shop, change):
    Listing.objects.update(description="Made of brass.", **change)
    answer = shop.get(f"products/{shop.listing.public_id}/")

    assert "Not available now." in words(answer)
    assert "Made of brass." in words(answer)
    assert f"contact/?listing={shop.listing.public_id}" in answer.content.decode()
    assert "Not available now" in words(shop.get(""))
