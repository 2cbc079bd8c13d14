"""`comity rules`: the list, one rule, and stored messages under another rulebook."""

import json
from pathlib import Path

import pytest

from comity.common.errors import Refused
from comity.common.models import RecordEntry
from comity.config import cli
from comity.config.server import require_rulebooks, serve
from comity.messaging.models import Conversation, Finding, Message
from comity.screening.services.drafting import RuleChange, draft_changes
from comity.screening.services.versions import approve, propose
from comity_policy import RulebookError, rules
from comity_policy.rules import all_rules
from tests.factories import NOW
from tests.messaging.desk import make_desk

LATER = ["--on", "2026-11-22"]


def test_the_list_names_every_rule_and_its_group(capsys):
    assert cli.main(["rules", *LATER]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == "open-marketplace, in force from 2026-11-22"
    assert [line.split()[0] for line in lines[2:]] == list(all_rules())
    assert "contact.phone              block  Telephone number" in lines


def test_a_rule_that_the_rulebook_does_not_name_is_shown_without_a_group(capsys):
    assert cli.main(["rules", "--on", "2026-01-01"]) == 0
    assert "order.wrong_id             -      Number of another order" in capsys.readouterr().out


def test_show_says_what_why_what_follows_and_gives_examples(capsys):
    assert cli.main(["rules", "show", "contact.phone"]) == 0
    out = capsys.readouterr().out
    rule = all_rules()["contact.phone"]

    assert rule.why in out
    assert rule.advice in out
    assert "open-marketplace, from 2026-01-01 (block)\n  asked: seller hold, buyer warn\n" in out
    assert f"  {rule.flagged[0]}\n" in out


def test_show_speaks_the_language_asked_for(capsys):
    assert cli.main(["rules", "show", "contact.phone", "--language", "es"]) == 0
    out = capsys.readouterr().out

    assert out.startswith("contact.phone: Número de teléfono\n\nLo que se dice por teléfono no deja constancia.")
    assert "\nAdvice: Quite el número y escriba lo necesario en esta conversación.\n" in out
    assert all_rules()["contact.phone"].advice not in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "contact.fone"], "Did you mean contact.phone?"),
        (["show", "zzz"], "There is conduct.abuse"),
        (["--rulebook", "nobody"], "There is no rulebook 'nobody'"),
    ],
)
def test_what_there_is_not_is_said(capsys, words, sentence):
    assert cli.main(["rules", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err


@pytest.fixture
def desk(db):
    made = make_desk()
    made.ask("Where is my order? You absolute clown.")
    made.ask("When does it come?")
    made.deliver()
    made.answer("We are sold out, please cancel the order.")
    made.serve("please cancel the order")
    return made


def sent(text):
    return Message.objects.get(body__text=text).public_id


@pytest.fixture(autouse=True)
def fast_database_will_do(monkeypatch):
    monkeypatch.setattr("comity.config.server.undurable", list)


def test_replay_under_the_same_rulebook_changes_nothing(desk, capsys):
    before = RecordEntry.objects.count()

    assert cli.main(["rules", "replay", "--on", "2026-11-02"]) == 0
    assert capsys.readouterr().out == "3 messages under open-marketplace of 2026-01-01: 0 change.\n"
    assert RecordEntry.objects.count() == before


def test_replay_tells_what_changes_and_quotes_only_when_asked(desk, capsys):
    assert cli.main(["rules", "replay", *LATER]) == 1
    changed = sent("We are sold out, please cancel the order.")
    out = capsys.readouterr().out

    assert f"{changed}: deliver -> hold +order.cancel_request\n" in out
    assert "3 messages under open-marketplace of 2026-11-22: 1 change.\n" in out
    assert "        1  +order.cancel_request\n" in out
    assert "please" not in out
    cli.main(["rules", "replay", "--quotes", *LATER])
    assert '+order.cancel_request "please cancel the order"' in capsys.readouterr().out


NOT_ASKED = ["form.language", "form.repetition", "purpose.expired", "review.repeat"]


def test_replay_leaves_out_the_rules_that_were_told_more_than_is_on_record_and_says_so(desk, capsys):
    blocked = Message.objects.get(body__text="We are sold out, please cancel the order.")
    for position, rule in enumerate(["review.repeat", "form.repetition"], start=1):
        Finding.objects.create(message=blocked, position=position, rule=rule, start=0, end=4, outcome="block")

    assert cli.main(["rules", "replay", *LATER]) == 1
    out = capsys.readouterr().out
    assert f"{blocked.public_id}: deliver -> hold +order.cancel_request\n" in out
    assert out.endswith(
        "Not asked again, for what they need beside the words is not on record: form.language, form.repetition, "
        "purpose.expired, review.repeat (4 rules, which had found something in 1 messages).\n"
    )
    cli.main(["rules", "replay", "--json", *LATER])
    total = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (total["not_asked"], total["findings not asked again"]) == (NOT_ASKED, 1)


def test_what_a_rulebook_without_the_rule_lets_through_is_lost(desk, capsys):
    Finding.objects.update(rule="review.repeat")

    assert cli.main(["rules", "replay", "--on", "2026-11-02"]) == 1
    assert "-review.repeat\n" in capsys.readouterr().out


def test_the_number_of_the_order_is_on_record_and_told_again(desk, capsys):
    wrong = desk.answer("Order 114-3941689-8772233 left.").message
    cli.main(["rules", "replay", *LATER])

    assert f"{wrong.public_id}: deliver -> warn +order.wrong_id\n" in capsys.readouterr().out


@pytest.mark.parametrize("rule", all_rules())
def test_a_rule_that_is_told_what_is_not_kept_is_not_asked_again(rule):
    """Every fact that sending supplies, and replay does not."""
    text = Path(rules.__path__[0], *rule.split(".")).with_suffix(".py").read_text()
    facts = ("days", "follow_ups", "alike", "review_requests", "buyer_language")
    assert any(f"context.{fact}" in text for fact in facts) == (rule in NOT_ASKED)


def test_replay_writes_json_lines_and_names_what_is_forbidden_no_more(desk, capsys):
    Finding.objects.update(rule="contact.gone")

    assert cli.main(["rules", "replay", "--json", "--quotes", *LATER]) == 1
    rude, cancel, total = map(json.loads, capsys.readouterr().out.splitlines())

    assert (rude["message"], rude["lost"]) == (sent("Where is my order? You absolute clown."), ["contact.gone"])
    assert cancel["quotes"] == ["please cancel the order"]
    assert (total["messages"], total["changed"], total["-contact.gone"]) == (3, 2, 1)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--since", "2026-11-03"], 0),
        (["--since", "2026-11-02"], 3),
        (["--marketplace", "elsewhere"], 0),
    ],
)
def test_replay_may_be_narrowed(desk, capsys, words, count):
    cli.main(["rules", "replay", "--on", "2026-11-02", *words])
    assert capsys.readouterr().out.startswith(f"{count} messages under")


def test_erased_words_are_passed_over(desk, capsys):
    Message.objects.filter(side="buyer").update(body=None)
    cli.main(["rules", "replay", "--on", "2026-11-02"])
    assert capsys.readouterr().out.startswith("1 messages under")


def test_replay_reads_a_fixed_number_of_times_for_a_conversation(desk, capsys, django_assert_max_num_queries):
    assert Conversation.objects.count() == 1
    with django_assert_max_num_queries(20):
        cli.main(["rules", "replay", *LATER])


def test_replay_takes_the_digest_of_a_version_of_a_marketplaces_own(desk, capsys):
    market, first = desk.conversation.marketplace, RuleChange("conduct.abuse", "trial", {})
    drafted = draft_changes(market, [first], "2026-11-02", now=NOW)
    made = propose(marketplace=market, by=desk.staff.user, drafted=drafted, why="Too strict.", seen=0, now=NOW)
    approve(marketplace=market, by=desk.operator.user, version_id=made.public_id, now=NOW)
    desk.ask("You absolute clown, where is it?")

    assert Message.objects.latest("pk").rulebook_digest == made.digest
    assert cli.main(["rules", "replay", "--rulebook", made.digest]) == 1
    out = capsys.readouterr().out
    assert f"4 messages under {market.slug} of 2026-11-02: 1 change.\n" in out
    assert f"{sent('Where is my order? You absolute clown.')}: hold -> deliver -conduct.abuse\n" in out
    assert "        2  trial conduct.abuse\n" in out


def test_a_digest_that_nobody_published_is_not_known(db, capsys):
    assert cli.main(["rules", "replay", "--rulebook", "0" * 64]) == 2
    assert "No published rulebook has the digest" in capsys.readouterr().err


@pytest.mark.parametrize("start", [lambda: serve(host="localhost", port=0), require_rulebooks])
def test_nothing_starts_with_a_rulebook_that_cannot_be_used(monkeypatch, start):
    def broken():
        raise RulebookError("b@2027-01-01: contact.emial: there is no such rule")

    monkeypatch.setattr("comity.config.server.rulebooks", broken)
    with pytest.raises(Refused, match=r"The rules cannot be read: b@2027-01-01: contact\.emial: there is no such rule"):
        start()


def test_every_rulebook_of_this_release_can_be_used():
    require_rulebooks()
