"""Returns at the desk of a shop: by deadline, answered, received, looked at, refunded with the sums shown."""

import re
from datetime import timedelta

import pytest

from comity.orders.models import Replacement, Return
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.results import only
from tests import factories
from tests.factories import NOW
from tests.orders.returns import HOME, again, arrived, back, given_back, graded, wanted
from tests.web.buyer.test_returns import words
from tests.web.desk.shop import reader_of, signed_in
from tests.web.pages import errors_of, untied


@pytest.fixture
def at_noon(clock_at, settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    clock_at(NOW + timedelta(hours=2))


@pytest.fixture
def press(client, shop, at_noon):
    """Send the form of a return."""
    return lambda made, action, key="k1", **typed: client.post(
        shop.at(f"returns/{made.public_id}/"), {"action": action, "key": key, **typed}
    )


@pytest.fixture
def look(client, shop, at_noon):
    return lambda made: words(client.get(shop.at(f"returns/{made.public_id}/")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_is_by_deadline_and_costs_the_same_for_any_number(
    client, shop, at_noon, django_assert_num_queries, count
):
    for n in range(count):
        wanted(arrived(shop=shop.seller, unit=1_000 + n), now=NOW - timedelta(hours=n))
    client.get(shop.at("returns/"))
    with django_assert_num_queries(7):
        page = client.get(shop.at("returns/"))
    assert [row["returned"].requested_at for row in page.context["rows"]] == [
        NOW - timedelta(hours=n) for n in reversed(range(count))
    ]
    assert "left" in words(page)


def test_the_views_of_the_list(client, shop, at_noon):
    back(arrived(shop=shop.seller))
    for view, shown in (("", True), ("under_way", False), ("over", False), ("nonsense", True)):
        page = client.get(shop.at(f"returns/?view={view}"))
        assert bool(page.context["rows"]) == shown


def test_one_page_shows_what_the_table_says(shop, look):
    made = wanted(arrived(shop=shop.seller), comment="Too bright")
    shown = look(made)
    assert "Must be taken back and refunded in full" in shown
    assert "Too bright" in shown
    assert "Decline the return" not in shown
    assert "Decline the return" in look(wanted(arrived(shop=shop.seller, days=31)))


def test_a_request_is_accepted_with_an_address_that_is_there_the_next_time(shop, press, look):
    made = wanted(arrived(shop=shop.seller))
    assert press(made, "authorise", address=HOME).status_code == 302
    assert press(made, "authorise", address=HOME).status_code == 302  # the same form again
    assert again(made).address == HOME
    assert HOME in look(wanted(arrived(shop=shop.seller)))


@pytest.mark.parametrize(
    ("case", "action", "typed", "field"),
    [
        ({}, "authorise", {"address": ""}, "address"),
        ({"days": 31}, "decline", {"answer": ""}, "answer"),
        ({"days": 31}, "decline", {"answer": "Mail me at ann@example.com"}, "answer"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(shop, press, case, action, typed, field):
    made = wanted(arrived(shop=shop.seller, **case))
    answer = press(made, action, **typed)
    page = answer.content.decode()
    assert (answer.status_code, untied(page), bool(errors_of(page, field))) == (422, [], True)
    assert all(value in page for value in typed.values())
    assert again(made).state == "requested"


def late(one):
    """Asked for when nothing must be taken back any more."""
    one.delivered_at -= timedelta(days=30)
    one.save()
    return wanted(one)


def emptied(one):
    return graded(one, as_="not_the_item", why="empty_parcel")


SCRATCH = {"grade-1": "used", "grade_reason-1": "worn", "percent-1": "", "comment-1": "A scratch."}


@pytest.mark.parametrize(
    ("make", "action", "typed", "said"),
    [
        (wanted, "authorise", {"address": HOME}, (HOME, "", "")),
        (late, "decline", {"answer": "It is too late."}, ("", "It is too late.", "")),
        (back, "grade", SCRATCH, (HOME, "", "A scratch.")),
        (emptied, "refuse", {"answer": "It was empty."}, (HOME, "It was empty.", "")),
    ],
)
def test_nobody_waits_while_the_rules_read_and_they_read_once(shop, press, reading, make, action, typed, said):
    made = make(arrived(shop=shop.seller))
    reading.clear()
    for _ in range(2):
        assert press(made, action, **typed).status_code == 302
    stored, line = again(made), again(made).lines.get()
    assert ((stored.address, stored.answer, line.grade_comment), reading) == (said, [0])


def test_a_label_is_needed_where_the_seller_pays(shop, press):
    made = wanted(arrived(shop=shop.seller), reason="defective")
    page = press(made, "authorise", address=HOME).content.decode()
    assert "attach a label" in page
    assert (untied(page), HOME in page) == ([], True)


def test_what_must_be_taken_back_is_not_declined_by_a_forged_form(shop, press):
    made = wanted(arrived(shop=shop.seller))
    assert "must be taken back" in words(press(made, "decline", answer="No."))
    assert again(made).state == "requested"


def test_money_without_the_goods(shop, press):
    one = arrived(shop=shop.seller)
    press(wanted(one), "returnless")
    assert given_back(one) == 1_000


def test_goods_are_looked_at_and_the_sums_shown_before_they_are_paid(shop, press, look):
    one = arrived(shop=shop.seller, postage=490)
    made = back(one)
    press(made, "grade", **{"grade-1": "used", "grade_reason-1": "worn", "percent-1": "20", "comment-1": "A bit"})
    assert "The buyer gets €12.90" in look(made)
    press(made, "refund", key="k2", postage="3.90")
    assert given_back(one) == 900
    assert "Refunded €9.00" in look(made)


USED = {"grade-1": "used", "grade_reason-1": "worn", "percent-1": "", "comment-1": ""}


def test_a_condition_is_shown_with_its_sums_before_it_is_recorded_and_can_be_changed(shop, press):
    made = back(arrived(shop=shop.seller))
    ahead = press(made, "look_ahead", **{**USED, "comment-1": "A scratch."})
    shown = words(ahead)
    assert ("Used, worn, 50 % deducted A scratch." in shown, "The buyer gets €5.00" in shown) == (True, True)
    assert (ahead.status_code, "Record the condition" in shown, again(made).state) == (200, True, "received")
    changed = press(made, "back", **USED).content.decode()
    assert re.search(r'value="used" selected', changed)
    assert (untied(changed), again(made).state, made.lines.get().grade) == ([], "received", "")
    press(made, "grade", **USED)
    assert (again(made).state, made.lines.get().deduction_percent) == ("graded", 50)


def gave(one, amount):
    change = Change(one.public_id, "GeneralAdjustment", (Part("", "Goodwill", amount),), "g1")
    only(adjust(one.seller, [change], source="page", actor="", now=NOW))


def test_the_page_says_that_less_is_left_of_the_order(shop, press, look):
    one = arrived(shop=shop.seller)
    gave(one, 400)
    assert "gets €6.00: no more is left of this order" in look(wanted(one))
    Return.objects.all().delete()
    made = graded(one)
    shown = look(made)
    assert "The buyer gets €6.00 €4.00 less than that: no more is left of what was paid for this order" in shown
    press(made, "refund")
    assert given_back(one) == 1_000


def test_the_page_leads_out_of_a_return_that_was_refunded_before(shop, press, look):
    one = arrived(shop=shop.seller)
    made = graded(one)
    gave(one, 1_000)
    shown = look(made)
    answer = "Its price was given back to you before, so nothing is left to refund."
    assert "Nothing is left to refund. End the return with a refusal: the buyer reads why." in shown
    assert (answer in shown, "It must be refunded" in shown) == (True, False)
    assert press(made, "refuse", answer=answer).status_code == 302
    assert (again(made).state, again(made).answer) == ("declined", answer)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "grade-1"),
        ({"grade-1": "used"}, "grade_reason-1"),
        ({"grade-1": "used", "grade_reason-1": "other"}, "comment-1"),
        ({"grade-1": "used", "grade_reason-1": "worn", "percent-1": "51"}, "percent-1"),
        ({"grade-1": "used", "grade_reason-1": "worn", "percent-1": "1.5"}, "percent-1"),
        ({"grade-1": "used", "grade_reason-1": "worn", "percent-1": "20"}, "comment-1"),
    ],
)
@pytest.mark.parametrize("action", ["look_ahead", "grade"])
def test_a_grade_that_is_not_whole_comes_back(shop, press, typed, field, action):
    made = back(arrived(shop=shop.seller))
    answer = press(made, action, **typed)
    page = answer.content.decode()
    assert (answer.status_code, untied(page), bool(errors_of(page, field))) == (422, [], True)
    assert again(made).state == "received"


@pytest.mark.parametrize("postage", ["-1", "0.001", "1e9", "abc", "99.00", "1,500"])
def test_an_amount_that_cannot_be_comes_back(shop, press, postage):
    one = arrived(shop=shop.seller)
    made = graded(one)
    answer = press(made, "refund", postage=postage)
    page = answer.content.decode()
    assert (answer.status_code, untied(page), given_back(one)) == (422, [], 0)
    assert postage in page


def test_a_refund_is_refused_only_where_the_table_lets_it(shop, press, look):
    made = graded(arrived(shop=shop.seller), as_="not_the_item", why="empty_parcel")
    assert "Refuse the refund" in look(made)
    press(made, "refuse", answer="The parcel was empty.")
    assert "The parcel was empty." in look(made)
    kept = graded(arrived(shop=shop.seller))
    assert "It must be refunded" in words(press(kept, "refuse", key="k2", answer="No."))


def test_a_colleague_was_first(shop, press):
    made = back(arrived(shop=shop.seller))
    assert "has arrived and is yet to be looked at" in words(press(made, "receive"))


@pytest.mark.requirement("S36")
def test_the_shop_does_not_answer_what_the_marketplace_sent(shop, press, look):
    made = wanted(arrived(shop=shop.seller, fulfilment="marketplace"))
    assert "You do not answer this return" in look(made)
    assert press(made, "returnless").status_code == 422
    client = signed_in(factories.operator(shop.market, "service_agent").user)
    assert made.order.number in words(client.get(shop.operate("returns/")))
    answer = client.post(shop.operate(f"returns/{made.public_id}/"), {"action": "returnless", "key": "k1"})
    assert (answer.status_code, again(made).state) == (302, "refunded")


@pytest.mark.parametrize(("role", "linked"), [("service_agent", False), ("admin", True)])
def test_who_answers_reads_that_a_replacement_was_promised(shop, look, role, linked):
    made = wanted(arrived(shop=shop.seller, fulfilment="marketplace"))
    again = factories.order(made.order.buyer, shop.seller, fulfilment="marketplace")
    Replacement.objects.create(order=again, of=made.order, offer="off_1")
    assert f"Replaced by order {again.number}" in look(made)
    client = signed_in(factories.operator(shop.market, role).user)
    page = client.get(shop.operate(f"returns/{made.public_id}/"))
    assert f"Replaced by order {again.number}" in words(page)
    there = re.findall(rf'href="([^"]+)">order <span class="code">{again.number}', page.content.decode())
    assert [client.get(one).status_code for one in there] == [200] * linked


def test_who_reads_only_has_no_forms(shop, at_noon):
    made = wanted(arrived(shop=shop.seller))
    shown = signed_in(reader_of(shop).user).get(shop.at(f"returns/{made.public_id}/")).content.decode()
    assert "Accept the return" not in shown
    assert Return.objects.get().state == "requested"


def test_the_order_leads_to_its_returns(client, shop, at_noon):
    made = wanted(arrived(shop=shop.seller))
    assert shop.at("returns/") in client.get(shop.at("orders/")).content.decode()
    assert f"returns/{made.public_id}/" in client.get(shop.at(f"orders/{made.order.public_id}/")).content.decode()
