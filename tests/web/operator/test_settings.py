"""The settings page: nonsense refused by example, a page before applying, and a history."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Marketplace, SettingsVersion
from comity.messaging.models import ReplyDeadline
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import signed_in

DAY = 24


@pytest.fixture
def admin(shop, clock_at):
    clock_at(NOW)
    return signed_in(shop.admin.user)


def html(response):
    return response.content.decode()


def fields(page):
    """What the form holds, as a browser would send it."""
    inputs = dict(re.findall(r'<input id="\w+" name="(\w+)" value="([^"]*)"', page))
    selects = dict(re.findall(r'<select id="\w+" name="(\w+)".*?value="(\w+)" selected', page, re.DOTALL))
    offered = re.findall(r'name="offered" value="(\w+)" checked', page)
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    return {**inputs, **selects, "trusted_domains": "", "offered": offered, "seen": seen}


def send(shop, admin, step="", **changes):
    typed = {**fields(html(admin.get(shop.operate("settings/")))), **changes}
    return admin.post(shop.operate("settings/"), {**typed, "step": step})


def test_looking_at_a_change_says_what_it_means_for_whom_and_applies_nothing(shop, admin):
    shown = html(send(shop, admin, reply_hours="12"))

    assert re.findall(r"<bdi>(\d+ hours)</bdi>", shown) == ["24 hours", "12 hours"]
    assert "running clocks keep the time they were made under" in shown
    assert not SettingsVersion.objects.exists()


def test_applying_counts_from_now_on_and_running_clocks_keep_their_time(shop, admin):
    running = shop.another()
    running.ask()
    running.deliver()

    answer = send(shop, admin, "apply", reply_hours="12", why="Asked by the team.")

    assert answer.url == shop.operate("settings/?done=changed")
    later = shop.another()
    later.ask()
    later.deliver()
    hours = [(one.due_at - one.started_at).total_seconds() / 3600 for one in ReplyDeadline.objects.order_by("id")]
    assert hours == [24, 12]


def test_nonsense_comes_back_with_everything_typed(shop, admin):
    answer = send(shop, admin, reply_hours="24h", name="Nord & Süd", time_zone="Mars/Base")

    shown = html(answer)
    assert answer.status_code == 422
    assert "Time to answer is in hours: 24, not 24h. Allowed: 1 to 168." in shown
    assert "expected is a name such as Europe/Berlin or UTC" in shown
    kept = fields(shown)
    assert (kept["reply_hours"], kept["name"], kept["time_zone"]) == ("24h", "Nord &amp; Süd", "Mars/Base")


def test_a_reason_is_asked_for_and_nothing_typed_is_lost(shop, admin):
    answer = send(shop, admin, "apply", reply_hours="12", name="Nordmarkt")

    shown = html(answer)
    assert answer.status_code == 422
    assert "Say why: your colleagues read it in the history." in shown
    assert 'type="hidden" name="reply_hours" value="12"' in shown
    assert 'type="hidden" name="name" value="Nordmarkt"' in shown
    assert not SettingsVersion.objects.exists()


def test_going_back_keeps_what_was_typed(shop, admin):
    assert fields(html(send(shop, admin, "edit", reply_hours="12")))["reply_hours"] == "12"


def test_what_a_colleague_changed_meanwhile_is_shown_before_applying(shop, admin):
    send(shop, admin, "apply", reply_hours="12", why="Asked by the team.")

    answer = send(shop, admin, "apply", reply_hours="36", why="Slower.", seen="0")

    assert answer.status_code == 409
    assert "Somebody else changed the settings meanwhile" in html(answer)
    assert SettingsVersion.objects.count() == 1
    assert re.findall(r"<bdi>(\d+ hours)</bdi>", html(answer)) == ["12 hours", "36 hours"]


def test_topics_that_no_requirement_fixes_can_be_closed_and_taken_over(shop, admin):
    typed = fields(html(admin.get(shop.operate("settings/"))))
    offered = [key for key in typed["offered"] if key != "warranty"]
    assert "return" not in offered  # always offered: there is no box

    send(shop, admin, "apply", offered=offered, taken_over=["dispute", "product"], why="Fewer questions.")

    assert Marketplace.objects.get(pk=shop.market.pk).topics == {"closed": ["warranty"], "taken_over": ["dispute"]}


def test_the_currency_cannot_change_once_there_are_orders(shop, admin):
    factories.order(shop=shop.seller)
    answer = send(shop, admin, currency="USD")

    assert answer.status_code == 422
    assert "The currency stays EUR: there are orders in it." in html(answer)


def test_the_history_says_who_when_why_and_what(shop, admin):
    send(shop, admin, "apply", reply_hours="12", why="Asked by the team.")

    shown = html(admin.get(shop.operate("settings/")))
    for part in (shop.admin.user.name, "Asked by the team.", "Time to answer", "<s><bdi>24 hours</bdi></s>"):
        assert part in shown


@pytest.mark.parametrize("changes", [1, 3])
def test_the_page_takes_the_same_queries_however_long_the_history(shop, admin, changes):
    for hours in range(changes):
        send(shop, admin, "apply", reply_hours=str(hours + 30), why="Asked by the team.")

    with CaptureQueriesContext(connection) as queries:
        admin.get(shop.operate("settings/"))

    # session, user, seat, version, held messages, whether there are orders, count of the history, history
    assert len(queries) == 8, [query["sql"][:90] for query in queries]
