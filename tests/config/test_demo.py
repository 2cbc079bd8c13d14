"""The demo is a living marketplace: every state is there, deadlines are about to pass, the record is whole."""

import fcntl
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest

from comity.accounts.models import Marketplace, OperatorStaff, Seller
from comity.catalog.models import Listing, SellerPolicy
from comity.common import clock
from comity.common.models import OutboxEvent
from comity.common.record import verify
from comity.config import commands
from comity.config.cli import main
from comity.config.demo.seed import seed
from comity.config.demo.subscriptions import subscribe
from comity.ledger.models import Payable
from comity.messaging.models import Agreement, Conversation, Message, Notice, Offer, Report, SavedReplyText, Vote
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.selectors.rule_record import rule_records
from comity.orders.models import Feed, Order, Shipment, Subscription
from comity.orders.services.parcels import parcels_of
from comity.screening.models import RulebookVersion


@pytest.mark.django_db
def test_demo_is_a_living_marketplace():
    now = clock.now()
    seed(now=now)

    _has_the_promised_size()
    _shows_every_state_and_deadlines_about_to_pass(now)
    _belongs_to_the_buyer_of_the_link()
    _shows_a_recall_and_an_agreement()
    _shows_what_shops_promise_and_how_buyers_judge()
    assert SavedReplyText.objects.count() == 3 * 3 * 2  # shops, replies, languages
    _shows_what_sellers_wrote_first()
    _shows_rules_that_were_ruled_on_and_a_change_that_waits(now)
    _shows_orders_at_work()
    _shows_a_subscription(now)
    assert list(verify(record_heads(), whole=True)) == []


def _shows_orders_at_work():
    events = set(OutboxEvent.objects.filter(stream__startswith="ord_").values_list("name", flat=True))
    feed = Feed.objects.get()

    assert {"shipment.confirmed", "order.delayed", "order.cancel_requested", "adjustment.made"} <= events
    assert "return.requested" in events
    assert (feed.state, feed.applied, feed.refused) == ("done", 1, 1)
    assert (feed.seller.external_id, feed.results.filter(code="unknown_order").count()) == ("alder-loom", 1)
    assert Offer.objects.count() == 1
    assert not Payable.objects.exclude(order__isnull=False).exists()
    to_ship = list(Order.objects.filter(status__in=["unshipped", "partially_shipped"]))
    assert [one for one in parcels_of(to_ship).values() if not any(one.left.values())] == []
    assert not Shipment.objects.filter(lines=None).exists()
    assert not [one for one in Order.objects.all() if "\n" not in one.ship_to]


def _shows_a_subscription(now):
    one = Subscription.objects.get()

    assert (one.buyer.external_id, one.state) == ("buyer-0", "active")
    assert one.announced_on <= now.date() < one.renews_on
    assert list(one.renewals.values_list("order__status", flat=True)) == ["delivered", "delivered"]


def _shows_rules_that_were_ruled_on_and_a_change_that_waits(now):
    records = rule_records(Marketplace.objects.get(slug="wayfold"), now - timedelta(days=30))
    waiting = RulebookVersion.objects.select_related("proposed_by").get()
    admins = OperatorStaff.objects.filter(marketplace__slug="wayfold", role="admin")

    assert (records["contact.phone"].upheld, records["contact.phone"].overturned) == (2, 9)
    assert records["contact.email"].ruled < 10
    assert waiting.state == "proposed"
    assert waiting.content.count("[rules.") >= 2
    assert admins.exclude(user=waiting.proposed_by).count() == 1


def test_in_the_demo_a_rule_on_trial_has_found_something(db):
    now = datetime(2026, 12, 10, 15, tzinfo=UTC)
    seed(now=now)

    records = rule_records(Marketplace.objects.get(slug="wayfold"), now - timedelta(days=30))
    assert records["form.language"].tried > 0


def _shows_what_sellers_wrote_first():
    written = Message.objects.filter(purpose__in=["unexpected_problem", "review_request"], state="delivered")

    assert sorted(written.values_list("purpose", flat=True)) == ["review_request", "unexpected_problem"]


def _has_the_promised_size():
    sizes = [model.objects.count() for model in (Marketplace, Seller, Listing, Order)]
    sizes.append(Conversation.objects.exclude(topic__in=["recall", "order_updates"]).count())  # which notices opened

    assert sizes == [2, 3, 30, 202, 60]
    assert Order.objects.values("status").distinct().count() == 7


def _shows_every_state_and_deadlines_about_to_pass(now):
    states = Counter(Message.objects.values_list("state", flat=True))
    open_now = Conversation.objects.filter(addressee="seller", reply_due_at__isnull=False)

    assert set(states) == {"delivered", "held", "blocked", "withdrawn"}
    assert open_now.filter(reply_due_at__lt=now).count() >= 2
    assert open_now.filter(reply_due_at__range=(now, now + timedelta(hours=1))).count() >= 2
    assert Conversation.objects.filter(addressee="marketplace", reply_due_at__isnull=False).exists()


def _belongs_to_the_buyer_of_the_link():
    mine = Conversation.objects.filter(buyer__external_id="buyer-0", marketplace__slug="wayfold")
    mine = mine.exclude(topic="order_updates")

    assert sorted(mine.values_list("addressee", flat=True)) == ["marketplace", "seller", "seller", "seller"]


def _shows_a_recall_and_an_agreement():
    recall = Notice.objects.get()

    assert (recall.kind, recall.state, recall.seller.external_id) == ("recall", "sent", "alder-loom")
    assert recall.recipients.filter(buyer__external_id="buyer-0", outcome="sent").exists()
    assert list(Agreement.objects.values_list("kind", "party", "state")) == [
        ("content_update", "marketplace", "accepted")
    ]


def _shows_what_shops_promise_and_how_buyers_judge():
    votes = Vote.objects

    assert SellerPolicy.objects.values("seller", "kind").distinct().count() == 9
    assert Report.objects.get(state="open").side == "buyer"
    assert votes.filter(solved=True).exists()
    assert votes.filter(solved=False).exists()


class Started(Exception):
    """Instead of Django, which reads the environment now."""


def test_demo_keeps_its_mails_and_alone_shows_them(tmp_path, monkeypatch):
    for name in ("COMITY_DATA", "COMITY_BASE_URL", "COMITY_DATABASE_URL", "COMITY_DEMO"):
        monkeypatch.setenv(name, "")  # put back afterwards
    monkeypatch.setenv("COMITY_SMTP_URL", "smtp://mail.example")
    monkeypatch.setattr(commands, "start", Mock(side_effect=Started))

    with pytest.raises(Started):
        main(["demo", "--data", str(tmp_path / "new")])

    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert (os.environ["COMITY_SMTP_URL"], os.environ["COMITY_DEMO"]) == ("mailbox:", "1")


@pytest.mark.parametrize("words", [[], ["--reset"]])
def test_demo_leaves_a_folder_with_real_data_alone(tmp_path, capsys, words):
    database = tmp_path / "comity.sqlite3"
    database.write_bytes(b"precious")

    assert main(["demo", "--data", str(tmp_path), *words]) == 2

    assert "holds an installation that is no demo" in capsys.readouterr().err
    assert (database.read_bytes(), list(tmp_path.iterdir())) == (b"precious", [database])


def test_demo_leaves_a_folder_alone_in_which_another_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("comity.config.lock._ATTEMPTS", 2)
    (tmp_path / "demo").touch()
    database = tmp_path / "comity.sqlite3"
    database.write_bytes(b"in use")
    with (tmp_path / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        assert main(["demo", "--data", str(tmp_path), "--reset"]) == 2

    assert f"Another Comity runs on {tmp_path}" in capsys.readouterr().err
    assert database.read_bytes() == b"in use"


@pytest.mark.django_db
def test_demo_serves_the_walk_of_the_readme():
    seed(now=clock.now())
    newest = Order.objects.filter(buyer__external_id="buyer-0").latest("placed_at")
    held = Message.objects.filter(state="held", conversation__marketplace__slug="wayfold")

    assert (newest.seller.external_id, newest.fulfilment, newest.marketplace.slug) == (
        "alder-loom",
        "seller",
        "wayfold",
    )
    assert held.count() == 2


def test_where_renewals_cannot_be_charged_the_demo_has_no_subscription(db, settings):
    settings.PAYMENTS = "stripe"
    subscribe(datetime(2026, 11, 2, tzinfo=UTC))
    assert not Subscription.objects.exists()
