"""Saved replies: who may keep what, in which language a buyer gets it, and what its variables become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.accounts.models import Staff
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from comity.messaging.models import Message, SavedReply, SavedReplyText
from comity.messaging.selectors.saved_replies import choices_for, get_saved_reply, order_to_try, replies_of
from comity.messaging.selectors.variables import SAMPLE, VARIABLES, case_of, filled, places, unfinished, values_of
from comity.messaging.services import saved_replies as service
from comity.messaging.services.gaps import Gaps, gaps_in, require_no_gaps
from comity.messaging.services.saved_replies import SavedText, Stale, delete_reply, save_reply, version_of
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import verdict_by_first_word


@pytest.fixture
def owner(db, monkeypatch):
    monkeypatch.setattr(service, "screen", verdict_by_first_word)
    return factories.staff()


def save(staff, text="It leaves today.", name="leaves", language="en", saved=None, **fields):
    form = SavedText(name, language, text, **fields)
    return save_reply(staff=staff, saved_reply=saved, form=form, now=NOW)


def refusal(staff, *args, **fields):
    with pytest.raises(Refused) as refused:
        save(staff, *args, **fields)
    return refused.value


def nothing_saved():
    return not SavedReply.objects.exists() and not OutboxEvent.objects.exists()


@pytest.mark.requirement("S34")
def test_a_saved_reply_is_the_teams_and_its_change_is_told(owner):
    saved = save(owner, "It leaves {{ship_by}}.", "Where is it?").saved_reply

    text = SavedReplyText.objects.get()
    assert (saved.name, text.text, text.changed_by) == ("where-is-it", "It leaves {{ship_by}}.", owner.user)
    agent = factories.staff(owner.seller, role=Staff.Role.AGENT)
    assert get_saved_reply(staff=agent, saved_id=saved.public_id) == saved
    event = OutboxEvent.objects.get()
    assert (event.name, event.stream, event.actor) == (
        "saved_reply.saved",
        owner.seller.public_id,
        owner.user.public_id,
    )


def test_the_service_desk_has_its_own_and_no_rule_binds_it(owner):
    save(owner)
    agent = factories.operator(owner.seller.marketplace, role="service_agent")

    saved = save(agent, "BLOCK nothing.").saved_reply

    assert saved.seller is None
    assert list(replies_of(agent)) == [saved]
    assert OutboxEvent.objects.last().stream == owner.seller.marketplace.public_id


def test_strangers_find_nothing(owner):
    saved = save(owner).saved_reply
    for stranger in (factories.staff(), factories.operator(owner.seller.marketplace)):
        for wanted in (saved.public_id, "a\0b"):
            with pytest.raises(NotFound):
                get_saved_reply(staff=stranger, saved_id=wanted)


def test_who_may_not_answer_may_not_save(owner):
    reader = factories.staff(owner.seller, role=Staff.Role.READ_ONLY)
    assert refusal(reader).code == "role"
    assert nothing_saved()
    saved = save(owner).saved_reply
    with pytest.raises(Refused, match="Your role"):
        delete_reply(staff=reader, saved_reply=saved, now=NOW)
    assert SavedReplyText.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Hello {{buyer.nme}}.", "“buyer.nme” is no variable. Known are {{buyer.name}}"),
        ("{{a}} {{b}} {{a}}", "“a”, “b” are no variables"),
        ("{{}}", "“” is no variable"),
        ("Hello {{buyer.name}.", "Double braces stand around variables only"),
        ("Hello }}.", "Double braces stand around variables only"),
    ],
)
def test_an_unknown_variable_is_refused_by_name_with_those_that_are_known(owner, text, sentence):
    refused = refusal(owner, text)

    assert refused.field == "text"
    assert sentence in refused.sentence
    assert nothing_saved()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "!?"}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"language": "german"}, "language"),
        ({"language": ""}, "language"),
        ({"text": " "}, "text"),
        ({"text": "x" * 4001}, "text"),
    ],
)
def test_what_cannot_be_stored_is_refused_beside_its_field(owner, fields, field):
    assert refusal(owner, **fields).field == field
    assert nothing_saved()


def test_a_name_is_taken_once_in_a_team(owner):
    save(owner)
    save(factories.staff(owner.seller), name="other")
    save(factories.staff())

    assert refusal(owner, name="Leaves").code == "taken"
    assert SavedReply.objects.count() == 3


def test_there_are_no_more_than_people_can_find(owner, monkeypatch):
    from comity.accounts.profiles import profile_in_force
    from comity.accounts.profiles import with_values as few

    profile = few(profile_in_force(owner.seller.marketplace, NOW), {"saved_replies": 1})
    monkeypatch.setattr(service, "profile_in_force", lambda *_: profile)
    saved = save(owner).saved_reply

    assert refusal(owner, name="second").code == "too_many"
    assert save(owner, "Es geht heute.", language="de", saved=saved).kind == "saved"


@pytest.mark.requirement("S60")
def test_what_the_rules_block_is_not_saved_and_the_findings_are_there(owner):
    done = save(owner, "BLOCK this")

    assert (done.kind, [finding.rule for finding in done.verdict.findings]) == ("blocked", ["test.rule"])
    assert nothing_saved()


@pytest.mark.parametrize("word", ["WARN", "HOLD"])
def test_what_the_rules_warn_of_is_saved_once_it_was_read(owner, word):
    asked = save(owner, f"{word} this")
    assert asked.kind == "confirm"
    assert nothing_saved()

    assert save(owner, f"{word} this", confirmed=asked.verdict.input).kind == "saved"


@pytest.mark.django_db
def test_the_real_rules_find_a_contact_behind_a_variable():
    staff = factories.staff()
    text = "Hello {{buyer.name}}, write to {{seller.name}}@gmail.com."

    done = save(staff, text)

    assert [(found.rule, found.quote(text)) for found in done.verdict.findings] == [
        ("contact.email", "{{seller.name}}@gmail.com")
    ]
    assert save(staff, "Order {{order.number}} left: {{carrier}} {{tracking.number}}, {{agent.name}}.").kind == "saved"


def test_over_a_colleagues_change_nothing_is_saved_unseen(owner):
    saved = save(owner).saved_reply
    began = version_of(saved.texts.get())
    ines = factories.staff(owner.seller, user=factories.user(name="Ines"))
    save(ines, "It left.", saved=saved, seen=began)

    with pytest.raises(Stale, match="Ines changed this text") as stale:
        save(owner, "It leaves soon.", saved=saved, seen=began)

    assert saved.texts.get().text == "It left."
    seen = version_of(stale.value.theirs)
    assert save(owner, "It leaves soon.", saved=saved, seen=seen).kind == "saved"


def test_an_existing_text_is_not_replaced_by_one_that_began_in_another_language(owner):
    saved = save(owner).saved_reply
    save(owner, "Es geht heute.", language="de", saved=saved)

    with pytest.raises(Stale):
        save(owner, "Es geht heute.", language="de", saved=saved, seen=version_of(saved.texts.get(language="en")))


def test_with_its_last_text_a_saved_reply_is_gone(owner):
    saved = save(owner).saved_reply
    save(owner, "Es geht heute.", language="de", saved=saved)

    assert delete_reply(staff=owner, saved_reply=saved, language="de", now=NOW) is False
    assert delete_reply(staff=owner, saved_reply=saved, language="en", now=NOW) is True
    assert delete_reply(staff=owner, saved_reply=saved, now=NOW) is True
    assert not SavedReply.objects.exists()
    assert OutboxEvent.objects.filter(name="saved_reply.deleted").count() == 2


@pytest.mark.parametrize(
    ("language", "text", "fallback"),
    [("de", "Heute.", False), ("de-AT", "Heute.", False), ("pt", "Today.", True), ("en", "Today.", False)],
)
def test_a_buyer_gets_the_text_in_their_language_or_the_shops_own(owner, language, text, fallback):
    saved = save(owner, "Today.").saved_reply
    for code, words in (("de", "Heute."), ("ar", "اليوم.")):
        save(owner, words, language=code, saved=saved)

    [choice] = choices_for(staff=owner, language=language)
    assert (choice.text.text, choice.fallback) == (text, fallback)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_choices_take_two_queries_however_many(owner, rows, django_assert_num_queries):
    for number in range(rows):
        save(owner, name=f"one-{number}")
    with django_assert_num_queries(2):
        assert len(choices_for(staff=owner, language="de")) == rows


def test_variables_stand_for_what_the_conversation_knows(desk):
    factories.shipment(desk.order, carrier="Parcel Post", tracking_number="JVGL0611223344")
    desk.ask()
    desk.deliver()
    seat = desk.seller_seat()
    case = case_of(seat.conversation, side="seller", writer=seat.user, language="de-AT")

    text = "{{ buyer.name }}: {{order.number}}, {{item.title}}, {{ship_by}}, {{carrier}} {{tracking.number}} {{agent.name}}"
    title = desk.order.lines.get().title
    assert filled(text, values_of(case)) == (
        f"{desk.buyer.name}: {desk.order.number}, {title}, 31. Oktober 2026, Parcel Post JVGL0611223344 {seat.user.name}"
    )


@pytest.mark.parametrize(
    ("language", "day"), [("en", "31 October 2026"), ("fr", "31 octobre 2026"), ("xx-klingon", "31 October 2026")]
)
def test_a_day_is_written_as_its_reader_writes_it(desk, language, day):
    case = case_of_any(desk, language)
    assert values_of(case)["ship_by"] == day


def case_of_any(desk, language="en"):
    desk.ask()
    desk.deliver()
    seat = desk.seller_seat()
    return case_of(seat.conversation, side="seller", writer=seat.user, language=language)


def test_what_is_not_known_stays_a_gap_and_is_not_sent(desk):
    text = filled("It left: {{tracking.number}}.", values_of(case_of_any(desk)))
    assert text == "It left: {{tracking.number}}."

    with pytest.raises(Gaps, match="Fill the marked gap") as refused:
        desk.answer(text)

    [gap] = refused.value.findings
    assert (gap.quote(text), gap.outcome) == ("{{tracking.number}}", "block")
    assert not Message.objects.filter(side="seller").exists()
    assert desk.answer("It left: JVGL0611223344.").kind == "accepted"


def test_other_braces_are_nobodys_gap_and_a_buyer_may_write_what_they_like(desk):
    require_no_gaps("Our template says {{something}} and {{ }}.")
    desk.ask("What is {{order.number}}?")
    desk.deliver()
    assert desk.answer("That is ours: {{number}}.").kind == "accepted"


def test_a_value_that_looks_like_a_variable_stays_what_it_is():
    values = {"buyer.name": "{{item.title}}", "item.title": "Lamp {{buyer.name}}"}
    assert filled("{{buyer.name}} {{item.title}}", values) == "{{item.title}} Lamp {{buyer.name}}"


def test_an_order_is_tried_only_by_those_whose_it_is(desk):
    number = desk.order.number
    for staff in (desk.staff, desk.operator):
        assert order_to_try(staff=staff, number=number) == desk.order
    for staff, wanted in ((factories.staff(), number), (desk.staff, "a\0b"), (desk.staff, "")):
        with pytest.raises(NotFound):
            order_to_try(staff=staff, number=wanted)


pieces = st.one_of(
    st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(
        [*(f"{{{{{name}}}}}" for name in VARIABLES), "{{ buyer.name }}", "{{nobody}}", "{", "}", "{{", "}}"]
    ),
)


@given(st.lists(pieces, max_size=8).map("".join), st.sets(st.sampled_from(sorted(VARIABLES))))
def test_filling_touches_variables_with_a_value_and_nothing_else(text, known):
    values = {name: SAMPLE[name] for name in known}
    rest, last = [], 0
    for place in places(text):
        rest += [text[last : place.start], values.get(place.name, text[place.start : place.end])]
        last = place.end
    assert filled(text, values) == "".join([*rest, text[last:]])
    assert [gap.quote(text) for gap in gaps_in(text)] == [
        text[one.start : one.end] for one in places(text) if one.name in VARIABLES
    ]


@given(st.text(st.sampled_from("{} a."), max_size=12))
def test_braces_are_variables_or_unfinished_or_single(text):
    left = text
    for place in reversed(list(places(text))):
        left = left[: place.start] + left[place.end :]
    assert unfinished(text) == ("{{" in left or "}}" in left)
