"""The pages of results: who reaches what, and what stands on them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import OperatorStaff
from comity.messaging.services.search import index_missing
from tests import factories
from tests.web.desk.shop import signed_in, with_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(shop):
    """A question and an answer, the answer refused; everything indexed."""
    made = shop.another()
    made.ask("Where is the lámp of <b>brass</b>?")
    made.deliver()
    made.answer("BLOCK the lamp is lost")
    made.ask("Where is my lamp money?", topic="payment")
    made.deliver()
    index()
    return made


def index():
    while index_missing():
        pass


def people(shop, talk):
    return {
        "buyer": (talk.buyer.user, f"/{shop.market.slug}/search/"),
        "seller": (shop.owner.user, shop.at("search/")),
        "service": (with_role(shop, OperatorStaff.Role.SERVICE_AGENT).user, shop.operate("search/")),
        "record": (with_role(shop, OperatorStaff.Role.INVESTIGATOR).user, shop.operate("search/record/")),
        "other buyer": (factories.buyer(shop.market).user, f"/{shop.market.slug}/search/"),
    }


def words(page):
    """The words of every message that is shown."""
    return sorted(
        re.sub("<.*?>", "", one) for one in re.findall(r'<p class="serif".*?>(.*?)</p>', page.content.decode())
    )


QUESTION, ANSWER, SERVICE = (
    "Where is the lámp of &lt;b&gt;brass&lt;/b&gt;?",
    "BLOCK the lamp is lost",
    "Where is my lamp money?",
)
EXPECTED = {
    "buyer": [QUESTION, SERVICE],
    "seller": [ANSWER, QUESTION],
    "service": [SERVICE],
    "record": [ANSWER, QUESTION, SERVICE],
    "other buyer": [],
}


@pytest.mark.parametrize("who", EXPECTED)
def test_everybody_finds_what_is_theirs(shop, talk, who):
    user, address = people(shop, talk)[who]
    page = signed_in(user).get(address, {"q": "lamp", "what": "messages"})
    assert (page.status_code, words(page)) == (200, sorted(EXPECTED[who]))


@pytest.mark.parametrize("who", [who for who in EXPECTED if EXPECTED[who]])
def test_every_hit_leads_somewhere_the_reader_may_go(shop, talk, who):
    user, address = people(shop, talk)[who]
    client = signed_in(user)
    for query in ("lamp", talk.order.number, talk.buyer.name, shop.seller.name):
        page = client.get(address, {"q": query}).content.decode()
        hits = re.findall(r'<a class="strong[^"]*" href="([^"]+)"', page)
        for href in hits:
            target = href.replace("&amp;", "&") if href.startswith("/") else f"{address}{href}".replace("&amp;", "&")
            assert client.get(target).status_code == 200, (query, target)
    assert hits or who == "service"


def test_what_people_wrote_is_never_markup(shop, talk):
    user, address = people(shop, talk)["seller"]
    page = signed_in(user).get(address, {"q": "<script>brass"}).content.decode()
    assert "<b>brass" not in page
    assert "&lt;script&gt;" in page
    page = signed_in(user).get(address, {"q": "brass"}).content.decode()
    assert '&lt;b&gt;<mark class="hit">brass</mark>&lt;/b&gt;' in page


def test_filters_stand_in_the_address_and_come_back(shop, talk):
    user, address = people(shop, talk)["seller"]
    page = signed_in(user).get(address, {"q": "lamp", "state": "blocked", "what": "messages"})
    assert words(page) == [ANSWER]
    assert '<option value="blocked" selected>' in page.content.decode()
    assert 'href="?q=lamp&amp;state=blocked&amp;what=orders"' in page.content.decode()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"from": "yesterday"}, "Write a day as 2026-11-30."),
        ({"until": "9999-12-31"}, "Write a day as 2026-11-30."),
        ({"from": "2026-11-03", "until": "2026-11-02"}, "Choose a last day that is not before the first one."),
    ],
)
def test_a_wrong_day_is_said_beside_its_field_and_kept(shop, talk, given, sentence):
    user, address = people(shop, talk)["seller"]
    page = signed_in(user).get(address, {"q": "lamp", **given})
    assert (page.status_code, words(page)) == (422, [])
    assert sentence in page.content.decode()
    assert all(f'value="{value}"' in page.content.decode() for value in given.values())


@pytest.mark.parametrize(
    ("query", "title"),
    [("", "Find a message, an order, a person"), ("zanzibar", "Nothing found"), ("\x00", "Find a message")],
)
def test_empty_pages_say_what_to_do(shop, talk, query, title):
    user, address = people(shop, talk)["buyer"]
    assert title in signed_in(user).get(address, {"q": query}).content.decode()


def test_pages_keep_the_question(shop, talk, monkeypatch):
    monkeypatch.setattr("comity.messaging.selectors.search.PAGE_SIZE", 1)
    user, address = people(shop, talk)["seller"]
    page = signed_in(user).get(address, {"q": "lamp", "side": "buyer"}).content.decode()
    assert "?q=lamp&amp;side=buyer&amp;page=2" not in page  # one hit
    page = signed_in(user).get(address, {"q": "lamp"}).content.decode()
    assert 'href="?q=lamp&amp;page=2"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_results_take_the_same_queries_however_many(shop, rows):
    for _ in range(rows):
        desk = shop.another()
        desk.ask("Where is the lamp?")
        desk.deliver()
    index()
    client = signed_in(shop.owner.user)
    with CaptureQueriesContext(connection) as queries:
        client.get(shop.at("search/"), {"q": "lamp", "what": "messages"})
    # session, user, seat; the index for each kind; messages
    assert len(queries) == 7, [query["sql"] for query in queries]


def test_the_box_stands_on_every_page_of_a_desk(shop, talk):
    page = signed_in(shop.owner.user).get(shop.at("inbox/?view=all")).content.decode()
    assert f'action="{shop.at("search/")}"' in page


def test_days_are_the_readers(shop, talk):
    talk.buyer.user.time_zone = "Pacific/Kiritimati"  # where it was the 3rd already
    talk.buyer.user.save()
    client = signed_in(talk.buyer.user)
    address = f"/{shop.market.slug}/search/?q=lamp&what=messages"
    assert words(client.get(f"{address}&from=2026-11-03")) == sorted(EXPECTED["buyer"])
    assert words(client.get(f"{address}&until=2026-11-02")) == []
