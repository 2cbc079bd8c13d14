"""review.extortion: a bad review or a false claim, unless something is given (buyers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import BAD, GIFT, LOW_STARS, MONEY, REVIEW, any_of

# A bad review, or words for doing harm with one.
_HARM = any_of(
    rf"(?:{BAD}|honest|public|truthful|very ugly|most unfavourable)(?: [a-z]+){{0,2}} {REVIEW}",
    rf"{REVIEW}(?: [a-z]+){{0,2}} (?:{BAD})\b",
    rf"{REVIEW}(?: [a-z]+){{0,5}} (?:be|become) (?:[a-z]+ )?(?:{BAD})\b",
    LOW_STARS,
    r"(?:1|one)[ -]?star(?:s|red|ring)?\b|review[ -]?bomb\w*|ein-stern\w*|un[ae]? (?:sola )?(?:estrella|etoile|stella|estrela)|zero (?:stars|estrellas|etoiles|stelle|estrelas)",
    r"reviews? (?:saying|that says?|telling)|in the reviews|ein-?stern-?\w*|einsternebewertung\w*|mala nota|(?:your )?stars drop|account flagged|something that costs you|(?:tank|ruin|destroy|wreck|trash|sink|drown)\w* (?:your|ur|the) (?:\w+ )?(?:rating|score|shop|store|reviews|reputation|average)",
)
_POST = any_of(
    r"leav(?:e|es|ing)|writ(?:e|ing)|post(?:ing)?|giv(?:e|ing)|put(?:ting)?(?: up)?|publish(?:ing)?|get|expect|goes? (?:up|live|out)|drop(?:s|ping)?|gets?|1-star|review-bomb|is (?:ready|waiting|coming)|coming|tell|read(?:ing)?|review|rate|rating|file|slap|smash",
    r"(?:pongo|pondre|pondremos|dejo|dejare|escribo|escribire|publico|publicare|doy|dare|poner|dejar|tendra|ponemos)",
    r"(?:mets|mettrai|laisse|laisserai|ecris|ecrirai|publie|publierai|aurez|c'est|poste|posterai|raconte|mettre|laisser)",
    r"(?:schreibe|schreib|gebe|geb|hinterlasse|hagelt|gibt|bekommen|kriegen|bewerte|folgt|setzt|kommt)",
    r"(?:lascio|lascero|scrivo|scrivero|metto|mettero|pubblico|pubblichero|do|daro|avra|avrete)",
    r"(?:deixo|deixarei|escrevo|escreverei|ponho|dou|darei|publico|vou (?:deixar|dar|escrever|publicar|colocar)|coloco|meto)",
)
_ELSE = any_of(
    r"\bor(?: else)?\b|\bfailing that\b|\belse you\b|\botherwise\b|\belse\b|\bif (?:not|u don'?t|you don'?t|you do not|you won'?t|you refuse|i don'?t|i do not|nothing|that|this|it)\b|\bunless\b|\bfailing that\b|\bbefore i\b|\buntil\b|\bwithout\b|\bor i\b|\bif (?:i|my|the|no)\b",
    r"\bo\b|\bsi no\b|\bde lo contrario\b|\ba menos que\b|\bsi (?:no )?me\b",
    r"\bsinon\b|\bou (?:bien )?|\bsi vous ne\b|\ba moins que\b|\bfaute de quoi\b",
    r"\bsonst\b|\boder\b|\bandernfalls\b|\bansonsten\b|\bes sei denn\b|\bwenn (?:sie|ich|du|nicht)\b|\bentweder\b",
    r"\baltrimenti\b|\bo\b|\bsenno\b|\bse non\b|\boppure\b|\bse no\b",
    r"\bou\b|\bsenao\b|\bcaso contrario\b|\bse nao\b|\ba menos que\b",
)
_DEMAND = any_of(
    GIFT,
    MONEY,
    r"\b(?:half|back|keep|second|another|extra|on top|as well|too|compensat\w*|upgrade\w*|replacement|new one|(?:forty|fifty|twenty|thirty|hundred|\d{2,3})|waive|comp me|knock|take it back|tenner|fiver|quid|bucks)\b",
    r"\b(?:mitad|devuelv\w+|devolv\w+|rebaj\w+|otro|otra|compens\w+|dinero|envi\w+)\b",
    r"\b(?:moitie|deuxieme|autre|dedommag\w+|offrez|argent|baiss\w+|geste)\b",
    r"\b(?:halfte|erlass\w+|zweite[ns]?|entschadig\w+|geld|zuruck|nachlass|dazu)\b",
    r"\b(?:meta|secondo|seconda|altro|altra|soldi|risarc\w+|indietro)\b",
    r"\b(?:metade|segundo|segunda|outro|outra|dinheiro|indeniz\w+|compensa\w+|devolv\w+)\b",
)
_ANY = r"[ -~\x{a3}\x{20ac}]"
_CALM = (
    r"\b(?:you(?:'ll| will)? (?:say|said|write|wrote|told|asked|offered)|your (?:offer|message)|not (?:a )?threat\w*|either way|whatever|regardless|"
    r"i (?:would never|won'?t|will not|never|am not|'m not)|i'?m not going to|don'?t want to (?:leave|write)|(?:it|he|she|which|listing|box|page|label|manual|buyer) says?|other (?:buyers?|reviews?|people)|"
    r"according to|or (?:do|does|are|is|did) (?:all|they|the|most|those|it)|(?:from|by|read|reading|saw|all) the reviews|reviews (?:say|mention)|your (?:1|one)[ -]star)\b"
)
_PHRASES = (
    # A demand, and what follows where it is not met.
    Phrase(
        rf"(?:{_ELSE})[ ,]+(?P<hit>[^; ,][^;]{{0,80}}?\b{_HARM})",
        given=_DEMAND,
        unless=_CALM,
        refusable=False,
    ),
    Phrase(
        rf"(?P<hit>\b{_HARM}[^;]{{0,60}}?(?:\bunless\b|\bif (?:you|u|i|my|the) [^;]{{0,12}}?\b(?:don'?t|do not|won'?t|refuse|not|isn'?t)\b|\bexcept if\b|\bsauf si\b|\ba menos que\b|\ba moins que\b|\bes sei denn\b|\ba meno che\b)[^;]{{0,60}}?{_DEMAND})",
        unless=_CALM,
        refusable=False,
    ),
    Phrase(
        rf"(?P<hit>\b(?:unless|if (?:you|u|i) (?:don'?t|do not|won'?t|refuse)|si no|a menos que|si vous ne|wenn (?:sie|du|ich) (?:mir )?(?:nicht|kein\w*)|se non|se nao|if not|if no)\b[^;]{{0,90}}?\b(?:i'?(?:ll|m)?|im|we|expect|get|ich|io|eu|je|vou|le|os|te) ?[^;]{{0,30}}?{_HARM})",
        unless=_CALM,
        refusable=False,
    ),
    Phrase(
        rf"(?:\bit'?s|\bthere'?s|\byou get) (?P<hit>{_HARM}[^;]{{0,50}}?\b(?:if|unless)\b[^;]{{0,80}}?{_DEMAND})",
        unless=_CALM,
        refusable=False,
    ),
    # Short: "50% back or one star".
    Phrase(
        rf"^[^;]{{0,40}}?(?:{_DEMAND})[^;]{{0,30}}?(?:\bor\b|\bo\b|\bou\b|\boder\b) (?P<hit>(?:[a-z]+ ){{0,4}}?{_HARM})",
        unless=_CALM,
        refusable=False,
    ),
    # The world is to hear of it.
    Phrase(
        rf"(?:{_ELSE})[ ,]+(?P<hit>(?:i|we|everyone|everybody|my|im|ill)\b[^;]{{0,20}}?\b(?:tell (?:everyone|everybody|all|people|the)|post|trash|ruin|destroy|write that|say (?:that )?it|putting up|put up|gets? to see|the feedback|my (?:review|feedback)|rip)\b[^;]{{0,40}})",
        given=_DEMAND,
        unless=_CALM,
        refusable=False,
    ),
    Phrase(
        r"\b(?:i'?ll|i will|ill|i'm going to|gonna|we'll) (?P<hit>(?:trash|ruin|destroy|tank|bury|expose|drag)\b[^;]{0,30}?\b(?:unless|until|if (?:you|u|i) (?:don'?t|do not|won'?t))\b[^;]{0,50})",
        unless=_CALM,
        refusable=False,
    ),
    Phrase(
        r"(?P<hit>\b(?:file|open|claim|report|say|tell|declare)\b[^;]{0,40}?\b(?:empty|not[ -]received|never (?:came|arrived)|didn'?t (?:come|arrive)|fake|counterfeit|broken)\b[^;]{0,40}?\b(?:unless|if (?:you|u) (?:don'?t|do not|won'?t))\b)",
        given=_DEMAND,
        unless=_CALM,
        refusable=False,
    ),
    Phrase(
        r"\b(?:if (?:you|u) (?:don'?t|do not|won'?t)|unless)\b[^;]{0,60}?(?P<hit>\b(?:file|open|claim|report|say|tell)\b[^;]{0,30}?\b(?:empty|not[ -]received|never (?:came|arrived)|didn'?t (?:come|arrive)|fake|counterfeit)\b)",
        given=_DEMAND,
        unless=_CALM,
        refusable=False,
    ),
    Phrase(
        r"\b(?:o|ou|oder|sinon|sonst|altrimenti|senno|senao|si no|se no),? (?:les |le |lhe |vi )?(?P<hit>(?:digo|decimos|dire|diremos|denuncio|dico|diro|declare|dis|dirai|sage|melde|behaupte|reclamo)\b[^;]{0,50}?\b(?:vaci[ao]|leer|vuot[ao]|vide|vazi[ao]|no (?:llego|recibido)|nunca (?:llego|chegou)|nie (?:angekommen|bekommen|da)|mai arrivat[ao]|jamais (?:arrive|recu)|fals[oa]s?|contraf\w+|contrefa\w+|gefalscht))\b",
        refusable=False,
    ),
    # Silence for sale.
    Phrase(
        rf"(?:{_DEMAND})[^;]{{0,60}}?\b(?:and|then|so) (?P<hit>[^; ][^;]{{0,20}}?(?:no|hold back|keep (?:it|this|that|quiet)|won'?t|delete|drop|forget|not (?:write|post|leave))\b[^;]{{0,30}}?\b(?:{_HARM}|{REVIEW}))",
        unless=_CALM.replace("won'?t|will not|", ""),
        refusable=False,
    ),
    Phrase(
        rf"(?P<hit>\b(?:hold(?:ing)? back|keep(?:ing)? back|not post|withhold|sit on)\b[^;]{{0,20}}?\b{REVIEW}[^;]{{0,30}}?\b(?:as long as|if|once|when|provided)\b[^;]{{0,40}}?{_DEMAND})",
        refusable=False,
    ),
    # A claim known to be false.
    Phrase(
        rf"{_DEMAND}[^;]{{0,70}}?(?:{_ELSE})[ ,]+(?P<hit>[^; ,][^;]{{0,40}}?\b(?:say(?:ing)?|claim(?:ing)?|report(?:ing)?|tell\w*|digo|dire|sage|dico|dis|dirai|diro|direi)\b[^;]{{0,40}}?\b(?:vaci[ao]|leer|vuot[ao]|vide|vazi[ao]|nunca (?:llego|chegou)|nie (?:angekommen|da)|mai arrivat[ao]|jamais (?:arrive|recu)|fals[oa]s?|contrefa\w+|contrafeit[oa]|gefalscht|never (?:arrived|came|got here)|not received|didn'?t (?:arrive|come)|(?:arrived|came) (?:with|broken)|empty box|fake|counterfeit))",
        refusable=False,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield reviews and claims that are held over a seller to get something."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="review.extortion",
    title="Threatening with a review",
    since="2026.2",
    source=("S86", "S87"),
    why=(
        "A review tells other buyers how it went. Held over a seller to get more than is owed it is worth nothing "
        "to them, and the seller may report it. What is owed is obtained with a return or a claim."
    ),
    reasons={
        "plain": "This makes a bad review or a claim depend on getting something.",
        "unsure": "This may make a bad review or a claim depend on getting something.",
    },
    advice="Say what went wrong and what you expect, or open a return or a claim, and review what you received.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "Give me 50% back or «I leave a one star» review.",
        "Send me a second one for free, otherwise «you'll get the worst feedback» of your life.",
        "«Unless I get $20, expect a very bad review».",
        "Refund half and I keep it, or «I'll say it never arrived».",
        "$30 and «there is no bad review».",
        "50% back or «one star».",
        "Give me a second one free or «I tell everyone what you sell».",
        "Me devuelven la mitad o «pongo una estrella».",
        "Offrez-m'en un deuxième, sinon «je mets une étoile».",
        "Erlassen Sie mir 30 Euro, sonst «gebe ich eine schlechte Bewertung».",
        "Mi restituisca metà dei soldi, altrimenti «lascio una recensione negativa».",
        "Quero metade do dinheiro de volta, senão «deixo uma avaliação negativa».",
    ),
    accepted=(
        "I want a refund, otherwise I open a claim.",
        "I gave one star because the zip broke.",
        "Is the free one any better, or do all have bad reviews?",
        "Please refund me. I will not write a bad review either way.",
        "The reviews say it is loud.",
        "La reseña era de una estrella, gracias por el reembolso.",
    ),
    known_miss=("It would be a shame if people read about this. «A second lamp would help me forget.»",),
)
