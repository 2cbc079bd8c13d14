"""Screening asks the engine with the marketplace's rulebook of the day, and with every fact that it is given."""

from datetime import UTC, date, datetime

import pytest

from comity.screening.services import rulebook_in_force, screen, screen_under
from comity_policy import RulebookError, load_rulebook
from comity_policy.meaning import Meant
from comity_policy.reader import ReaderError
from comity_policy.reader.model import is_installed
from tests.factories import marketplace

pytestmark = pytest.mark.django_db
OLD, NEW = datetime(2026, 11, 21, 23, 59, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
CANCEL = {"text": "We are sold out, please cancel the order.", "role": "seller", "purpose": "reply", "language": "en"}


def outcome(market, now, **changes):
    return screen(**(CANCEL | changes), marketplace=market, known_ids=frozenset(), now=now).outcome


def test_a_rule_acts_from_the_day_of_the_rulebook_that_names_it():
    market = marketplace()

    assert (outcome(market, OLD), outcome(market, NEW)) == ("deliver", "hold")
    assert rulebook_in_force(market, OLD).valid_from == date(2026, 1, 1)


def test_a_marketplace_may_choose_another_rulebook_or_an_alias():
    assert outcome(marketplace(rulebook="amazon-2018-10"), NEW) == "deliver"
    assert outcome(marketplace(rulebook="amazon-current"), NEW) == "block"


def test_an_unknown_rulebook_lets_nothing_through():
    with pytest.raises(RulebookError, match="There is no rulebook 'gone'"):
        outcome(marketplace(rulebook="gone"), NEW)


def test_facts_reach_the_rules():
    asked = {
        "text": "Would you leave a review of the lamp on your orders page, good or bad?",
        "purpose": "review_request",
    }

    assert outcome(marketplace(), NEW, **asked, review_requests=0) == "deliver"
    assert outcome(marketplace(), NEW, **asked, review_requests=1) == "block"


def test_a_rulebook_may_be_asked_that_is_not_in_force():
    book = load_rulebook("amazon-2021-03", NEW.date())
    verdict = screen_under(book, **CANCEL, marketplace=marketplace(), known_ids=frozenset())
    assert verdict.outcome == "block"


@pytest.mark.requirement("S25")
def test_the_length_of_a_file_is_not_that_of_a_message():
    long = {"text": "The lamp is brass. " * 300}

    assert outcome(marketplace(), NEW, **long) == "block"
    assert outcome(marketplace(), NEW, **long, in_file=True) == "deliver"


class Suspicious:
    """A second reader to whom every text is a payment elsewhere."""

    digest = "cd" * 32

    def read(self, text, role, purpose):
        return [Meant("payment.off_platform", 0, len(text), 1.0)]


def test_a_second_reader_that_is_switched_on_reads_every_message(settings, monkeypatch):
    monkeypatch.setattr("comity.screening.services.second_reader", Suspicious)
    harmless = {"text": "The lamp is brass."}
    settings.SECOND_READER = True

    assert outcome(marketplace(), NEW, **harmless) == "hold"
    settings.SECOND_READER = False
    assert outcome(marketplace(), NEW, **harmless) == "deliver"


@pytest.mark.parametrize("error", [ReaderError("no weights"), MemoryError(), KeyError("rules")])
def test_a_second_reader_that_cannot_be_loaded_holds_the_message(settings, monkeypatch, error):
    def unloaded():
        raise error

    monkeypatch.setattr("comity.screening.services.second_reader", unloaded)
    settings.SECOND_READER = True
    asked = CANCEL | {"text": "The lamp is brass."}

    verdict = screen(**asked, marketplace=marketplace(), known_ids=frozenset(), now=NEW)

    assert verdict.outcome == "hold"
    assert "divert.off_platform" in verdict.failed
    assert verdict.engine.endswith("+00000000")


def test_the_second_reader_may_be_left_out(settings, monkeypatch):
    monkeypatch.setattr("comity.screening.services.second_reader", Suspicious)
    settings.SECOND_READER = True
    book, asked = load_rulebook("open-marketplace", NEW.date()), CANCEL | {"text": "The lamp is brass."}
    verdict = screen_under(book, **asked, marketplace=marketplace(), known_ids=frozenset(), twice=False)

    assert verdict.findings == ()


@pytest.mark.skipif(not is_installed(), reason="the extra [reader] is not installed")
def test_what_is_only_meant_waits_for_a_person_where_the_second_reader_reads(settings):
    # Far above the threshold: processors that multiply small integers in another way differ in the second decimal.
    meant = {"text": "Golden words below the lamp and we pour you a bottle of oil with the next order."}
    assert outcome(marketplace(), NEW, **meant) == "deliver"
    settings.SECOND_READER = True
    assert outcome(marketplace(), NEW, **meant) == "hold"
