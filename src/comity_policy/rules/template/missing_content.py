"""template.missing_content: a confirmation that lacks what it has to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only
from comity_policy.text.fold import fold
from comity_policy.text.patterns import pattern

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez|ene|abr|ago|dic|janv|fevr|avr|juin|juil|aout|gen|mag|giu|lug|set|ott|fev|out|"
    r"marz|mars|marco)[a-z]*\.?"
)
_DATE = (
    r"\b(?:[0-9]{1,2}[./-][0-9]{1,2}(?:[./-][0-9]{2,4})?|[0-9]{4}-[0-9]{2}-[0-9]{2}|"
    rf"{_MONTH} [0-9]{{1,2}}|[0-9]{{1,2}}\.? (?:de )?{_MONTH}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    r"lunes|martes|miercoles|jueves|viernes|sabado|lundi|mardi|mercredi|jeudi|vendredi|samedi|lunedi|martedi|mercoledi|giovedi|venerdi|"
    r"(?:segunda|terca|quarta|quinta|sexta)(?:-feira)?|tomorrow|today|morgen|heute|manana|hoy|demain|aujourd'hui|domani|oggi|amanha|hoje)"
)
_MONEY = r"(?:[$\x{a3}\x{20ac}\x{a5}] ?[0-9]|[0-9] ?(?:[$\x{a3}\x{20ac}\x{a5}]|eur|usd|gbp|euros?|dollars?|pounds?))"
# How a part is recognised where its words are not known. Parts are those of S41, S44 and S48.
_SIGNS = {
    "address": pattern(
        r"\b[0-9]{4,5}(?:-[0-9]{3,4})?\b|\b[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}\b|\b[0-9]+ [a-z]+ (?:street|st|road|rd|avenue|ave|lane)\b"
    ),
    "items": pattern(
        r"\b[0-9]+ ?x ?[a-z]|\bx ?[0-9]+\b|\b(?:item|artikel|articulo|article|articolo|artigo|product|produkt|producto|produit|prodotto|produto)s?\b"
    ),
    "quantity": pattern(
        r"\b[0-9]+ ?x\b|\bx ?[0-9]+\b|\b(?:qty|quantity|anzahl|menge|cantidad|quantite|quantita|quantidade|pieces|stuck)\b"
    ),
    "carrier": pattern(
        r"\b(?:ups|usps|fedex|dhl|dpd|gls|hermes|evri|royal mail|correos|seur|colissimo|chronopost|la poste|poste italiane|brt|ctt|tnt|carrier)\b"
    ),
    "tracking": pattern(r"\b[0-9a-z]*[0-9][0-9a-z -]{7,30}[0-9a-z]\b"),
    "delivery_date": pattern(_DATE),
    "adjusted": pattern(
        r"\b(?:refund(?:ed)?|adjust(?:ed|ment)|not (?:be )?charged|credited|erstattet|zuruckerstattet|gutgeschrieben|reembols\w+|ajustad\w+|rembours\w+|rimbors\w+)\b"
    ),
    "reason": pattern(
        r"\b(?:because|since|as (?:it|we|the)|due to|out of stock|sold out|damaged|broke\w*|lost|no longer|unavailable as|weil|da (?:es|wir|der|die|das)|ausverkauft|"
        r"porque|agotad\w+|debido|car|parce|en raison|rupture|perche|esaurit\w+|a causa|esgotad\w+|devido)\b"
    ),
    "amount": pattern(_MONEY),
    "refund_date": pattern(_DATE),
}
_NAMES = {
    "address": "the buyer's address",
    "items": "the items",
    "quantity": "how many",
    "carrier": "the carrier",
    "tracking": "the tracking number",
    "delivery_date": "the expected day of delivery",
    "adjusted": "that the amount was adjusted",
    "reason": "why it is not available",
    "amount": "the amount refunded",
    "refund_date": "the day of the refund",
}


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield the whole draft when a part that its declared kind needs is not in it."""
    wanted = parameters["parts"].get(reading.context.kind, ())
    missing = [part for part in wanted if not _has(reading, part)]
    if missing:
        yield Span(0, len(reading.draft.text), detail=", ".join(missing))


def _has(reading: Reading, part: str) -> bool:
    spellings = (reading.context.parts or {}).get(part)
    if spellings:
        return any(fold(spelling).text in reading.folded.text for spelling in spellings)
    sign = _SIGNS.get(part)
    return sign is None or sign.search(reading.folded.text) is not None


_SHIPMENT = (
    "To: Ann Lind, 12 Mill Lane, Leeds LS1 4AP. 1 x desk lamp left with DHL, tracking JD014600006281230704, and should be "
    "with you on 3 December."
)

RULE = Rule(
    id="template.missing_content",
    title="A confirmation that lacks something",
    since="2026.2",
    source=("S41", "S44", "S48"),
    why="Whoever waits for a parcel or for money should not have to ask for what is known.",
    reasons={"plain": "This kind of message also says: {}."},
    names=_NAMES,
    advice="Add what is missing.",
    gate=(),
    find=messages_only(find),
    needs=frozenset({"kind"}),
    parameters={"parts": dict},
    flagged=(
        Example("«Your lamp is on its way.»", purpose="shipment", kind="shipment_confirmation"),
        Example(
            f"«{_SHIPMENT.replace('JD014600006281230704', '').replace('DHL', 'a van')}»",
            purpose="shipment",
            kind="shipment_confirmation",
        ),
        Example("«Sorry, we cannot ship the lamp.»", purpose="order_problem", kind="order_unavailable"),
        Example("«The amount was refunded.»", purpose="order_problem", kind="order_unavailable"),
        Example("«Your 1 x lamp is back, thank you.»", purpose="return", kind="return_confirmation"),
        Example(
            f"«{_SHIPMENT}»",
            purpose="shipment",
            kind="shipment_confirmation",
            parts={"tracking": ("1Z999AA10123456784",)},
        ),
    ),
    accepted=(
        Example(_SHIPMENT, purpose="shipment", kind="shipment_confirmation"),
        Example(_SHIPMENT, purpose="shipment", kind="shipment_confirmation", parts={"carrier": ("DHL", "dhl.de")}),
        Example(
            "The lamp is sold out, so the full amount was refunded.", purpose="order_problem", kind="order_unavailable"
        ),
        Example(
            "Your 1 x lamp is back. 24.90 € were refunded on 2 December.", purpose="return", kind="return_confirmation"
        ),
        Example("We need your door code.", purpose="shipment", kind="delivery_details"),
        Example("Your lamp is on its way.", purpose="shipment"),
    ),
    known_miss=(
        Example(
            "«We give back what you paid, for the dog ate the lamp.»",
            purpose="order_problem",
            kind="order_gone",
        ),
    ),
)
