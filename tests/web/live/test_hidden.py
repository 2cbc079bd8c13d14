"""What a page carries says nothing about what its reader does not see."""

import re

import pytest

from comity.jobs.pump import Pump
from comity.messaging.services.reports import report
from comity.web.live import views
from comity.web.live.hub import Hub
from tests.factories import NOW
from tests.web.desk.shop import signed_in

pytestmark = pytest.mark.django_db
SEALS = ("comity.web.positions.seal_number", "comity.web.live.news.seal_number")
CHANNELS = "comity.messaging.selectors.live._named"


@pytest.fixture
def talk(shop, monkeypatch):
    """A conversation in which the buyer has reported what the shop said; then the shop said more."""
    monkeypatch.setattr(views, "hub", hub := Hub())
    desk = shop.another()
    desk.ask()
    desk.deliver()
    desk.answer()
    desk.deliver()
    hub.look(0)
    theirs = desk.conversation.messages.get(side="seller")
    report(seat=desk.buyer_seat(), message_id=theirs.public_id, reason="scam", now=desk.now)
    desk.ask("HOLD this")
    Pump("live", {}).run_once(NOW)
    return desk


def carried(shop, desk):
    """Everything that the shop's page of the conversation hands on, and the answer to its first question."""
    client = signed_in(shop.owner.user)
    page = client.get(shop.at(f"inbox/{desk.conversation.public_id}/")).content.decode()
    ticket = re.search(r'data-ticket="([^"]+)"', page)[1]
    live = client.get("/live/changes/", {"ticket": ticket}).json()["after"]
    patterns = (r"new/\?[^\"]*after=([^&\"]+)", r'data-seen="([^"]+)"', r'name="seen" value="([^"]+)"')
    return [*(re.search(pattern, page)[1] for pattern in patterns), str(live), *ticket.split(":")[0].split()]


@pytest.mark.requirement("S86", "S87")
def test_nobody_can_count_what_is_hidden_from_them(shop, talk):
    told = carried(shop, talk)
    assert len(told) == 6
    assert [len(token) for token in told[:4]] == [48] * 4
    assert not any(re.fullmatch(r"\w{0,2}\d{1,9}", token) for token in told)
    assert [re.sub(r"[0-9a-f]{24}$", "", channel) for channel in told[4:]] == ["cs", "s"]


@pytest.mark.parametrize("mutant", [*SEALS, CHANNELS])
def test_a_number_left_bare_would_be_found(shop, talk, monkeypatch, mutant):
    bare = (lambda kind, row_id: f"{kind}{row_id}") if mutant == CHANNELS else lambda number, about: number
    monkeypatch.setattr(mutant, bare)
    with pytest.raises(AssertionError):
        test_nobody_can_count_what_is_hidden_from_them(shop, talk)


def test_the_page_that_is_open_hears_nothing_of_the_report(shop, talk):
    client = signed_in(shop.owner.user)
    after = carried(shop, talk)[0]
    place = shop.at(f"inbox/{talk.conversation.public_id}/new/")
    token = re.search(
        r"answering=([^\"&]*)", client.get(shop.at(f"inbox/{talk.conversation.public_id}/")).content.decode()
    )
    assert client.get(place, {"after": after, "answering": token[1]}).status_code == 204
