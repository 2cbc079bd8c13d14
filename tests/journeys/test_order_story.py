"""One order from the promise it missed to the last money back, between a shop, its buyer and a carrier."""

import json
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from comity.integrations.carriers.signing import read_secret, sign

pytestmark = pytest.mark.full  # the plain run has one journey a role

PARCELS = ("JD014600006281230701", "JD014600006281230702")
TOLD = {"Order confirmation": 1, "Shipment confirmation": 2, "Refund confirmation": 2, "Return confirmation": 1}
# What stands in the messages, and how often: two parcels with a piece each, one of them back, twice money.
SAID = {
    "has received your order": 1,
    "Items: 2 x Stoneware mug, speckled": 1,
    "Items: 1 x Stoneware mug, speckled": 3,
    "To: Yusuf Demir, 9 Harbour Row, Hull HU1 2AA": 3,
    **dict.fromkeys([f"Tracking number: {parcel}" for parcel in PARCELS], 1),
    "Expected by: ": 2,
    "Amount refunded: €19.60": 1,
    "you get €19.60 back": 1,
    "you get €29.40 back": 1,
}


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat(timespec="seconds")


def feed(number):
    """A shop's file: two parcels with a piece each."""
    messages = "".join(
        f"<Message><MessageID>{place}</MessageID><OrderFulfillment><AmazonOrderID>{number}</AmazonOrderID>"
        f"<FulfillmentDate>{ago(days=1)}</FulfillmentDate><FulfillmentData><CarrierCode>DHL</CarrierCode>"
        f"<ShipperTrackingNumber>{parcel}</ShipperTrackingNumber></FulfillmentData><Item>"
        "<AmazonOrderItemCode>1</AmazonOrderItemCode><Quantity>1</Quantity></Item></OrderFulfillment></Message>"
        for place, parcel in enumerate(PARCELS, start=1)
    )
    head = "<MessageType>OrderFulfillment</MessageType>"
    return f'<?xml version="1.0"?><AmazonEnvelope>{head}{messages}</AmazonEnvelope>'.encode()


def push(place, *events):
    """The carrier says it, signed; the answer to each event."""
    named = [dict(zip(("carrier", "tracking", "kind", "occurred_at"), event, strict=True)) for event in events]
    body = json.dumps({"events": named}).encode()
    headers = sign(body, secret=read_secret(place.late["carrier_secret"]), message="msg_1", now=datetime.now(UTC))
    address = f"{place.address}/{place.market}/carriers/events/"
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=10) as answer:
        return json.load(answer)["results"]


@pytest.fixture
def shop(visit, place):
    page = visit("potter")
    page.desk = f"sell/{place.late['seller']}"
    return page


@pytest.fixture
def buyer(visit, fits):
    """The buyer's page; ``look`` finds nothing wrong with it on a wide screen and on a phone."""
    page = visit("mug buyer")

    def look():
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            fits(page)

    page.look = look
    return page


def asks_where_it_is(buyer, place):
    buyer.goto(f"contact/?order={place.late['order']}")
    buyer.get_by_label("Where is my order?").check()
    buyer.get_by_label("Your message").fill("When will the two mugs leave?")
    buyer.get_by_role("button", name="Send message").click()
    buyer.get_by_role("heading", name="Your message is sent").wait_for()


def is_late(shop, place, until, fits):
    until(shop, f"{shop.desk}/orders/?status=late", lambda page: page.get_by_text(place.late["number"]))
    fits(shop)
    shop.get_by_text(place.late["number"]).click()
    expect(shop.get_by_text("It is late.")).to_be_visible()
    expect(shop.locator(".timeline")).to_contain_text("Not shipped as promised, and the buyer was not told")
    fits(shop)


def ships_by_feed(shop, place, until, fits):
    shop.goto(f"{shop.desk}/orders/")
    shop.get_by_role("link", name="Feeds").click()
    shop.get_by_label("What it is").select_option(label="Shipping confirmation")
    sent = {"name": "parcels.xml", "mimeType": "text/xml", "buffer": feed(place.late["number"])}
    shop.get_by_label("File").set_input_files(sent)
    fits(shop)
    shop.get_by_role("button", name="Send the file").click()
    until(shop, shop.url, lambda page: page.get_by_text("Every record was applied."))
    expect(shop.locator(".head")).to_contain_text("Done")
    expect(shop.locator("dl.facts dd")).to_have_text(["2", "2", "0", "0"])
    fits(shop)


def arrives(place, buyer):
    """The word of the delivery comes before that of the way, one comes twice."""
    first, second = PARCELS
    delivered = ("DHL", first, "delivered", ago(hours=3))
    events = [delivered, ("DHL", first, "in_transit", ago(hours=20)), ("DHL", second, "delivered", ago(hours=2))]
    results = push(place, *events, delivered)
    assert [one["repeated"] for one in results] == [False, False, False, True]
    buyer.goto(f"orders/{place.late['order']}/")
    parcels = buyer.locator("section", has=buyer.get_by_role("heading", name="Parcels"))
    expect(parcels.get_by_text("Delivered")).to_have_count(2)
    for number in PARCELS:
        expect(parcels.get_by_text(number)).to_have_count(1)
    buyer.look()


def asks_for_a_return(buyer):
    buyer.get_by_role("link", name="Return items").click()
    buyer.get_by_label("Pieces to send back, of 2").fill("1")
    buyer.look()
    buyer.get_by_role("button", name="Next: say why").click()
    buyer.get_by_label("Reason").select_option(label="No longer wanted")
    buyer.get_by_label("It has been opened").check()
    buyer.look()
    buyer.get_by_role("button", name="Next: see what it costs").click()
    expect(buyer.get_by_text("up to 50 % may be deducted")).to_be_visible()
    buyer.look()
    buyer.get_by_role("button", name="Ask for the return").click()
    expect(buyer.get_by_text("Waits for an answer")).to_be_visible()
    buyer.look()


def takes_it_back(shop, place, fits):
    shop.goto(f"{shop.desk}/orders/")
    shop.get_by_role("link", name="Returns").click()
    fits(shop)
    shop.locator("a.offer", has_text=place.late["number"]).click()
    shop.get_by_label("Address for the return").fill("Kiln Street Pottery\n4 Kiln Street\nLeeds LS1 4AP")
    fits(shop)
    shop.get_by_role("button", name="Accept the return").click()
    shop.get_by_role("button", name="It has arrived").click()
    shop.get_by_label("Condition").select_option(label="Used")
    shop.get_by_label("What is wrong").select_option("signs_of_use")
    shop.get_by_label("Deduction").fill("20")
    shop.get_by_label("Comment").fill("A little worn at the foot.")
    fits(shop)
    shop.get_by_role("button", name="Next: see the refund").click()
    expect(shop.locator("tfoot")).to_contain_text("€19.60")
    fits(shop)
    shop.get_by_role("button", name="Record the condition").click()
    shop.get_by_role("button", name="Refund", exact=True).click()
    expect(shop.get_by_role("heading", name="Refunded")).to_be_visible()
    fits(shop)


def offers_the_rest(shop, place, fits):
    shop.goto(f"{shop.desk}/orders/{place.late['order']}/")
    shop.get_by_role("link", name="Answer the buyer").click()
    shop.get_by_role("link", name="Make an offer").click()
    shop.get_by_role("radio", name="Partial refund").check()
    shop.get_by_label("Amount of a partial refund, in EUR").fill("29.40")
    shop.get_by_label("Your message to Yusuf Demir").fill("We are sorry that the mugs left so late.")
    fits(shop)
    shop.get_by_role("button", name="Send the offer").click()
    expect(shop.get_by_text("Sent. The buyer can answer your offer now.")).to_be_visible()
    fits(shop)


def accepts(buyer, place, until):
    until(buyer, f"orders/{place.late['order']}/", lambda page: page.get_by_role("button", name="Accept"))
    buyer.look()
    buyer.get_by_role("button", name="Accept").click()
    expect(buyer.locator("#offers")).to_contain_text("Accepted")
    buyer.look()


def section(page, name):
    return page.locator("section", has=page.get_by_role("heading", name=name, exact=True))


def has_heard_everything_once(buyer, place, until):
    last = "What you were told"
    until(buyer, f"orders/{place.late['order']}/", lambda page: section(page, last).get_by_role("link").nth(5))
    assert Counter(section(buyer, last).locator("a b").all_inner_texts()) == TOLD
    expect(section(buyer, "Money back").locator("dd b")).to_have_text(["€19.60", "€29.40"])
    expect(section(buyer, "Sending something back").get_by_role("link").first).to_contain_text("Refunded")
    steps = " ".join(buyer.locator(".timeline li").all_inner_texts())
    for step in ("Ordered", "Not shipped as promised", "Shipped", "Delivered", "Return accepted", "Return paid back"):
        assert step in steps
    buyer.look()
    section(buyer, last).get_by_role("link").first.click()
    expect(buyer.locator(".msg")).to_have_count(sum(TOLD.values()))
    said = "\n".join(buyer.locator(".msg .words").all_inner_texts())
    assert {text: said.count(text) for text in SAID} == SAID
    buyer.look()


@pytest.mark.requirement("S10", "S29", "S41", "S47", "S48", "S57", "S58", "S59")
def test_an_order_that_left_late_is_settled(place, shop, buyer, until, fits):
    asks_where_it_is(buyer, place)
    is_late(shop, place, until, fits)
    ships_by_feed(shop, place, until, fits)
    arrives(place, buyer)
    asks_for_a_return(buyer)
    takes_it_back(shop, place, fits)
    offers_the_rest(shop, place, fits)
    accepts(buyer, place, until)
    has_heard_everything_once(buyer, place, until)
