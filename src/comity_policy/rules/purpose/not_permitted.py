"""purpose.not_permitted: writing for a reason that the marketplace does not allow, or for none at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Reading
from comity_policy.rules._messages_only import messages_only
from comity_policy.text.patterns import pattern

# Sentences that say nothing about an order: greetings, thanks, "we are here if …".
_GREETING = (
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen|abend)|liebe[r]?|"
    r"sehr geehrte[r]?|hola|buen(?:os|as) (?:dias|tardes|noches)|bonjour|bonsoir|cher|chere|ciao|salve|buon(?:giorno|asera)|"
    r"gentile|ola|bom dia|boa (?:tarde|noite)|prezad[oa])\b[\w .,'-]{0,40}"
)
_THANKS = (
    r"(?:(?:many |a big |big |kind )?thank(?:s| you)|thx|cheers|we (?:really )?appreciate|vielen dank|danke|besten dank|"
    r"(?:muchas |mil )?gracias|merci|(?:grazie|mille grazie)|(?:muito )?obrigad[oa])\b"
    r"(?: (?:so much|very much|again|ever so|a lot|for|fur|por|pour|per|pela|pelo|di|de|your|the|su|tu|ihre|ihren|votre|il|la|"
    r"this|you|that|choosing|buying|shopping|ordering|with|from|at|us|our|order|purchase|bestellung|einkauf|pedido|compra|"
    r"commande|achat|ordine|acquisto|support|trust|vertrauen|business|custom|small|shop|store|and|und|y|et|e|sehr|beaucoup)\b)*"
)
_AT_HAND = (
    r"(?:(?:please )?(?:do not|don'?t|never) hesitate to (?:contact|write|message|ask|reach)|"
    r"(?:just |please )?(?:write|message|contact|ask|tell|let) (?:to )?(?:us|me)(?: know)? (?:if|should|in case|any ?time|whenever)|"
    r"if (?:you have|there (?:are|is)|anything|something|you need|you run)[^.!?]{0,60}(?:let us know|contact us|write to us|message us|"
    r"we(?:'re| are| will| ?'?ll) (?:be )?(?:here|happy|glad)|just (?:ask|write))|we(?:'re| are) (?:always )?here (?:for you|to help|if)|"
    r"(?:bei|falls|sollten)[^.!?]{0,60}(?:fragen|probleme)[^.!?]{0,60}|(?:si tiene|cualquier)[^.!?]{0,60}(?:duda|pregunta|problema)[^.!?]{0,60}|"
    r"(?:n'?hesitez pas|si vous avez)[^.!?]{0,60}(?:question|probleme|contacter)?[^.!?]{0,40}|(?:per qualsiasi|se ha)[^.!?]{0,60}(?:domanda|problema)[^.!?]{0,60}|"
    r"(?:qualquer|se tiver)[^.!?]{0,60}(?:duvida|problema)[^.!?]{0,60})[^.!?]{0,80}"
)
_WISH = (
    r"(?:we |i )?(?:hope|trust) (?:that )?you(?:'ll| will)? (?:enjoy|like|love|are happy)[^.!?]{0,60}|enjoy[^.!?]{0,40}|"
    r"(?:have a (?:nice|great|lovely|good)|best|kind|warm)[^.!?]{0,40}|(?:viele|beste|mit freundlichen|liebe) gr(?:u|ue)ss\w*[^.!?]{0,30}|"
    r"viel (?:freude|spass)[^.!?]{0,40}|(?:un )?(?:cordial )?saludos?[^.!?]{0,30}|cordialement[^.!?]{0,30}|(?:cordiali )?saluti[^.!?]{0,30}|"
    r"atenciosamente[^.!?]{0,30}|(?:yours|sincerely|regards)[^.!?]{0,40}|(?:your|the) [\w ]{0,30}(?:team|shop|store)"
)
_EMPTY = pattern(rf"^\s*(?:{_GREETING}|{_THANKS}|{_AT_HAND}|{_WISH})[\s.,!?:;)\pS\pM]*$")
_THANKED = pattern(rf"{_THANKS}|{_AT_HAND}")


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:
    """Yield the whole draft when its purpose is not one of the role's, or when it says nothing though nobody asked."""
    draft = reading.draft
    whole = len(draft.text)
    if draft.purpose not in parameters[draft.role]:
        yield Span(0, whole)
    elif draft.purpose in parameters["unasked"] and _says_nothing(reading):
        yield Span(0, whole, "empty")


def _says_nothing(reading: Reading) -> bool:
    said = [reading.words.text[one.start : one.end] for one in reading.sentences]
    return bool(_THANKED.search(reading.words.text)) and all(_EMPTY.search(one) for one in said if one.strip())


RULE = Rule(
    id="purpose.not_permitted",
    title="Writing without a permitted reason",
    since="2026.2",
    source=("S14", "S15", "S16", "S17", "S60", "S83", "S88"),
    why=(
        "Buyers gave their address to receive what they ordered. Whoever writes to them for another reason, or only to "
        "say thank you, makes them overlook the message that matters."
    ),
    reasons={
        "plain": "This is not one of the reasons for which you may write here.",
        "empty": "This says nothing that the buyer needs: a message of thanks alone is not sent.",
    },
    advice="Write for one of the listed reasons, or leave it.",
    gate=(),
    find=messages_only(find),
    parameters={"seller": list, "buyer": list, "unasked": list},
    flagged=(
        Example("«We have news for you.»", purpose="insert", role="buyer"),
        Example("«Thank you for your order!»", purpose="proactive"),
        Example(
            "«Hi Ann, many thanks for your purchase. We are here for you if anything is wrong.»", purpose="proactive"
        ),
        Example("«Vielen Dank für Ihre Bestellung! Viele Grüße»", purpose="shipment"),
        Example("«Gracias por su compra. Un cordial saludo»", purpose="proactive"),
        Example("«Merci pour votre commande !»", purpose="shipment"),
    ),
    accepted=(
        "Thank you for your order!",
        Example("Thank you for your order! Which colour shall we print?", purpose="customisation"),
        Example("Thanks, the parcel came today.", role="buyer", purpose="inquiry"),
        Example("Your table comes on Tuesday between 8 and 12.", purpose="shipment"),
        Example("Thank you for your order. The lamp needs an E27 bulb.", purpose="proactive"),
        Example("Thank you for buying here.", purpose="insert"),
    ),
    known_miss=(Example("«You made our little workshop very happy today.»", purpose="proactive"),),
)
