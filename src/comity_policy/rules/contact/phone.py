"""contact.phone: a telephone number, given or asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._fulfilment import DEFAULTS, PARAMETERS, unless_needed
from comity_policy.text.digits import HAN_START, ROMAN_START, SPOKEN_START, sign_numbers
from comity_policy.text.phones import phone_numbers, spoken_numbers

_NUMBER = (
    r"(?:(?:(?:tele)?phone|mobile|cell|contact|whats ?app|handy|landline|direct) ?(?:number|numbers|no|nr|num|#)|phone|mobile|cell|"
    r"telephone|fone(?: number)?|di(?:gg?|j)its|numb[ae]r|num|number (?:where|on which|to call|i can|we can))\b"
)
# What kind of number is asked for; "seat number" is none of a telephone.
_WHICH = r"(?:phone|mobile|moble|cell\w*|contact|own|direct|personal|private|new|current|best|home|work|office|real|day ?time|evening|whats ?app|local|actual|right|full|last|handy|house|valid|proper|correct)"
_OTHERS = r"(?:customers?|carriers?|couriers?|services?|support|manufacturers?|fedex|ups|dhl|usps|drivers?)"
_COMPANY = (
    rf"\b{_OTHERS}(?:'s)? (?:service |support |contact |care )?(?:phone|number|telephone|line|hotline|team|no)\b"
    rf"|\b(?:number|phone|contact) (?:of|for|from) (?:the |your |a )?{_OTHERS}\b|\b(?:call|ring|contact|phone) (?:the |our |your )?{_OTHERS}\b"
)
_NUMERO = (
    r"(?:numero(?: de (?:telefono|movil|celular|tel|telephone|portable))?|telefono|movil|celular|telefon(?:nummer)?|handynummer|handy|"
    r"rufnummer|nummer|num(?:ero)? de tel\w*|tel|telephone|portable|num|cellulare|recapito(?: telefonico)?|telefone|telemovel|whats\w*|zap)"
)
_NUMBERED_THING = r"\b(?:pedido|orden|bestell\w*|sendung\w*|commande|suivi|ordine|spedizione|tracking|encomenda|rechnung\w*|serie|guia)\b"
_ASKED = (
    Phrase(
        rf"\b(?P<hit>(?:what(?:'s| is)|whats|wats|wot'?s) (?:your|ur|ya|yr) (?:{_WHICH} )?{_NUMBER})",
        form="asked",
        unless=_COMPANY
        + r"|\b(?:order|model|part|tracking|serial|item|vat|tax|eori|article|house|batch|reference) num",
    ),
    Phrase(
        rf"\b(?P<hit>(?:send|give|tell|share|drop|text|have|get|need|leave|want|pass|provide)(?: (?:me|us|you|u))?(?: \w+)? (?:(?:your|ur|yr|my|our) (?:{_WHICH} )?{_NUMBER}|a (?:(?:tele)?phone|mobile|cell|contact) (?:number|no)\b|a number (?:where|i|we|to|on)\b))",
        form="asked",
        unless=_COMPANY
        + r"|\b(?:old|new|my|this|own|friend'?s) (?:phone|mobile|cell)\b"
        + r"|\b(?:order|model|part|tracking|serial|item|vat|tax|eori|article|house|batch|reference|account|flight|invoice|case|policy) num"
        + r"|\b(?:phone|mobile|cell) (?:case|cover|holder|charger|stand|screen|mount)|\ba (?:large |great |small |good )?number of\b",
    ),
    Phrase(
        r"\b(?P<hit>an? (?:(?:tele)?phone |mobile |cell )?number (?:(?:where|on which|that|so) )?(?:i|we) (?:can|could|may) (?:call|ring|reach|text)\b(?: (?:you|u))?)",
        form="asked",
        unless=r"\bnumber (?:of|for) the (?:courier|carrier|driver|depot)\b",
    ),
    Phrase(
        r"\b(?:like|love|want|need|prefer|happy|glad|able|going|try|trying) to (?P<hit>(?:call|ring|phone|text) (?:you|u))\b",
        form="asked",
        unless=r"\b(?:call|text|ring) (?:you|u) (?:a|an|the|names|crazy|out)\b",
    ),
    Phrase(r"\b(?P<hit>(?:text|sms|txt|send) \W?[a-z]{2,12}\W? (?:to|an|al|au|a) \d{2,3} ?\d{3})\b"),
    Phrase(
        r"\b(?P<hit>ext(?:ension|\.)? ?\d{3,5})\b",
        form="asked",
        refusable=False,
        unless=r"\b(?:cords?|cables?|leads?|tubes?|ladders?|files?)\b",
    ),
    Phrase(
        r"\b(?:right to left|backwards?|reversed?|from the back|in reverse|al reves|a l'envers|ruckwarts|al contrario)\b[^0-9\n]{0,30}(?P<hit>\d[\d .-]{5,14}\d)\b",
        form="unsure",
    ),
    Phrase(
        r"(?:\b(?:please|pls|plz|just|can you|could you|can u|you can|you could|can i|could i|may i|let me|i'?ll|i will|we'?ll|we will|or|better|rather|someone|and)|^)\s*"
        r"(?P<hit>(?:please |pls |plz )?(?:call|ring|phone|text|txt|sms) (?:me|us|you|u))\b",
        form="asked",
        unless=_COMPANY
        + r"|\b(?:text|call|ring) (?:me|us) back here|\b(?:call|text) (?:me|us|you|u) (?:crazy|old|fussy|mad|a|an|the|silly|names|picky)\b|\bcall a taxi\b",
    ),
    Phrase(r"\b(?P<hit>(?:hit|ring|buzz|call|text) my (?:cell|mobile|phone|landline))\b", form="asked"),
    Phrase(
        rf"\b(?P<hit>(?:me (?:da|das|pasa|pasas|manda|deja|envia)|(?:pasa|da|deja|manda|envia|facilit)(?:me|nos|e|eme|enos)|necesito|passe[rz]?[- ]moi|donne[rz]?[- ]moi|"
        rf"file[rz]?[- ]moi|envoye[rz]?[- ]moi|laisse[rz]?[- ]moi|il me faut|schick\w* (?:mir|uns)|gib mir|geben sie (?:mir|uns)|brauche|nenn\w* (?:mir|uns)|verrat\w* mir|"
        rf"wie ist|wie lautet|mi (?:da|dai|lascia|lasci|manda|mandi|passi?)|dammi|mi dia|quale e|me (?:passa|manda|da)|passa|manda|mande|cual es|quel est)"
        rf"\b[^;]{{0,12}}?\b(?:tu|su|ton|votre|vtre|ta|dein\w*|ihre?\w*|il (?:tuo|suo)|(?:o )?(?:teu|seu)|un|une|ein\w*|um) (?:\w+ )?{_NUMERO})\b",
        form="asked",
        unless=_NUMBERED_THING,
    ),
    Phrase(
        r"\b(?P<hit>(?:llam(?:a|e)(?:me|nos)|appele[rz]?[- ]?(?:moi|nous)|ruf(?:en sie)? (?:mich|uns) (?:\w+ )?an|rufen sie (?:mich|uns)|"
        r"mi (?:chiami|chiama)|chiama(?:mi|temi|ci)|me (?:liga|ligue)|ligue[- ]me|me chama no (?:whats|zap)\w*|me telefon\w+|telefonieren))\b",
        form="asked",
        unless=_NUMBERED_THING
        + r"|\b(?:dice|pone|grab\w*|letrero|collar|steht|aufdruck|gravur\w*|scritt\w*|insegna|inciso|grave|inscription|gravad\w*|diz)\b",
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield dialled numbers, digits that may be one, and requests to call."""
    numbers = [
        *phone_numbers(reading.folded, reading.context.region),
        *spoken_numbers(reading.joined, reading.said),
        *spoken_numbers(reading.folded, sign_numbers(reading.folded.text)),
    ]
    for phone in numbers:
        yield Span(phone.start, phone.end, "plain" if phone.sure else "unsure")
    if not numbers:
        yield from reading.phrases(_ASKED)


RULE = Rule(
    id="contact.phone",
    title="Telephone number",
    since="2026.1",
    source=("S24", "S37", "S60", "S86"),
    why=(
        "What is said on the telephone leaves no record. When buyer and seller disagree later, nobody can show "
        "what was promised, and the marketplace cannot protect either of them."
    ),
    reasons={
        "plain": "This is a telephone number. Buyer and seller talk to each other here only.",
        "asked": "This asks for a call or a number. Buyer and seller talk to each other here only.",
        "unsure": "These digits may be a telephone number.",
    },
    advice="Remove the number and write what is needed in this conversation.",
    gate=(
        *_ASKED,
        SPOKEN_START,
        HAN_START,
        ROMAN_START,
        r"(?:[0-9][^0-9\n]{0,3}[0-9oli][^0-9\n]{0,3}){3}",
        r"[0-9](?:[^0-9\n]{0,3}[0-9oli]){5}",
        r"[0-9](?:(?:[^0-9\n]{0,3}|,? (?:and )?(?:then|dann|luego|puis|poi|depois) )[0-9oli]){5}",
        r"o[0-9](?:[^0-9\n]{0,3}[0-9oli]){5}",
    ),
    find=unless_needed(find),
    parameters=PARAMETERS,
    defaults=DEFAULTS,
    yields_to=frozenset({"privacy.sensitive", "contact.email", "link.external"}),
    flagged=(
        "Call me on «+44 7700 900 562» tonight.",
        "My number is «0161 496 0388»",
        "You reach us at «(415) 555-0163», ask for Joe",
        "txt me «２０２．５５５．０１１３»",
        "ring ☎️ «2️⃣1️⃣2️⃣ 5️⃣5️⃣5️⃣ 0️⃣1️⃣7️⃣7️⃣»",
        "Can I «call you» tonight?",
        "«2125550147»",
        "that is «five five five, oh one four two»",
        "«double seven, zero, nine 00, four one six» after noon",
        "Ring «5five5-0one4two» me.",
    ),
    accepted=(
        "Order 114-3941689-8772232 left today.",
        "Tracking 9400 1118 9956 0431 7728 15 says Monday.",
        "The belt 800-555-0134-B replaces 800-555-0134-A.",
        "Sorry, I can't give you my phone number.",
        "It is model 410.882.1203, made on 21.11.2026 at 08:00.",
        "ISBN 978-3-16-148410-0, price 1,299.00",
        "cancel purchase 732201349959",
    ),
    known_miss=("Read it as prices: «$614 . $555 . $0128», in a row.",),
)
