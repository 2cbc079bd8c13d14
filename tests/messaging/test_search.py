"""Search: who finds what, by which words, the same on both databases."""

from datetime import timedelta

import pytest
from django.db import connection

from comity.common.record import erase
from comity.messaging.models import Conversation, Findable, Message, Ruling, SearchEntry, Side
from comity.messaging.selectors import search as selector
from comity.messaging.selectors.search import Filters, Scope, search
from comity.messaging.services import search as indexing
from comity.messaging.services.contact import Subject
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import make_desk

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def index():
    while indexing.index_missing():
        pass


def reindex():
    for kind in Findable:
        indexing.index_all(kind)


def found(scope, query, what="messages", **filters):
    """The texts, numbers or names of what is found."""
    result = search(scope=scope, query=query, filters=Filters(what=what, **filters))
    name = {"messages": "text", "orders": "number", "people": "name"}[what]
    return [getattr(hit.found, name) for hit in result.page] if result else None


def readers(desk, rival=None):
    """Every reader of the marketplace, and its counterpart on another one."""
    market = desk.order.marketplace
    return {
        "buyer": Scope.of_buyer(desk.buyer),
        "seller": Scope.of_seller(desk.order.seller),
        "service": Scope.of_service(market),
        "record": Scope.of_record(market),
        "other buyer": Scope.of_buyer(factories.buyer(market)),
        "other seller": Scope.of_seller(rival or factories.seller(market)),
        "foreign record": Scope.of_record(factories.marketplace()),
    }


def who_finds(desk, query):
    index()
    return {name for name, scope in readers(desk).items() if found(scope, query)}


TEXTS = {
    "lamp": "Where is the lámp, please? It's late.",
    "polish": "Łódź: die Straße heißt ÄRGER.",
    "number": "About order 305-1234567-7654321, parcel JVGL-06/99.",
    "chinese": "我的灯在哪里？",
    "japanese": "私は猫が好きです。",
    "russian": "Ёлка ещё не пришла",
    "greek": "Πού είναι η λάμπα;",
    "hindi": "मेरा दीपक कहाँ है",
    "arabic": "أَيْنَ المِصْبَاح",
    "turkish": "IŞIK geldi mi",
    "signs": 'a "quoted" OR b* NEAR(c) -d col:e \\ %s',
    "wide": "Ｌａｍｐ ② ﬁne",
}
# What is typed, and which of the texts above are found. Both databases must agree.
EXPECTED = [
    ("lamp", {"lamp", "wide"}),
    ("LÁMP", {"lamp", "wide"}),
    ("lam", {"lamp", "wide"}),
    ("lam late", set()),  # only the last word may be the beginning of one
    ("late lam", {"lamp"}),
    ("amp", set()),
    ("it's", {"lamp"}),
    ("lodz", {"polish"}),
    ("strasse arger", {"polish"}),
    ("Straße", {"polish"}),
    ("305-1234567-7654321", {"number"}),
    ("30512345677654321", {"number"}),
    ("1234567", {"number"}),
    ("305-1234", {"number"}),
    ("7654321", {"number"}),
    ("jvgl0699", {"number"}),
    ("JVGL 06", {"number"}),
    ("灯", {"chinese"}),
    ("哪里", {"chinese"}),
    ("里灯", set()),
    ("猫が好き", {"japanese"}),
    ("елка еще", {"russian"}),
    ("λαμπα", {"greek"}),
    ("दीप", {"hindi"}),
    ("المصباح", {"arabic"}),
    ("ışık", {"turkish"}),
    ("isik", {"turkish"}),
    ('"quoted" OR', {"signs"}),
    ("b*", {"signs"}),
    ("NEAR(c)", {"signs"}),
    ("col:e", {"signs"}),
    ("lamp OR lodz", set()),
    ("%s", {"lamp", "signs"}),  # it’s, %s
    ("fine", {"wide"}),
    ("2", {"wide"}),
    ("@mb1", set()),
    ("l", set()),  # one letter is no beginning of a word
]


@pytest.fixture
def written(desk):
    """Every text, delivered to the same seller."""
    for text in TEXTS.values():
        desk.ask(text)
    desk.deliver()
    index()
    return desk


@pytest.mark.parametrize(("query", "hits"), EXPECTED, ids=[query for query, _ in EXPECTED])
def test_expected_hits(written, query, hits):
    names = {text: name for name, text in TEXTS.items()}
    assert {names[text] for text in found(Scope.of_seller(written.order.seller), query)} == hits


@pytest.mark.parametrize("query", ["", "  ", "?!*\"'()", "\x00", "\ud800", "—"])
def test_nothing_to_look_for_is_said(written, query):
    assert search(scope=Scope.of_buyer(written.buyer), query=query) is None


def test_latest_come_first_with_right_counts_and_nearest_page(desk, monkeypatch):
    monkeypatch.setattr(selector, "PAGE_SIZE", 2)
    for number in range(5):
        desk.later(1).ask(f"lamp number {number}")
    desk.deliver()
    index()
    scope = Scope.of_buyer(desk.buyer)
    pages = {
        page: search(scope=scope, query="lamp", filters=Filters("messages"), page=page) for page in ("1", "2", "9", "x")
    }

    assert {page: [hit.found.text[-1] for hit in result.page] for page, result in pages.items()} == {
        "1": ["4", "3"],
        "2": ["2", "1"],
        "9": ["0"],
        "x": ["4", "3"],
    }
    assert {(result.counts["messages"], result.page.paginator.num_pages) for result in pages.values()} == {(5, 3)}


def test_a_delivered_message_is_found_by_both_sides_and_on_record(desk):
    desk.ask("Where is the lamp?")
    desk.deliver()
    assert who_finds(desk, "lamp") == {"buyer", "seller", "record"}


@pytest.mark.parametrize("word", ["HOLD", "BLOCK"])
def test_what_is_not_delivered_is_found_by_its_authors_side_and_on_record(desk, word):
    desk.ask("Where is it?")
    desk.deliver()
    desk.ask(f"{word} lamp")
    desk.answer(f"{word} glass")
    assert who_finds(desk, "lamp") == {"buyer", "record"}
    assert who_finds(desk, "glass") == {"seller", "record"}


def test_the_service_desk_finds_what_the_marketplace_is_asked(desk):
    desk.ask("Where is my money?", topic="payment")
    desk.deliver()
    assert who_finds(desk, "money") == {"buyer", "service", "record"}
    assert found(Scope.of_service(desk.order.marketplace), desk.order.number, "orders") == [desk.order.number]
    assert found(Scope.of_service(desk.order.marketplace), desk.buyer.name, "people") == [desk.buyer.name]


def test_without_the_scope_term_everybody_finds_everything(desk, monkeypatch):
    """The mutant that the tests above must notice: a search that does not say who asks."""
    desk.ask("Where is the lamp?")
    desk.deliver()
    index()
    asked = {name: search(scope=scope, query="where") for name, scope in readers(desk).items()}
    monkeypatch.setattr(Scope, "terms", lambda scope, what: [])
    mutated = {name: search(scope=scope, query="where") for name, scope in readers(desk).items()}

    assert {name for name, result in asked.items() if result.total} == {"buyer", "seller", "record"}
    assert {name for name, result in mutated.items() if result.total} == set(readers(desk))


def index_event(message_id):
    from comity.common.models import OutboxEvent
    from comity.messaging.handlers import index_message

    for event in OutboxEvent.objects.filter(data__message=message_id).order_by("-id"):  # the latest event first
        index_message(event, now=NOW)


@pytest.mark.parametrize(
    ("decision", "then"), [("release", {"buyer", "seller", "record"}), ("return", {"buyer", "record"})]
)
def test_events_in_any_order_leave_the_index_as_the_message_is(desk, decision, then):
    desk.ask("Where is it?")
    desk.deliver()
    held = desk.ask("HOLD lamp").message
    index_event(held.public_id)
    assert who_finds(desk, "lamp") == {"buyer", "record"}
    desk.rule(held, Ruling.Decision(decision))
    desk.deliver()
    index_event(held.public_id)
    index_event(held.public_id)
    assert who_finds(desk, "lamp") == then


def test_an_erased_message_is_found_by_nobody_and_its_words_are_out_of_the_index(desk):
    desk.ask("Where is the zanzibar?")
    message = desk.ask("The other lamp").message
    desk.deliver()
    index()
    first = Message.objects.get(number=1)
    conversation = Conversation.objects.get()
    erase(conversation, first.body.entry, facts={}, now=NOW)
    indexing.index_messages([first.pk])

    assert who_finds(desk, "zanzibar") == set()
    assert who_finds(desk, "lamp") == {"buyer", "seller", "record"}
    assert raw_hits("zanzibar") == 0
    assert raw_hits("other") == 1
    assert list(SearchEntry.objects.filter(pk=first.pk * 4 + 1)) == []
    assert message


def raw_hits(term):
    sql = {
        "sqlite": f"SELECT (SELECT count(*) FROM messaging_search WHERE messaging_search MATCH '\"{term}\"') + "
        f"(SELECT count(*) FROM messaging_searchothers WHERE messaging_searchothers MATCH '\"{term}\"')",
        "postgresql": f"SELECT count(*) FROM messaging_searchentry WHERE vector @@ '{term}'::tsquery",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_indexing_again_changes_nothing(written, django_assert_max_num_queries):
    before = [raw_hits("lamp"), list(SearchEntry.objects.order_by("pk").values_list())]
    reindex()
    assert [raw_hits("lamp"), list(SearchEntry.objects.order_by("pk").values_list())] == before
    indexing.empty_index()
    assert raw_hits("lamp") == 0
    reindex()
    assert [raw_hits("lamp"), list(SearchEntry.objects.order_by("pk").values_list())] == before


def test_a_new_name_replaces_the_old_one(desk):
    index()
    desk.order.seller.name = "Zanzibar lamps"
    desk.order.seller.save()
    reindex()
    scope = Scope.of_buyer(desk.buyer)
    assert found(scope, "zanzibar", "people") == ["Zanzibar lamps"]
    assert found(scope, "shop", "people") == []
    assert raw_hits("shop") == 0


def test_filters_narrow(desk):
    desk.ask("lamp one")
    desk.deliver()
    desk.later(48).answer("lamp two")
    desk.answer("BLOCK lamp three")
    desk.deliver()
    index()
    scope = Scope.of_seller(desk.order.seller)
    today, later = NOW.date(), (NOW + timedelta(hours=48)).date()

    assert found(scope, "lamp", until_on=today) == ["lamp one"]
    assert found(scope, "lamp", from_on=later) == ["BLOCK lamp three", "lamp two"]
    assert found(scope, "lamp", side=Side.BUYER) == ["lamp one"]
    assert found(scope, "lamp", state="blocked") == ["BLOCK lamp three"]
    assert found(scope, "lamp", topic="order_status") == ["BLOCK lamp three", "lamp two", "lamp one"]
    assert found(scope, "lamp", topic="product") == []
    assert found(scope, "", state="blocked") == ["BLOCK lamp three"]
    assert found(scope, desk.order.number, "orders", from_on=later) == []
    assert found(scope, desk.order.number, "orders", until_on=later) == [desk.order.number]


def test_orders_are_found_by_number_parcel_item_and_name(desk):
    line = desk.order.lines.get()
    parcel = factories.shipment(desk.order, tracking_number="JVGL 06-0000-12345")
    reindex()
    scope = Scope.of_seller(desk.order.seller)
    number = desk.order.number
    for query in (
        number,
        number[:8],
        number.replace("-", ""),
        number[-4:],
        "0000-12345",
        "2345",
        line.sku,
        line.title,
        parcel.carrier,
        desk.buyer.name,
    ):
        assert found(scope, query, "orders") == [number], query
    assert found(Scope.of_seller(factories.seller(desk.order.marketplace)), number, "orders") == []


def test_a_seller_finds_its_buyers_and_a_buyer_every_shop(desk):
    stranger = factories.buyer(desk.order.marketplace, name="Hanna Lampwick")
    index()
    market = desk.order.marketplace
    assert found(Scope.of_seller(desk.order.seller), desk.buyer.name, "people") == [desk.buyer.name]
    assert found(Scope.of_seller(desk.order.seller), "hanna", "people") == []
    assert found(Scope.of_record(market), "lampw", "people") == [stranger.name]
    assert found(Scope.of_buyer(desk.buyer), "hanna", "people") == []
    assert found(Scope.of_buyer(stranger), desk.order.seller.name, "people") == [desk.order.seller.name]


def test_words_that_reach_a_seller_make_its_buyer_found(desk):
    other = factories.seller(desk.order.marketplace)
    index()
    message = desk.ask("Do you sell lamps?", topic="product", about=Subject(seller=other)).message
    assert found(Scope.of_seller(other), desk.buyer.name, "people") == []
    desk.deliver()
    indexing.index_messages([message.pk])
    assert found(Scope.of_seller(other), desk.buyer.name, "people") == [desk.buyer.name]


def test_without_a_choice_messages_come_with_a_glimpse_of_the_rest(desk):
    desk.ask(f"What about {desk.order.number}?")
    desk.deliver()
    index()
    result = search(scope=Scope.of_seller(desk.order.seller), query=desk.order.number)
    assert (result.what, result.counts, result.total) == ("messages", {"messages": 1, "orders": 1, "people": 0}, 2)
    assert [hit.found for hit in result.glimpses["orders"]] == [desk.order]
    assert [piece.text for piece in result.page[0].pieces if piece.hit] == desk.order.number.split("-")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_takes_eight_queries_whatever_it_finds(rows, easy_rules, django_assert_num_queries):
    desk = make_desk()
    for number in range(rows):
        desk.ask(f"lamp {desk.buyer.name} {number}")
    desk.deliver()
    index()
    with django_assert_num_queries(8):  # the index three times; messages; orders, lines, parcels; people
        result = search(scope=Scope.of_seller(desk.order.seller), query=desk.buyer.name)
    assert result.counts == {"messages": rows, "orders": 1, "people": 1}
