"""A finding speaks the language of whoever reads it: while typing, on sending, and on the page of its rule."""

import pytest

from comity.accounts.models import Marketplace, OperatorStaff, User
from comity.messaging.models import Finding
from comity_policy.wording import LANGUAGES
from tests import factories
from tests.web.buyer.shop import PHONE, words
from tests.web.desk.shop import signed_in

FOUND = {
    "es": (
        "Write to ann@lind.de about the lamp.",
        "Esto es una dirección de correo electrónico. Comprador y vendedor se escriben solo aquí.",
        "Quite la dirección de correo y escriba lo necesario en esta conversación.",
    ),
    "fr": (
        "See www.lind.de/lamp about the lamp.",
        "Ceci est une adresse web en dehors de la place de marché.",
        "Retirez l’adresse web et dites ici ce que le lecteur y trouverait.",
    ),
    "de": (
        PHONE,
        "Das ist eine Telefonnummer. Käufer und Verkäufer sprechen nur hier miteinander.",
        "Entfernen Sie die Nummer und schreiben Sie das Nötige in dieser Unterhaltung.",
    ),
    "it": (
        "My card number is 4111 1111 1111 1111.",
        "Questo dà o chiede dati con cui si potrebbero rubare denaro o un’identità.",
        "Lo tolga. I dati di pagamento vanno solo alla cassa, e nessuno qui le chiederà un codice o una password.",
    ),
    "pt": (
        "I will come and kill you.",
        "Isto ameaça alguém.",
        "Diga com calma o que você vai fazer e quais são os seus direitos, ou abra uma reclamação.",
    ),
}


@pytest.fixture
def market():
    return factories.marketplace(slug="lanternhall")


def speaks(user, language):
    User.objects.filter(pk=user.pk).update(language=language)


def html(response):
    return response.content.decode()


@pytest.mark.parametrize("language", FOUND)
def test_a_blocked_message_tells_its_author_in_their_language(shop, language):
    text, reason, advice = FOUND[language]
    speaks(shop.buyer.user, language)
    page = html(shop.contact(text))

    assert f'<b lang="{language}">{reason}</b>' in page
    assert f'<span lang="{language}">{advice}</span>' in page


@pytest.mark.parametrize("language", FOUND)
def test_while_typing_findings_speak_the_authors_language(shop, language):
    text, reason, advice = FOUND[language]
    speaks(shop.buyer.user, language)
    found = shop.post(f"contact/check/?listing={shop.listing.public_id}", text=text, topic="product").json()

    assert [(one["reason"], one["advice"], one["language"]) for one in found["findings"]] == [
        (reason, advice, language)
    ]


@pytest.mark.parametrize(("language", "attribute"), [("en", "<b>"), ("ja", "<b>"), ("pt-BR", '<b lang="pt">')])
def test_a_language_with_a_region_is_known_and_an_unknown_one_is_told_in_english(shop, language, attribute):
    speaks(shop.buyer.user, language)
    said = "Isto é um número de telefone." if language == "pt-BR" else "This is a telephone number."
    assert f"{attribute}{said}" in html(shop.contact(PHONE))


def test_what_is_on_record_is_english_and_told_in_the_language_of_the_day(shop):
    shop.contact(PHONE)
    stored = Finding.objects.get()
    assert stored.reason.startswith("This is a telephone number.")
    assert (stored.form, stored.detail) == ("plain", "")

    for language, said in (("fr", "Ceci est un numéro de téléphone."), ("it", "Questo è un numero di telefono.")):
        speaks(shop.buyer.user, language)
        assert said in words(shop.get(f"messages/{shop.conversation.public_id}/"))


def test_a_finding_older_than_its_form_is_told_as_it_stands(shop):
    shop.contact(PHONE)
    Finding.objects.update(form="")
    speaks(shop.buyer.user, "de")
    page = html(shop.get(f"messages/{shop.conversation.public_id}/"))

    assert "<b>This is a telephone number. Buyer and seller talk to each other here only.</b>" in page


def test_the_moderator_reads_the_same_finding_in_their_own_language(shop):
    speaks(shop.buyer.user, "de")
    shop.contact("Shut up about the lamp.")
    mine = shop.get(f"messages/{shop.conversation.public_id}/")
    assert "Das kann die Person beleidigen, die es liest." in words(mine)
    moderator = factories.operator(shop.market, role=OperatorStaff.Role.MODERATOR)
    speaks(moderator.user, "es")
    page = signed_in(moderator.user).get(f"/{shop.market.slug}/operate/held/{shop.message.public_id}/")

    assert "Esto puede ofender a quien lo lea." in words(page)


def test_it_costs_no_query_more_in_another_language(shop, django_assert_max_num_queries):
    shop.contact(PHONE)
    place = f"messages/{shop.conversation.public_id}/"
    with django_assert_max_num_queries(100) as plain:
        shop.get(place)
    speaks(shop.buyer.user, "de")
    with django_assert_max_num_queries(len(plain)):
        assert "Das ist eine Telefonnummer." in words(shop.get(place))


@pytest.mark.django_db
def test_a_visitor_reads_the_rules_in_the_language_of_the_marketplace(client, market):
    Marketplace.objects.update(language="fr")
    page = html(client.get("/lanternhall/rules/"))

    assert '<a href="/lanternhall/rules/contact.phone/" lang="fr">Numéro de téléphone</a>' in page
    assert '<a href="?language=fr" lang="fr" hreflang="fr" aria-current="true">Français</a>' in page


@pytest.mark.django_db
def test_a_reader_chooses_one_of_six_languages_and_keeps_it(client, market):
    page = html(client.get("/lanternhall/rules/", {"language": "de"}))

    assert '<a href="/lanternhall/rules/contact.phone/?language=de" lang="de">Telefonnummer</a>' in page
    assert [f'<a href="?language={code}" lang="{code}" hreflang="{code}"' in page for code in LANGUAGES] == [True] * 6
    assert page.count('aria-current="true">Deutsch</a>') == 1


@pytest.mark.django_db
def test_the_page_of_a_rule_says_it_in_the_language_chosen(client, market):
    page = html(client.get("/lanternhall/rules/contact.phone/", {"language": "it"}))

    assert '<h1 lang="it">Numero di telefono</h1>' in page
    assert '<p class="lede" lang="it">Ciò che si dice al telefono non lascia traccia.' in page
    assert '<p lang="it">Tolga il numero e scriva il necessario in questa conversazione.</p>' in page
    assert '<ul lang="it"><li>Questo è un numero di telefono. Acquirente e venditore si parlano solo qui.</li>' in page
    assert '<a href="/lanternhall/rules/?language=it">' in page


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["xx", "DE", "", "../"])
def test_an_unknown_language_changes_nothing(client, market, chosen):
    plain, page = (html(client.get("/lanternhall/rules/contact.phone/", ask)) for ask in ({}, {"language": chosen}))

    assert "<h1>Telephone number</h1>" in page
    assert page.count('="?language=') == plain.count('="?language=') == 6
    assert "/rules/?language" not in page


@pytest.mark.django_db
def test_a_rule_says_also_what_its_sense_alone_leads_to(client, market):
    page = words(client.get("/lanternhall/rules/conduct.threat/", {"language": "de"}))
    assert "Als Ganzes gelesen ist das womöglich, was die Regel verbietet: Drohungen." in page
