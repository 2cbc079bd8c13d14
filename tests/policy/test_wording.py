"""What the rules say in other languages: whole, in the language's own signs, and read only when it is asked for."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy import LANGUAGES, Context, Draft, Finding, Outcome, Told, check, load_rulebook, told
from comity_policy.model import MEANT, UNCHECKED, Example
from comity_policy.rules import all_rules
from comity_policy.wording import _book, known_language, worded

OTHERS = [language for language in LANGUAGES if language != "en"]
PRODUCT = {"file.unread", "saved_reply.gap"}  # what the product finds without a rule
BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
NBSP = "\u00a0"
# The signs that a language puts around words, and none of the others.
QUOTES = {"es": "«»", "fr": f"«{NBSP}»", "de": "„“", "it": "«»", "pt": "“”"}
ENGLISH = {"the", "this", "that", "with", "your", "which", "asks", "buyer", "seller", "may", "what", "who", "not"}
# One word for one thing over all rules: how a sentence says what its English one names.
TERMS = {
    "buyer": {"es": "comprador", "fr": "acheteur", "de": "käufer", "it": "acquirent", "pt": "comprador"},
    "seller": {"es": "vendedor", "fr": "vendeur", "de": "verkäufer", "it": "venditor", "pt": "vendedor"},
    "marketplace": {
        "es": "marketplace", "fr": "place de marché", "de": "marktpl", "it": "marketplace", "pt": "marketplace",
    },
    "conversation": {
        "es": "conversación", "fr": "conversation", "de": "unterhaltung", "it": "conversazione", "pt": "conversa",
    },
    "message": {"es": "mensaje", "fr": "message", "de": "nachricht", "it": "messaggi", "pt": "mensage"},
    "claim": {"es": "reclamaci", "fr": "réclamation", "de": "fall", "it": "reclamo", "pt": "reclamaç"},
    "refund": {"es": "reembols", "fr": "rembours", "de": "erstatt", "it": "rimbors", "pt": "reembols"},
    "purpose": {"es": "motivo", "fr": "motif", "de": "zweck", "it": "motivo", "pt": "motivo"},
}  # fmt: skip


def pairs(language):
    """Every English sentence of a rule with the one in ``language``, and where they stand."""
    for rule in all_rules().values():
        words = worded(rule, language)
        for part in ("title", "why", "advice"):
            yield f"{rule.id}: {part}", getattr(rule, part), getattr(words, part)
        for form in rule.reasons:
            yield f"{rule.id}: {form}", rule.reasons[form], words.reasons[form]
        for name in rule.names:
            yield f"{rule.id}: {name}", rule.names[name], words.names[name]


def sentences(language):
    """Every sentence of the file of ``language``."""
    book = _book(language)
    yield from (book.meant, book.unchecked, book.wait)
    for words in book.words.values():
        yield from filter(None, (words.title, words.why, words.advice, *words.reasons.values(), *words.names.values()))


@pytest.mark.parametrize("language", OTHERS)
def test_every_rule_form_and_name_is_there_and_no_other(language):
    words = _book(language).words
    assert words.keys() == all_rules().keys() | PRODUCT
    for rule in all_rules().values():
        assert words[rule.id].reasons.keys() == rule.reasons.keys(), rule.id
        assert words[rule.id].names.keys() == rule.names.keys(), rule.id


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_leaves_open_what_the_english_one_leaves_open(language):
    assert [place for place, english, other in pairs(language) if english.count("{}") != other.count("{}")] == []
    assert [one for one in sentences(language) if "{" in one.replace("{}", "")] == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language):
    same = [place for place, english, other in pairs(language) if english == other]
    english = [one for one in sentences(language) if ENGLISH & set(one.lower().strip(".").split())]
    assert (same, english) == ([], [])


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_is_about_as_long_as_the_english_one(language):
    odd = [
        (place, other)
        for place, english, other in pairs(language)
        if not len(english) / 2 < len(other) < 15 + 2 * len(english)
    ]
    assert odd == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_begins_and_ends_as_sentences_do(language):
    for rule in all_rules().values():
        words = worded(rule, language)
        whole = [words.why, words.advice, *words.reasons.values()]
        assert all(one[0].isupper() and one.rstrip("»“”" + NBSP)[-1] in ".{" for one in whole), rule.id
        assert not words.title.endswith("."), rule.id


@pytest.mark.parametrize("language", OTHERS)
def test_the_signs_are_the_languages_own(language):
    for one in sentences(language):
        assert not set("\"'`´…") & set(one), one
        assert not (set("«»„“”‚‘") - set(QUOTES[language])) & set(one), one
        assert "..." not in one, one
        assert "  " not in one, one
        assert one == one.strip(), one
        assert [one.count(sign) for sign in QUOTES[language][:1]] == [one.count(sign) for sign in QUOTES[language][-1:]]


def test_a_french_sign_in_two_parts_stands_after_a_space_that_does_not_break():
    for one in sentences("fr"):
        before = {one[at - 1] for at, sign in enumerate(one) if sign in ":;?!»"}
        after = {one[at + 1] for at, sign in enumerate(one) if sign == "«"}
        assert before | after <= {NBSP}, one


@pytest.mark.parametrize("language", OTHERS)
def test_one_thing_has_one_word_over_all_rules(language):
    odd = [
        (place, term, other)
        for place, english, other in pairs(language)
        for term, words in TERMS.items()
        if term in english.lower() and words[language] not in other.lower()
    ]
    assert odd == []


@pytest.mark.parametrize(
    ("language", "reason", "advice"),
    [
        (
            "en",
            "This is a telephone number. Buyer and seller talk to each other here only.",
            "Remove the number and write what is needed in this conversation.",
        ),
        (
            "es",
            "Esto es un número de teléfono. Comprador y vendedor se comunican solo aquí.",
            "Quite el número y escriba lo necesario en esta conversación.",
        ),
        (
            "fr",
            "Ceci est un numéro de téléphone. Acheteur et vendeur ne se parlent qu’ici.",
            "Retirez le numéro et écrivez le nécessaire dans cette conversation.",
        ),
        (
            "de",
            "Das ist eine Telefonnummer. Käufer und Verkäufer sprechen nur hier miteinander.",
            "Entfernen Sie die Nummer und schreiben Sie das Nötige in dieser Unterhaltung.",
        ),
        (
            "it",
            "Questo è un numero di telefono. Acquirente e venditore si parlano solo qui.",
            "Tolga il numero e scriva il necessario in questa conversazione.",
        ),
        (
            "pt",
            "Isto é um número de telefone. Comprador e vendedor conversam somente aqui.",
            "Retire o número e escreva o necessário nesta conversa.",
        ),
    ],
)
def test_a_finding_is_told_in_each_language(language, reason, advice):
    (finding,) = check("Ring 0151 23456789").findings
    assert told(finding, language) == Told(reason, advice, language)


def finding(rule, form, detail=""):
    words = all_rules()[rule]
    return Finding(rule, 0, 1, Outcome.HOLD, words.reason(form, detail), words.advice, form, detail)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", all_rules())
def test_every_form_of_every_rule_is_told_with_its_detail(rule, language):
    for form in (*all_rules()[rule].reasons, MEANT):
        said = told(finding(rule, form, "{x}"), language)
        assert said.language == language
        assert ("{x}" in said.reason) == ("{}" in all_rules()[rule].reasons.get(form, ""))
        assert "{}" not in said.reason


def test_what_is_found_in_examples_knows_its_form():
    found = [
        one
        for rule in all_rules().values()
        for text in rule.flagged
        for one in check(_draft(text), text.context if isinstance(text, Example) else Context(), BOOK).findings
    ]
    assert len(found) > 150
    assert all(
        told(one, "de").language == "de" and told(one, "en") == Told(one.reason, one.advice, "en") for one in found
    )


def _draft(text):
    plain = text.replace("«", "").replace("»", "")
    return Draft(plain, text.role, text.purpose) if isinstance(text, Example) else Draft(plain, "seller", "reply")


@pytest.mark.parametrize(
    ("found", "language", "reason"),
    [
        (finding("message.length", "plain", "4,000"), "de", "Erlaubt sind hier bis zu 4.000 Zeichen; das ist, was darüber hinausgeht."),
        (finding("message.length", "plain", "4,000"), "fr", "Jusqu’à 4\u202f000 caractères sont permis ici\u00a0; voici ce qui dépasse."),
        (finding("message.length", "plain", "800"), "pt", "Aqui são permitidos até 800 caracteres; isto é o que passa do limite."),
        (finding("form.attachment", "plain", "exe, zip"), "es", "No se admiten archivos de este tipo: exe, zip."),
        (finding("contact.phone", MEANT), "it", "Letto nel suo insieme, questo potrebbe essere ciò che la regola vieta: Numero di telefono."),
        (finding("contact.phone", MEANT), "en", "Read as a whole, this may be what the rule forbids: Telephone number."),
    ],
)  # fmt: skip
def test_a_detail_is_written_as_the_language_writes_it(found, language, reason):
    assert told(found, language).reason == reason


def test_the_parts_of_a_detail_are_called_by_their_names():
    facts = Context(kind="order_unavailable")
    (one,) = check(Draft("Sorry, we cannot ship the lamp.", "seller", "order_problem"), facts, BOOK).findings
    assert (one.detail, one.reason) == (
        "adjusted, reason",
        "This kind of message also says: that the amount was adjusted, why it is not available.",
    )
    assert told(one, "fr").reason == (
        "Ce type de message dit aussi\u00a0: que le montant a été ajusté, pourquoi l’article n’est pas disponible."
    )


@pytest.mark.parametrize(
    ("language", "named", "code"),
    [
        ("en", "The buyer prefers another language: Polish.", "The buyer prefers another language: ga."),
        ("de", "Der Käufer bevorzugt eine andere Sprache: Polnisch.", "Der Käufer bevorzugt eine andere Sprache: ga."),
    ],
)
def test_the_language_of_a_buyer_is_named_where_its_name_is_known(language, named, code):
    assert told(finding("form.language", "plain", "pl"), language).reason == named
    assert told(finding("form.language", "plain", "ga"), language).reason == code


def test_a_rule_that_could_not_be_checked_is_told_whatever_the_rule():
    one = Finding("own.rival", 0, 1, Outcome.HOLD, "Unchecked.", "Wait.", UNCHECKED)
    said = told(one, "pt")
    assert said.reason == "Não foi possível verificar esta regra, por isso a mensagem espera por uma pessoa."
    assert told(one, "en") == Told("Unchecked.", "Wait.", "en")


@pytest.mark.parametrize(("rule", "form"), [("own.rival", "plain"), ("contact.phone", ""), ("contact.phone", "gone")])
def test_what_has_no_wording_is_told_as_it_was_written(rule, form):
    one = Finding(rule, 0, 1, Outcome.BLOCK, "This names a rival.", "Leave it out.", form)
    assert told(one, "de") == Told("This names a rival.", "Leave it out.", "en")


@pytest.mark.parametrize(
    ("tag", "known"),
    [
        ("de", "de"),
        ("pt-BR", "pt"),
        ("FR_ca", "fr"),
        ("en-GB", "en"),
        ("deu", "en"),
        ("ja", "en"),
        ("d", "en"),
        ("", "en"),
    ],
)
def test_a_language_tag_is_the_language_that_it_is_a_kind_of(tag, known):
    assert known_language(tag) == known


@given(st.text(max_size=12))
def test_any_language_is_answered(tag):
    assert told(finding("contact.email", "plain"), tag).language in LANGUAGES


def test_a_rule_without_wording_stays_as_it_is():
    rule = all_rules()["contact.phone"]
    assert worded(rule, "en") is rule
    assert worded(rule, "ja") is rule
    assert (worded(rule, "de").find, worded(rule, "de").title) == (rule.find, "Telefonnummer")


LAZY = """
import sys
read = []
sys.addaudithook(lambda event, facts: event == "open" and read.append(str(facts[0])))
from comity_policy import check, told
(found,) = check("Ring 0151 23456789").findings
said = told(found, "en").language
print(sum("wording" in name and name.endswith(".toml") for name in read), said)
said = told(found, "de").language
print(sum("wording" in name and name.endswith(".toml") for name in read), said)
"""


def test_no_wording_is_read_before_it_is_asked_for():
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=True)
    assert done.stdout == "0 en\n1 de\n"
