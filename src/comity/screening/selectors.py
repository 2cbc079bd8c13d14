"""Rulebooks as people read them: what follows from each rule for whom, and what another version says differently."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator

from comity.accounts.models import Marketplace
from comity.common.errors import NotFound
from comity.screening.models import RulebookVersion
from comity.screening.services import published_rulebook, rulebook_by_digest, rulebook_in_force
from comity_policy.model import ROLES
from comity_policy.rulebook import GROUPS, Entry, Rulebook, rulebooks

VERSIONS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows when a rule finds something in one form; ``purpose`` where it differs for that one."""

    form: str
    told: str
    purpose: str
    seller: str
    buyer: str


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """One rule of a rulebook. ``group``: the most that it does; ``since``: the first day on which it did something."""

    id: str
    title: str
    why: str
    advice: str
    group: str
    since: date
    source: tuple[str, ...]
    needs: tuple[str, ...]
    consequences: tuple[Consequence, ...]


def rules_in_force(marketplace: Marketplace, now: datetime) -> list[RuleInForce]:
    """Every rule by which ``marketplace`` judges at ``now``: the strictest groups first, by id within one."""
    book = rulebook_in_force(marketplace, now)
    since = _first_days(book)
    rules = [_told(entry, since[entry.rule.id]) for entry in book.entries]
    return sorted(rules, key=lambda rule: (-GROUPS.index(rule.group), rule.id))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that another rulebook says differently: ``who`` is a role, empty for the group of the rule."""

    rule: str
    title: str
    told: str
    purpose: str
    who: str
    before: str
    after: str


def differences(before: Rulebook, after: Rulebook) -> list[Difference]:
    """What ``after`` says differently of each rule; a rule that one of them does not have is “off” there."""
    old, new = ({entry.rule.id: entry for entry in book.entries} for book in (before, after))
    found: list[Difference] = []
    for rule in sorted(old.keys() | new.keys()):
        either = new.get(rule) or old[rule]
        groups = [book[rule].group if rule in book else "off" for book in (old, new)]
        if groups[0] != groups[1]:
            found.append(Difference(rule, either.rule.title, "", "", "", *groups))
        if rule in old and rule in new:
            found += _differing_lines(old[rule], new[rule])
    return found


def _differing_lines(old: Entry, new: Entry) -> Iterator[Difference]:
    """Line by line; where one of them says nothing for a purpose, what it says for any is what counts there."""
    before, after = ({(one.form, one.purpose): one for one in _consequences(entry)} for entry in (old, new))
    nothing = Consequence("", "", "", "deliver", "deliver")
    for form, purpose in dict.fromkeys([*after, *before]):
        was, then = (lines.get((form, purpose)) or lines.get((form, ""), nothing) for lines in (before, after))
        for role in ROLES:
            outcomes = getattr(was, role), getattr(then, role)
            if outcomes[0] != outcomes[1]:
                told = then.told or was.told
                yield Difference(new.rule.id, new.rule.title, told, purpose, role, *outcomes)


def open_proposal(marketplace: Marketplace) -> RulebookVersion | None:
    """The change that waits for a second person. One query."""
    rows = RulebookVersion.objects.select_related("proposed_by")
    return rows.filter(marketplace=marketplace, state=RulebookVersion.State.PROPOSED).first()


def versions_of(marketplace: Marketplace, page: int | str | None = 1) -> "Page[RulebookVersion]":
    """Every version of the marketplace's own, the latest first. Two queries."""
    rows = RulebookVersion.objects.filter(marketplace=marketplace).select_related("proposed_by", "decided_by")
    return Paginator(rows.order_by("-pk"), VERSIONS_A_PAGE).get_page(page)


def get_version(marketplace: Marketplace, version_id: str) -> RulebookVersion:
    """One version of the marketplace's own. Raises ``NotFound``."""
    rows = RulebookVersion.objects.select_related("marketplace", "proposed_by", "decided_by")
    found = rows.filter(marketplace=marketplace, public_id=version_id).first() if version_id.isprintable() else None
    if found is None:
        raise NotFound(version_id)
    return found


def rulebook_before(version: RulebookVersion) -> Rulebook:
    """What was, or would be, in force on the version's first day without it."""
    published = [one["digest"] for one in version.marketplace.rulebook_versions if one["of"] == _of(version)]
    if version.digest in published:
        published = published[: published.index(version.digest)]
    earlier = rulebook_by_digest(published[-1]) if published else None
    return earlier or published_rulebook(version.marketplace, version.valid_from)


def _of(version: RulebookVersion) -> str:
    """For which rulebook of the settings the version was made; that of today for what is not published."""
    of: dict[str, str] = {one["digest"]: one["of"] for one in version.marketplace.rulebook_versions}
    return of.get(version.digest, version.marketplace.rulebook)


def _first_days(book: Rulebook) -> dict[str, date]:
    """The day of the first published rulebook of that name which has the rule, for each rule of ``book``."""
    published = book.extends.partition("@")[0] or book.name
    first = {entry.rule.id: book.valid_from for entry in book.entries}
    for earlier in rulebooks():
        if earlier.name == published:
            for entry in earlier.entries:
                if entry.rule.id in first:
                    first[entry.rule.id] = min(first[entry.rule.id], earlier.valid_from)
    return first


def _told(entry: Entry, since: date) -> RuleInForce:
    rule = entry.rule
    return RuleInForce(
        id=rule.id,
        title=rule.title,
        why=rule.why,
        advice=rule.advice,
        group=entry.group,
        since=since,
        source=rule.source,
        needs=tuple(sorted(rule.needs)),
        consequences=tuple(_consequences(entry)),
    )


def _consequences(entry: Entry) -> Iterator[Consequence]:
    for purpose, outcomes in {"": entry.outcomes, **entry.by_purpose}.items():
        for form, by_role in outcomes.items():
            yield Consequence(form, entry.rule.reason(form), purpose, by_role["seller"].value, by_role["buyer"].value)
