"""purpose.reserved: a kind of message that the marketplace sends itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._messages_only import messages_only

_ORDER = r"(?:order|purchase|parcel|package|item|items|bestellung|paket|sendung|ware|pedido|paquete|envio|commande|colis|ordine|pacco|spedizione|encomenda)"
_SHIPPED = (
    rf"\b{_ORDER}\b[^;]{{0,30}}?\b(?:has|have|was|were|is|wurde|ist|ha sido|fue|a ete|est|e stat[oa]|foi)\b[^;]{{0,20}}?"
    r"\b(?:shipped|dispatched|sent|posted|on (?:its|the) way|versandt|verschickt|unterwegs|enviado|despachado|expedie[es]?|envoyee?|"
    r"spedit[oa]|enviad[oa])\b"
)
_CONFIRMED = (
    r"\b(?:we(?:'ve| have)? (?:received|got)|(?:this|we) confirms?) your (?:order|purchase)\b|\byour order (?:has been|was|is) (?:confirmed|received)\b|"
    r"\b(?:wir haben )?ihre bestellung (?:ist eingegangen|erhalten|wurde bestatigt)\b|\b(?:hemos recibido|confirmamos) su pedido\b|"
    r"\b(?:nous avons bien recu|nous confirmons) votre commande\b|\b(?:abbiamo ricevuto|confermiamo) il (?:suo|tuo) ordine\b|"
    r"\b(?:recebemos|confirmamos) (?:o )?(?:seu|a sua) (?:pedido|encomenda)\b"
)
# "It has not been shipped", "has it been shipped?": no confirmation.
_NONE = r"\b(?:not|n'?t|never|yet|nicht|noch|no|ne|pas|non|nao|if|whether|when|once|until)\b|\?"
_TOLD = (Phrase(rf"(?P<hit>{_SHIPPED}|{_CONFIRMED})", form="told", unless=_NONE),)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield a draft of a reserved kind, and where an unasked one of another kind confirms an order or a shipment."""
    context, draft = reading.context, reading.draft
    reserved = parameters["kinds"] if context.marketplace_sends is None else context.marketplace_sends
    if context.kind in reserved:
        yield Span(0, len(draft.text))
    elif context.kind not in parameters["kinds"] and draft.purpose in parameters["unasked"]:
        yield from reading.phrases(_TOLD)


RULE = Rule(
    id="purpose.reserved",
    title="A message that the marketplace sends",
    since="2026.2",
    source=("S10", "S11", "S14", "S40", "S47", "S50", "S59", "S79", "C1", "C9"),
    why=(
        "Buyers get one confirmation of each event, from the marketplace, with what it knows for certain. A second one "
        "from the seller may say something else, and it is a favourite disguise of fraud."
    ),
    reasons={
        "plain": "The marketplace sends this kind of message itself.",
        "told": "This confirms an order or a shipment, which the marketplace does itself.",
    },
    advice="Leave it out: confirm the shipment in your orders, and the buyer is told.",
    gate=(),
    find=messages_only(find),
    parameters={"kinds": list, "unasked": list},
    flagged=(
        Example("«Your order is on its way.»", purpose="shipment", kind="shipment_confirmation"),
        Example("«We confirm it.»", purpose="proactive", kind="order_confirmation"),
        Example("Your «order has been shipped» today.", purpose="shipment"),
        Example("«We have received your order», thank you.", purpose="proactive"),
        Example("«Ihre Bestellung ist eingegangen».", purpose="proactive"),
        Example("Su «pedido ha sido enviado» hoy.", purpose="shipment"),
        Example("«News.»", purpose="proactive", kind="service", marketplace_sends=frozenset({"service"})),
    ),
    accepted=(
        "Your order has been shipped today.",
        Example("Has my order been shipped?", role="buyer", purpose="inquiry"),
        Example("Your order has not been shipped yet: the carrier strikes.", purpose="order_problem"),
        Example("On its way.", kind="shipment_confirmation", marketplace_sends=frozenset(), purpose="shipment"),
        Example("We need your door code to deliver the parcel.", purpose="shipment"),
        Example("The news.", kind="service", purpose="proactive"),
    ),
    known_miss=(Example("«The van with your lamp left at noon.»", purpose="shipment"),),
)
