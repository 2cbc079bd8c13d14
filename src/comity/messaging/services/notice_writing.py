"""Writing a notice: what a form says becomes the text that buyers read, and the rules read it, once."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from comity.accounts.models import OperatorStaff, Seller, Staff, User
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import require_writer
from comity.catalog.models import Listing, Product
from comity.common.errors import Refused
from comity.common.idempotency import Stored, idempotent
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import Notice, Recall
from comity.messaging.selectors.agreements import message_kinds, sent_by_marketplace
from comity.messaging.selectors.notices import get_notice, product_named
from comity.messaging.services.agreements import side_of
from comity.messaging.services.notices import lock_notice, require_own, require_sender, tell
from comity.messaging.services.recall_text import recall_text
from comity.messaging.services.text import clean
from comity.screening.services import screen
from comity_policy.model import Finding, Outcome, Purpose, Verdict

Kind = Notice.Kind
LOTS = 200  # of one recall, and
LOT_CHARACTERS = 60  # each: safety bounds of what buyers read, no rule of the marketplace
_YEARS_AHEAD = 10  # a later day is a slip of the hand; another such bound


@dataclass(frozen=True, slots=True)
class Words:
    """What the form of a notice says. ``product``: a SKU for sellers, an id for the operator."""

    kind: str
    product: str
    text: str


@dataclass(frozen=True, slots=True)
class RecallWords:
    """What the form of a recall says. ``seller``: whose orders, for the operator; empty for every seller's."""

    product: str
    hazard: str
    remedy: str
    instructions: str
    lots: tuple[str, ...] = ()
    ordered_from: date | None = None
    ordered_until: date | None = None
    is_public: bool = False
    seller: str = ""
    kind: str = Kind.RECALL


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the words: a ``notice`` with its verdict on it, or, blocked by the rules, only the findings."""

    notice: Notice | None
    text: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class _About:
    """Words that can be a notice: whose, about what, and the text buyers read."""

    seller: Seller | None
    product: Product
    text: str
    verdict: Verdict | None


def write_notice(
    *, staff: Staff | OperatorStaff, words: Words | RecallWords, key: str, replaces: str = "", now: datetime
) -> Written:
    """Keep a draft, or the new words of one (``replaces``: its id); nobody but its side sees it yet.

    The rules read it here, once. What they block is not kept; the attempt is on the seller's event log.
    Raises ``Refused`` beside the field concerned, ``NotFound``, ``KeyReused``.
    """
    require_writer(staff, action="announce")
    about = _judged(staff, words, now=now)
    if about.verdict and about.verdict.outcome == Outcome.BLOCK:
        _note_blocked(staff, about, now=now)
        return Written(None, about.text, about.verdict)
    if replaces:
        return Written(_rewrite(staff, replaces, words, about, now=now), about.text, about.verdict)
    request = {"words": repr(replace(words))}
    answer = idempotent(
        lambda: Stored(201, {"notice": _create(staff, words, about, now=now).public_id}),
        actor=staff.user.public_id,
        route=f"notice/{about.seller.public_id if about.seller else staff.pk}",
        key=key,
        request=request,
        now=now,
    )
    return Written(get_notice(staff, answer.body["notice"]), about.text, about.verdict)


def _judged(staff: Staff | OperatorStaff, words: Words | RecallWords, *, now: datetime) -> _About:
    marketplace = staff.seller.marketplace if isinstance(staff, Staff) else staff.marketplace
    seller = staff.seller if isinstance(staff, Staff) else _seller_meant(staff, words)
    product = product_named(staff, words.product.strip())
    if product is None:
        raise Refused("product", _no_product(staff), "product")
    limit = profile_in_force(marketplace, now).message_characters
    if isinstance(staff, Staff):
        require_sender(staff.seller, words.kind, now=now)
    text = clean(words.text, limit=limit) if isinstance(words, Words) else _recall_text(product, words, limit, now)
    verdict = _screened(staff.seller, product, words.kind, text, now=now) if isinstance(staff, Staff) else None
    return _About(seller, product, text, verdict)


def _seller_meant(staff: OperatorStaff, words: Words | RecallWords) -> Seller | None:
    if not isinstance(words, RecallWords):
        raise Refused("kind", "The operator writes recalls; on service and content the seller writes.", "kind")
    if not words.seller:
        return None
    known = Seller.objects.filter(marketplace=staff.marketplace, public_id=words.seller)
    found = known.select_related("marketplace").first() if words.seller.isprintable() else None
    if found is None:
        raise Refused("seller", "No seller here has this id. Leave it empty to mean every seller's orders.", "seller")
    return found


def _no_product(staff: Staff | OperatorStaff) -> str:
    if isinstance(staff, Staff):
        return "You have no listing with this SKU. Type it as it stands on your listing."
    return "No product here has this id. Take it from the address of the product's page."


def _recall_text(product: Product, words: RecallWords, limit: int, now: datetime) -> str:
    _require_sensible_recall(words)
    _require_near_days(words, now)
    hazard = _field(words.hazard, "hazard", "Say what is wrong with the product and what may happen.", limit)
    instructions = _field(words.instructions, "instructions", "Say what the buyer should do now.", limit)
    whole = recall_text(product, replace(words, hazard=hazard, instructions=instructions))
    return clean(whole, limit=limit)


def _require_sensible_recall(words: RecallWords) -> None:
    if words.remedy not in Recall.Remedy.values:
        raise Refused("remedy", "Choose what the buyer gets.", "remedy")
    if words.ordered_from and words.ordered_until and words.ordered_until < words.ordered_from:
        raise Refused("ordered_until", "The last day lies before the first: exchange the two.", "ordered_until")
    if len(words.lots) > LOTS or any(len(lot) > LOT_CHARACTERS or not lot.isprintable() for lot in words.lots):
        sentence = f"Write up to {LOTS} lots, one a line, each of up to {LOT_CHARACTERS} visible characters."
        raise Refused("lots", sentence, "lots")


def _require_near_days(words: RecallWords, now: datetime) -> None:
    for name, day in (("ordered_from", words.ordered_from), ("ordered_until", words.ordered_until)):
        if day and day.year > now.year + _YEARS_AHEAD:
            sentence = f"Choose a day up to the end of {now.year + _YEARS_AHEAD}, or leave it empty."
            raise Refused(name, sentence, name)


def _field(text: str, name: str, missing: str, limit: int) -> str:
    if not text.strip():
        raise Refused(name, missing, name)
    try:
        return clean(text, limit=limit)
    except Refused as refused:
        raise Refused(refused.code, refused.sentence, name) from None


def _screened(seller: Seller, product: Product, kind: str, text: str, *, now: datetime) -> Verdict:
    purpose: Purpose = message_kinds(seller.marketplace, now)[kind].purpose  # type: ignore[assignment]  # the profile's
    offers = Listing.objects.filter(seller=seller, product=product)
    known = {name for names in offers.values_list("sku", "external_id") for name in names}
    return screen(
        text=text,
        role="seller",
        purpose=purpose,
        language=seller.language,
        marketplace=seller.marketplace,
        known_ids=frozenset(known),
        now=now,
        kind=kind,
        marketplace_sends=sent_by_marketplace(seller, now),
    )


def _note_blocked(staff: Staff | OperatorStaff, about: _About, *, now: datetime) -> None:
    """An attempt that the rules stopped is on record like a blocked message: which rules, by whom, never the words."""
    assert about.seller is not None
    assert about.verdict is not None
    with write():
        seller = Seller.objects.select_for_update(of=("self",)).select_related("marketplace").get(pk=about.seller.pk)
        emit(
            seller,
            name="notice.blocked",
            data={"seller": seller.public_id, "rules": sorted({found.rule for found in about.verdict.findings})},
            stream_id=seller.public_id,
            marketplace=seller.marketplace.public_id,
            actor=staff.user.public_id,
            now=now,
        )
        seller.save(update_fields=["event_count"])


def _create(staff: Staff | OperatorStaff, words: Words | RecallWords, about: _About, *, now: datetime) -> Notice:
    notice = Notice(
        public_id=new_id("ntc", now),
        marketplace=staff.seller.marketplace if isinstance(staff, Staff) else staff.marketplace,
        kind=words.kind,
        side=side_of(staff),
        author=staff.user,
    )
    return _store(notice, words, about, "notice.written", staff.user, now=now)


def _rewrite(
    staff: Staff | OperatorStaff, notice_id: str, words: Words | RecallWords, about: _About, *, now: datetime
) -> Notice:
    with write():
        notice = lock_notice(staff, notice_id)
        require_own(staff, notice)
        if not notice.is_editable or notice.kind != words.kind:
            raise Refused("state", "This can no longer be changed: it was submitted meanwhile.")
        notice.author = staff.user
        return _store(notice, words, about, "notice.rewritten", staff.user, now=now)


def _store(notice: Notice, words: Words | RecallWords, about: _About, name: str, by: User, *, now: datetime) -> Notice:
    notice.seller, notice.product, notice.text, notice.written_at = about.seller, about.product, about.text, now
    verdict = about.verdict
    notice.outcome = str(verdict.outcome) if verdict else ""
    notice.findings = [_stored(found) for found in verdict.findings] if verdict else []
    notice.rulebook_digest = verdict.rulebook if verdict else ""
    notice.engine_version = verdict.engine if verdict else ""
    notice.input_digest = verdict.input if verdict else ""
    if notice.pk is None:
        notice.save()
    tell(notice, name, by=by, now=now)
    if isinstance(words, RecallWords):
        Recall.objects.update_or_create(
            notice=notice,
            defaults={
                "is_public": words.is_public,
                "lots": list(words.lots),
                "ordered_from": words.ordered_from,
                "ordered_until": words.ordered_until,
                "hazard": words.hazard.strip(),
                "remedy": words.remedy,
                "instructions": words.instructions.strip(),
            },
        )
    return notice


def _stored(found: Finding) -> dict[str, object]:
    return {
        "rule": found.rule,
        "start": found.start,
        "end": found.end,
        "outcome": str(found.outcome),
        "reason": found.reason,
        "advice": found.advice,
        "form": found.form,
        "detail": found.detail,
    }
