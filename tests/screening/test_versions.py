"""A marketplace's own rulebook: drafted in words, approved by a second person, in force by date, never changed."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from comity.accounts.models import Marketplace
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from comity.screening.models import RulebookVersion
from comity.screening.selectors import differences, get_version, open_proposal, rulebook_before, versions_of
from comity.screening.services import rulebook_by_digest, rulebook_date, rulebook_in_force, screen
from comity.screening.services.drafting import RuleChange, RulesRefused, draft_again, draft_changes
from comity.screening.services.versions import RulesMoved, approve, propose, refuse, version_of, withdraw
from comity_policy import RulebookError
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
PHONE = {"text": "Call me on +44 20 7946 0958.", "role": "seller", "purpose": "reply", "language": "en"}
DAY = "2026-11-25"
TO_WARN = RuleChange("contact.phone", "warn", {})
NO_OUTCOME = "Choose what follows: blocked, held, warned or nothing."
TO_TRIAL = RuleChange("contact.phone", "trial", {})


@pytest.fixture
def market():
    return factories.marketplace()


@pytest.fixture
def mia(market):
    return factories.operator(market).user


@pytest.fixture
def noor(market):
    return factories.operator(market).user


def verdict(market, now=TOMORROW):
    fresh = Marketplace.objects.get(pk=market.pk)
    return screen(**PHONE, marketplace=fresh, known_ids=frozenset(), now=now)


def proposed(market, by, *changes, day=DAY, now=NOW):
    fresh = Marketplace.objects.get(pk=market.pk)
    drafted = draft_changes(fresh, changes or [TO_WARN], day, now=now)
    return propose(marketplace=fresh, by=by, drafted=drafted, why="Too strict.", seen=version_of(fresh), now=now)


def published(market, by, second, *changes, day=DAY, now=NOW):
    version = proposed(market, by, *changes, day=day, now=now)
    return approve(marketplace=market, by=second, version_id=version.public_id, now=now)


def refusals(market, *, day=DAY, **changes):
    typed = {"rule": "contact.phone", "group": "warn", "outcomes": {}} | changes
    with pytest.raises(RulesRefused) as refused:
        draft_changes(market, [RuleChange(**typed)], day, now=NOW)
    return refused.value.errors


def test_a_published_version_judges_from_its_first_day_on_and_verdicts_name_it(market, mia, noor):
    version = published(market, mia, noor)

    assert verdict(market, NOW).outcome == "block"
    after = verdict(market)
    assert (after.outcome, after.rulebook) == ("warn", version.digest)
    assert rulebook_date(version.digest) == date(2026, 11, 25)


def test_what_is_only_proposed_counts_for_nobody(market, mia):
    proposed(market, mia)
    assert verdict(market).outcome == "block"


def test_an_old_verdict_is_reached_again_by_its_digest_after_a_later_version(market, mia, noor):
    published(market, mia, noor)
    old = verdict(market)
    published(market, mia, noor, TO_TRIAL, day="2026-11-26", now=TOMORROW)
    rulebook_by_digest.cache_clear()

    book = rulebook_by_digest(old.rulebook)
    assert book.extends == "open-marketplace@2026-11-22"
    assert next(entry.group for entry in book.entries if entry.rule.id == "contact.phone") == "warn"
    assert verdict(market).rulebook == old.rulebook


def test_a_rule_on_trial_lets_everything_through_and_is_counted(market, mia, noor):
    published(market, mia, noor, TO_TRIAL)

    found = verdict(market)
    assert found.outcome == "deliver"
    assert [one.rule for one in found.trials] == ["contact.phone"]


def test_an_outcome_is_changed_for_one_role_only(market, mia, noor):
    change = RuleChange("contact.phone", "block", {("plain", "seller", ""): "hold"})
    version = published(market, mia, noor, change, day="2026-11-24")

    assert verdict(market, NOW).outcome == "hold"
    told = [
        (one.who, one.before, one.after)
        for one in differences(rulebook_before(version), rulebook_by_digest(version.digest))
    ]
    assert told == [("seller", "block", "hold")]


def test_a_later_change_keeps_the_earlier_ones(market, mia, noor):
    published(market, mia, noor)
    published(market, mia, noor, RuleChange("contact.email", "hold", {}))

    book = rulebook_in_force(Marketplace.objects.get(pk=market.pk), TOMORROW)
    groups = {entry.rule.id: entry.group for entry in book.entries}
    assert (groups["contact.phone"], groups["contact.email"], groups["link.external"]) == ("warn", "hold", "block")


@pytest.mark.parametrize("go_back", ["to the first version", "to what is published"])
def test_an_earlier_version_is_brought_back_as_a_new_one(market, mia, noor, go_back):
    first = published(market, mia, noor)
    published(market, mia, noor, TO_TRIAL)
    fresh = Marketplace.objects.get(pk=market.pk)

    drafted = draft_again(fresh, first if "first" in go_back else None, "2026-11-25", now=NOW)
    version = propose(marketplace=fresh, by=noor, drafted=drafted, why="It hurt.", seen=2, now=NOW)
    approve(marketplace=market, by=mia, version_id=version.public_id, now=NOW)

    assert verdict(market).outcome == ("warn" if "first" in go_back else "block")
    assert RulebookVersion.objects.filter(state="published").count() == 3


def test_versions_made_for_another_rulebook_do_not_count(market, mia, noor):
    published(market, mia, noor)
    Marketplace.objects.filter(pk=market.pk).update(rulebook="amazon-current")

    assert rulebook_in_force(Marketplace.objects.get(pk=market.pk), TOMORROW).name == "amazon-2026-01"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"group": "off"}, "contact.phone:group", "Choose what the rule may do at most: block, hold, warn or trial."),
        ({"outcomes": {("plain", "seller", ""): "shout"}}, "contact.phone:plain:seller", NO_OUTCOME),
        ({"outcomes": {("plain", "seller", ""): ""}}, "contact.phone:plain:seller", NO_OUTCOME),
        ({"outcomes": {("plain", "nobody", ""): "hold"}}, "contact.phone:plain:nobody", NO_OUTCOME),
        ({"outcomes": {("odd", "seller", ""): "hold"}}, "contact.phone:odd:seller", NO_OUTCOME),
        ({"outcomes": {("plain", "seller", "picnic"): "hold"}}, "contact.phone:plain:seller:picnic", NO_OUTCOME),
        ({"day": "soon"}, "day", "The first day is a day such as 2026-11-24, not soon."),
        ({"day": " "}, "day", "The first day is a day such as 2026-11-24, and it is needed."),
        ({"day": "2026-11-23"}, "day", "Choose a first day from 24 Nov 2026 to 25 Nov 2027."),
        ({"day": "2029-01-01"}, "day", "Choose a first day from 24 Nov 2026 to 25 Nov 2027."),
        ({"group": "block"}, "form", "Nothing would change: every message would fare as it does now."),
    ],
)
def test_nonsense_is_refused_in_words(market, changes, field, sentence):
    assert refusals(market, **changes) == {field: sentence}


@pytest.mark.parametrize("purpose", ["", "shipment"])
def test_a_line_cannot_do_more_than_its_rule(market, purpose):
    [sentence] = refusals(market, group="hold", outcomes={("asked", "buyer", purpose): "block"}).values()
    assert sentence.endswith(
        "cannot lead to block while the rule does no more than hold: choose less here, or more for the rule."
    )


def test_a_rule_that_is_not_there_cannot_be_changed(market):
    assert refusals(market, rule="no.such") == {"form": "open-marketplace has no rule no.such."}


def test_a_version_never_begins_before_the_one_before_it(market, mia, noor):
    published(market, mia, noor, day="2026-12-01")
    fresh = Marketplace.objects.get(pk=market.pk)

    sentence = "Choose a first day from 1 Dec 2026 to 25 Nov 2027."
    assert refusals(fresh, group="trial", day="2026-11-30") == {"day": sentence}


def test_who_proposed_it_cannot_approve_or_refuse_it(market, mia):
    version = proposed(market, mia)

    with pytest.raises(Refused, match="somebody else must approve it"):
        approve(marketplace=market, by=mia, version_id=version.public_id, now=NOW)
    with pytest.raises(Refused, match="take it back instead"):
        refuse(marketplace=market, by=mia, version_id=version.public_id, reason="No.", now=NOW)
    assert open_proposal(market) == version
    assert verdict(market).outcome == "block"


def test_the_database_itself_asks_for_two_people(market, mia):
    version = proposed(market, mia)

    with pytest.raises(IntegrityError), transaction.atomic():
        RulebookVersion.objects.filter(pk=version.pk).update(state="published", decided_by=mia)
    with pytest.raises(IntegrityError), transaction.atomic():
        RulebookVersion.objects.filter(pk=version.pk).update(state="published")


def test_a_proposal_is_refused_with_a_reason_or_taken_back_by_its_author(market, mia, noor):
    version = proposed(market, mia)
    with pytest.raises(Refused, match="Say why"):
        refuse(marketplace=market, by=noor, version_id=version.public_id, reason=" ", now=NOW)
    with pytest.raises(Refused, match="Only who proposed"):
        withdraw(marketplace=market, by=noor, version_id=version.public_id, now=NOW)

    refuse(marketplace=market, by=noor, version_id=version.public_id, reason="Not now.", now=NOW)
    withdraw(marketplace=market, by=mia, version_id=proposed(market, mia).public_id, now=NOW)

    states = [(one.state, one.reason) for one in versions_of(market)]
    assert states == [("withdrawn", ""), ("refused", "Not now.")]


def test_what_is_decided_is_not_decided_again(market, mia, noor):
    version = published(market, mia, noor)

    with pytest.raises(RulesMoved, match="You have decided already: this is published"):
        approve(marketplace=market, by=noor, version_id=version.public_id, now=NOW)
    assert len(Marketplace.objects.get(pk=market.pk).rulebook_versions) == 1


def test_a_proposal_whose_day_is_over_is_not_published(market, mia, noor):
    version = proposed(market, mia)

    with pytest.raises(RulesMoved, match="Its first day is over"):
        approve(marketplace=market, by=noor, version_id=version.public_id, now=TOMORROW.replace(day=26))


def test_a_proposal_for_another_rulebook_is_not_published(market, mia, noor):
    version = proposed(market, mia)
    Marketplace.objects.filter(pk=market.pk).update(rulebook="amazon-2021-03")

    with pytest.raises(RulesMoved, match="From its first day on amazon-2021-03@2021-03-01 is in force"):
        approve(marketplace=market, by=noor, version_id=version.public_id, now=NOW)
    assert open_proposal(market) == version


def test_one_change_waits_at_a_time_and_nobody_works_from_an_old_page(market, mia, noor):
    drafted = draft_changes(market, [TO_WARN], DAY, now=NOW)
    about = {"marketplace": market, "by": mia, "drafted": drafted, "why": "Too strict.", "now": NOW}
    first = propose(**about, seen=0)
    with pytest.raises(RulesMoved, match="Your own earlier change waits for approval"):
        propose(**about, seen=0)
    with pytest.raises(RulesMoved, match=f"A change by {mia.name} waits for approval"):
        propose(**about | {"by": noor}, seen=0)

    approve(marketplace=market, by=noor, version_id=first.public_id, now=NOW)
    with pytest.raises(RulesMoved, match="changed meanwhile"):
        propose(**about, seen=0)
    assert RulebookVersion.objects.count() == 1


@pytest.mark.parametrize("why", ["", "  ", "x" * 1001, "a\0b"])
def test_a_proposal_needs_a_reason(market, mia, why):
    drafted = draft_changes(market, [TO_WARN], DAY, now=NOW)
    with pytest.raises(RulesRefused) as refused:
        propose(marketplace=market, by=mia, drafted=drafted, why=why, seen=0, now=NOW)
    assert set(refused.value.errors) == {"why"}
    assert not RulebookVersion.objects.exists()


def test_another_marketplace_has_no_part_in_it(market, mia, noor):
    version = published(market, mia, noor)
    other = factories.marketplace()

    assert verdict(other).outcome == "block"
    with pytest.raises(NotFound):
        get_version(other, version.public_id)
    with pytest.raises(NotFound):
        approve(marketplace=other, by=noor, version_id=version.public_id, now=NOW)


def test_a_version_that_was_altered_lets_nothing_through(market, mia, noor):
    version = published(market, mia, noor)
    RulebookVersion.objects.filter(pk=version.pk).update(content=version.content.replace("warn", "trial"))
    rulebook_by_digest.cache_clear()

    with pytest.raises(RulebookError, match="is not what was published"):
        verdict(market)


def test_every_step_is_told(market, mia, noor):
    version = published(market, mia, noor)

    told = OutboxEvent.objects.filter(stream=version.public_id).order_by("sequence")
    assert [(one.name, one.actor) for one in told] == [
        ("rulebook.proposed", mia.public_id),
        ("rulebook.published", noor.public_id),
    ]
    assert told[1].data == {"rulebook": version.public_id, "digest": version.digest, "from": "2026-11-25"}


def test_a_version_is_written_as_what_it_changes(market):
    change = RuleChange("contact.phone", "hold", {("asked", "buyer", ""): "deliver"})
    drafted = draft_changes(market, [change], DAY, now=NOW)

    assert drafted.content == (
        f'name = "{market.slug}"\nvalid_from = 2026-11-25\nextends = "open-marketplace@2026-11-22"\n\n'
        '[rules."contact.phone"]\ngroup = "hold"\nasked = { seller = "hold", buyer = "deliver" }\n'
    )
    assert drafted.after.valid_from == date(2026, 11, 25)


def test_one_proposal_holds_several_rules_and_is_one_version(market, mia, noor):
    changes = TO_WARN, RuleChange("contact.email", "trial", {}), RuleChange("order.cancel_request", "warn", {})
    version = published(market, mia, noor, *changes)

    groups = {entry.rule.id: entry.group for entry in rulebook_by_digest(version.digest).entries}
    assert [groups[change.rule] for change in changes] == ["warn", "trial", "warn"]
    assert RulebookVersion.objects.count() == 1


def test_nothing_is_proposed_where_one_of_several_rules_is_wrong(market):
    changes = [TO_WARN, RuleChange("contact.email", "off", {}), RuleChange("link.external", "", {})]
    with pytest.raises(RulesRefused) as refused:
        draft_changes(market, changes, DAY, now=NOW)
    assert list(refused.value.errors) == ["contact.email:group", "link.external:group"]


def test_without_a_rule_nothing_is_drafted(market):
    with pytest.raises(RulesRefused) as refused:
        draft_changes(market, [], DAY, now=NOW)
    assert refused.value.errors == {"form": "Choose a rule to change."}


def for_shipment(seller, buyer="", group="block", any_seller="block"):
    """Plain phone numbers: what follows under the purpose shipment, and under any."""
    cells = {("plain", "seller", "shipment"): seller, ("plain", "buyer", "shipment"): buyer}
    return RuleChange("contact.phone", group, cells | {("plain", "seller", ""): any_seller})


def outcomes(market, *purposes):
    fresh = Marketplace.objects.get(pk=market.pk)
    asked = ({**PHONE, "purpose": purpose} for purpose in purposes)
    return [screen(**one, marketplace=fresh, known_ids=frozenset(), now=TOMORROW).outcome for one in asked]


def test_an_outcome_is_changed_for_one_purpose_only(market, mia, noor):
    version = published(market, mia, noor, for_shipment("warn"))

    assert outcomes(market, "reply", "shipment") == ["block", "warn"]
    assert version.content.endswith(
        '[rules."contact.phone"]\n[rules."contact.phone".purposes.shipment]\n'
        'plain = { seller = "warn", buyer = "block" }\n'
    )


def told(version):
    """What the version says differently: purpose, role, before, after."""
    found = differences(rulebook_before(version), rulebook_by_digest(version.digest))
    return [(one.purpose, one.who, one.before, one.after) for one in found if one.who]


def test_a_line_for_one_purpose_is_compared_with_what_held_for_any(market, mia, noor):
    first = published(market, mia, noor, for_shipment("warn"))
    second = published(market, mia, noor, for_shipment("", ""))

    assert told(first) == [("shipment", "seller", "block", "warn")]
    assert told(second) == [("shipment", "seller", "warn", "block")]


def test_what_holds_for_one_purpose_is_taken_away_again(market, mia, noor):
    published(market, mia, noor, for_shipment("warn"))
    version = published(market, mia, noor, for_shipment("", "", group="hold"))

    assert outcomes(market, "reply", "shipment") == ["hold", "hold"]
    assert "purposes" not in version.content


def test_a_line_for_one_purpose_stays_when_that_for_any_changes(market, mia, noor):
    published(market, mia, noor, for_shipment("warn"))
    published(market, mia, noor, RuleChange("contact.phone", "block", {("plain", "seller", ""): "hold"}))

    assert outcomes(market, "reply", "shipment") == ["hold", "warn"]


def test_a_line_for_one_purpose_that_says_what_holds_for_any_goes(market, mia, noor):
    published(market, mia, noor, for_shipment("warn", "block"))
    version = published(market, mia, noor, for_shipment("warn", "block", any_seller="warn"))

    assert outcomes(market, "reply", "shipment") == ["warn", "warn"]
    assert "purposes" not in version.content


def test_nobody_decides_twice_and_the_second_is_told_who_was_first(market, mia, noor):
    version = published(market, mia, noor)
    third = factories.operator(market).user

    for who, sentence in ((noor, "You have decided already"), (third, "Somebody was quicker")):
        with pytest.raises(RulesMoved, match=f"{sentence}: this is published. Nothing more was done."):
            approve(marketplace=market, by=who, version_id=version.public_id, now=NOW)
    assert OutboxEvent.objects.filter(name="rulebook.published").count() == 1
