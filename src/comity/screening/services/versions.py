"""A marketplace's own rulebook: proposed by one person, published by another, never changed afterwards."""

from datetime import datetime

from comity.accounts.models import Marketplace, User
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.texts import clean_text
from comity.common.transactions import write
from comity.screening.models import RulebookVersion
from comity.screening.services.drafting import Drafted, RulesRefused, extended
from comity_policy.rulebook import RulebookError

LONGEST_WHY = 1000  # characters
State = RulebookVersion.State


class RulesMoved(Refused):
    """Something happened since the page was opened; what was typed may be sent again after another look."""

    def __init__(self, sentence: str) -> None:
        super().__init__("moved", sentence)


def version_of(marketplace: Marketplace) -> int:
    """A number that is another one after everything that is published."""
    return len(marketplace.rulebook_versions)


def propose(
    *, marketplace: Marketplace, by: User, drafted: Drafted, why: str, seen: int, now: datetime
) -> RulebookVersion:
    """Put ``drafted`` before a second person. ``seen`` is ``version_of`` when the page was looked at.

    Raises ``RulesRefused`` and ``RulesMoved``, with nothing stored.
    """
    try:
        reason = clean_text(why, limit=LONGEST_WHY, what="The reason", empty="Say why: who approves it reads this.")
    except Refused as refused:
        raise RulesRefused({"why": refused.sentence}) from refused
    with write():
        row = Marketplace.objects.select_for_update().get(pk=marketplace.pk)
        if version_of(row) != seen or extended(row, drafted.after.valid_from) != drafted.after.extends:
            raise RulesMoved("The rules were changed meanwhile. Look at the effect again before you propose yours.")
        waiting = RulebookVersion.objects.filter(marketplace=row, state=State.PROPOSED).select_related("proposed_by")
        if other := waiting.first():
            whose = (
                "Your own earlier change" if other.proposed_by_id == by.pk else f"A change by {other.proposed_by.name}"
            )
            raise RulesMoved(
                f"{whose} waits for approval, and one waits at a time. Have it decided, then propose this."
            )
        version = RulebookVersion(
            marketplace=row,
            public_id=new_id("rbk", now),
            content=drafted.content,
            digest=drafted.after.digest,
            valid_from=drafted.after.valid_from,
            why=reason,
            proposed_by=by,
            proposed_at=now,
        )
        _tell(version, "rulebook.proposed", by, now)
    return version


def approve(*, marketplace: Marketplace, by: User, version_id: str, now: datetime) -> RulebookVersion:
    """Publish a proposal: from its first day on it judges every message.

    Raises ``NotFound``; ``RulesMoved`` when it is no longer what can be published; ``Refused`` ``own`` for whoever
    proposed it.
    """
    with write():
        row, version = _lock_proposal(marketplace, version_id, by)
        if version.proposed_by_id == by.pk:
            raise Refused("own", "You proposed this: somebody else must approve it.")
        if sentence := hindrance(row, version, now):
            raise RulesMoved(sentence)
        _decide(version, State.PUBLISHED, by, now=now)
        entry = {"from": version.valid_from.isoformat(), "digest": version.digest, "of": row.rulebook}
        row.rulebook_versions = [*row.rulebook_versions, entry]
        row.save(update_fields=["rulebook_versions"])
        _tell(version, "rulebook.published", by, now)
    return version


def refuse(*, marketplace: Marketplace, by: User, version_id: str, reason: str, now: datetime) -> RulebookVersion:
    """Turn a proposal down. Raises like ``approve``, and ``Refused`` ``reason`` where none is given."""
    why = clean_text(
        reason, limit=LONGEST_WHY, what="The reason", empty="Say why: its author reads it.", field="reason"
    )
    with write():
        _, version = _lock_proposal(marketplace, version_id, by)
        if version.proposed_by_id == by.pk:
            raise Refused("own", "You proposed this: take it back instead.")
        _decide(version, State.REFUSED, by, why, now=now)
        _tell(version, "rulebook.refused", by, now)
    return version


def withdraw(*, marketplace: Marketplace, by: User, version_id: str, now: datetime) -> RulebookVersion:
    """Take back one's own proposal. Raises ``NotFound``, ``RulesMoved``, and ``Refused`` ``own`` for others."""
    with write():
        _, version = _lock_proposal(marketplace, version_id, by)
        if version.proposed_by_id != by.pk:
            raise Refused("own", "Only who proposed this takes it back: refuse it instead.")
        _decide(version, State.WITHDRAWN, by, now=now)
        _tell(version, "rulebook.withdrawn", by, now)
    return version


def hindrance(marketplace: Marketplace, version: RulebookVersion, now: datetime) -> str:
    """Why a proposal cannot be approved any more, in a sentence; empty where it can."""
    if version.valid_from < now.date():
        return "Its first day is over. Have it taken back or refused, and proposed with a later one."
    try:
        base = extended(marketplace, version.valid_from)
    except RulebookError as gone:
        return f"The published rulebook cannot be read. {gone}"
    if f'\nextends = "{base}"\n' not in version.content:
        return f"From its first day on {base} is in force, which it does not extend. Propose it anew."
    return ""


def _lock_proposal(marketplace: Marketplace, version_id: str, by: User) -> tuple[Marketplace, RulebookVersion]:
    row = Marketplace.objects.select_for_update().get(pk=marketplace.pk)
    found = RulebookVersion.objects.filter(marketplace=row, public_id=version_id) if version_id.isprintable() else None
    version = found.select_for_update().first() if found is not None else None
    if version is None:
        raise NotFound(version_id)
    if version.state != State.PROPOSED:
        who = "You have decided already" if version.decided_by_id == by.pk else "Somebody was quicker"
        raise RulesMoved(f"{who}: this is {State(version.state).label.lower()}. Nothing more was done.")
    return row, version


def _decide(version: RulebookVersion, state: str, by: User, reason: str = "", *, now: datetime) -> None:
    version.state, version.decided_by, version.decided_at, version.reason = state, by, now, reason


def _tell(version: RulebookVersion, name: str, by: User, now: datetime) -> None:
    """Emit ``name`` on the version's own stream and save the version."""
    data = {"rulebook": version.public_id, "digest": version.digest, "from": version.valid_from.isoformat()}
    place = version.marketplace.public_id
    emit(
        version,
        name=name,
        data=data,
        stream_id=version.public_id,
        marketplace=place,
        actor=by.public_id,
        now=now,
    )
    version.save()
