"""What the desk shows of findings speaks the language of whoever sits at it."""

import pytest

from comity.accounts.models import User
from comity.messaging.models import Notice
from comity.messaging.selectors.variables import VARIABLES
from comity.messaging.services.gaps import gaps_in
from comity.messaging.services.notices import verdict_of
from comity_policy.wording import LANGUAGES, told
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import form


@pytest.fixture(autouse=True)
def german(shop):
    User.objects.filter(pk=shop.owner.user.pk).update(language="de")


def html(response):
    return response.content.decode()


def saved(text):
    return {"name": "leaves", "language": "en", "text": text, "seen": ""}


def test_a_saved_reply_that_may_not_be_sent_says_why(shop, client):
    page = html(client.post(shop.at("saved-replies/new/"), saved("Ring 0151 23456789.")))

    assert page.count('<b lang="de">Das ist eine Telefonnummer. Käufer und Verkäufer sprechen nur hier') == 2
    assert (
        '<span lang="de">Entfernen Sie die Nummer und schreiben Sie das Nötige in dieser Unterhaltung.</span>' in page
    )


def test_a_gap_says_what_is_missing(shop, desk, client):
    text = "{{tracking.number}}"
    [gap] = client.post(shop.at(f"inbox/{desk.conversation.public_id}/check/"), form(text)).json()["findings"]

    assert gap["reason"] == "Eine Lücke: die Sendungsnummer; mehrere mit Kommas dazwischen."
    assert gap["advice"].startswith("Für diese Unterhaltung ist das nicht bekannt.")


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_every_gap_is_told_in_every_language(language):
    text = " ".join(variable.in_braces for variable in VARIABLES.values())
    said = [told(gap, language) for gap in gaps_in(text)]

    assert [one.language for one in said] == [language] * len(VARIABLES)
    assert not any(name in one.reason for name, one in zip(VARIABLES, said, strict=True))


def test_a_notice_that_is_kept_tells_its_findings(shop, client, clock_at):
    clock_at(NOW)
    offer = factories.listing(shop.seller)
    text = "New firmware is out. Shut up and install it."
    answer = client.post(shop.at("notices/new/"), {"kind": "service", "product": offer.sku, "text": text, "key": "one"})
    page = html(client.get(answer.url))

    assert Notice.objects.get().outcome == "hold"
    assert '<b lang="de">Das kann die Person beleidigen, die es liest.</b>' in page


def test_a_notice_kept_before_forms_were_is_told_as_it_stands(shop, client, clock_at):
    clock_at(NOW)
    offer = factories.listing(shop.seller)
    words = {"kind": "service", "product": offer.sku, "text": "Shut up and install it.", "key": "one"}
    page = client.post(shop.at("notices/new/"), words).url
    notice = Notice.objects.get()
    notice.findings = [{key: one[key] for key in one.keys() - {"form", "detail"}} for one in notice.findings]
    notice.outcome = "warn"
    notice.save()

    assert "<b>This may insult the person who reads it.</b>" in html(client.get(page))
    assert [one.form for one in verdict_of(notice).findings] == [""]
