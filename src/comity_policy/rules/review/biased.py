"""review.biased: steering which reviews are written (sellers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import ASKED, BAD, FIVE_STARS, GOOD, LEAVE, LOW_STARS, PRINTED, REVIEW, STAR, any_of

_ASK = any_of(
    LEAVE,
    r"rate|grant|click|choose|select|press|tell|award|appreciate|love|want|need|hope for|count on|ask (?:you )?for|expect|like|welcome|tap|hit|pick|mark|give us",
    r"agradec\w+|encant\w+|apreci\w+|necesit\w+|calific\w+|califiq\w+|valor[ae]\w*|pedimos|ayud\w+|esper\w+",
    r"apreci\w+|aimerions|ravis|notez|notez-nous|demand\w+|besoin|svp",
    r"freuen|bitten|wunschen|hoffen|brauchen|bewerten|bewerte",
    r"preghiamo|piacerebbe|apprezz\w+|grati|chied\w+|vot\w+|dillo|dica",
    r"agradec\w+|adorar\w+|pedimos|precis\w+|avali[ae]\w*|espera\w+|aguard\w+",
)
_HAPPY = any_of(
    r"100% satisfied|happy|satisfied|pleased|delighted|(?:love|loved|like|liked|enjoy|enjoyed) (?:it|the|this|your|our|them|what)|glad|content",
    r"content[ao]s?|satisfech[ao]s?|(?:le|te|os) (?:gust\w+|encant\w+)|feliz",
    r"content(?:e|s|es)?|satisfait(?:e|s|es)?|ravie?s?|plait|plu|plus",
    r"zufrieden|glucklich|gefallt|gefallen|begeistert",
    r"soddisfatt[oaie]|content[oaie]|(?:le|ti|vi) (?:piac\w+|e piaciut\w+)",
    r"satisfeit[ao]s?|contente|feliz|gost(?:ou|ar|aram|aste)|adorou",
)
_IF = r"(?:if|when|si|wenn|falls|se|caso|loved it|happy)"
_TELL_US = any_of(
    r"(?:contact|message|write|write to|tell|talk to|speak to|email|reach out to|inform|come to|let|drop|ask|ring|call|reply)(?: to)?\b[^;]{0,20}?\b(?:us|me|know)",
    r"(?:escrib\w+|contact\w+|habl\w+|avis\w+|dig\w+)(?:nos|me| con nosotros| primero)",
    r"(?:contactez|ecrivez|dites|parlez|prevenez|appelez)[ -](?:nous|moi|le nous)|nous (?:contacter|ecrire|le dire)",
    r"(?:melden sie sich|schreib\w* (?:sie )?(?:uns|mir)|kontaktier\w* (?:sie )?(?:uns|mich)|sprech\w* (?:sie )?(?:uns|mich)|sag\w* (?:sie )?(?:es )?(?:uns|mir)|uns (?:schreiben|kontaktieren))",
    r"(?:ci |mi )?(?:contatt\w+|scriv\w+|dic\w+|dill\w+)(?:ci|mi|telo)?(?: solo)?(?: a noi)?",
    r"(?:contact\w+|fal\w+|escrev\w+|diga|avis\w+)(?:-nos|-me| connosco| conosco| com a gente| para nos| a gente)",
)
_BEFORE = r"(?:before|instead of|rather than|and not|not the|prior to|antes de|en vez de|en lugar de|avant de|au lieu de|plutot que|bevor|anstatt|statt|prima di|invece di|em vez de)"
_NEUTRAL = (
    ASKED
    + "|"
    + PRINTED
    + (
        r"|\b(?:you (?:gave|left|wrote|said|have left)|your (?:review|feedback) (?:says|said|is|was|of|about)|you don'?t have to|binder|hotel|whatever|any number of|honest\w*|good or bad|good and bad|positive or negative|"
        r"warm or cold|either way|star anise|no matter|thank you for|thanks for|regardless|or not|all views|if you (?:wish|want|have)|feel like|or moaning|also if|even if|bad ones|freezer|how (?:to|do|does)|"
        r"honest[ao]s?|sincer[ao]s?|buena o mala|bonne ou mauvaise|positif ou negatif|ehrliche\w*|gut oder schlecht|onest[ao]|positiv[oa] o negativ[oa]|boa ou ma|positiva ou negativa|tanto si|que ce soit|egal ob|sia che|quer seja)\b"
    )
)
_PHRASES = (
    # A good one is asked for.
    Phrase(
        rf"\b{_ASK}\b[^;]{{0,40}}?\b(?:an? |only |us |me |your |some |with |una? |une |eine |um |uma )*{GOOD}\b(?: [a-z0-9-]+){{0,2}} {REVIEW}\b",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b{_ASK}\b[^;]{{0,40}}?\b{REVIEW} (?:\w+ )?(?:positive?s?|positivas?|positivos?|positif|positifs|positiv[aei]|favorables?|buenas?|boas?|excelentes?|bell[ae]|5 {STAR})\b",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:{LEAVE}|rate|rated|click|choose|select|press|award|grant|love|want|appreciate|ask|need|count on|tap|hit|pick|mark|calific\w+|califiq\w+|valor\w+|notez(?:-nous)?|bewert\w+|vot\w+|dill[oa]|avali\w+|preghiamo|svp)\b[^;]{{0,40}}?{FIVE_STARS}",
        unless=_NEUTRAL
        + r"|\byou (?:offer|offered|want) to\b|\"\x{ab}?leave us|\bthing or a\b|\bi(?:'ll| will| would| gave| give|'d|'m| am|'ve| have)\b|\byou(?:'ll)? (?:get|receive)\b",
    ),
    Phrase(
        rf"\b(?:a |an |une |una |eine |uma )?{GOOD} {REVIEW} (?:from you|would|will|is|means|helps|keeps|makes|de su parte|de votre part|von ihnen)\b[^;]{{0,40}}",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"{FIVE_STARS} (?:only|please|or nothing|svp|s'il vous plait|bitte|por favor|per favore)\b(?: please)?|\b(?:only|just|solo|nur|so) (?:{FIVE_STARS})",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:reviews?|ratings?) with {FIVE_STARS}|{FIVE_STARS} ?(?:->|\x{{2192}}|-|:) ?(?:tell|post|share|leave|rate)",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"{FIVE_STARS} (?:reviews?|ratings?|feedbacks?)\b[^;]{{0,30}}?\b(?:would you|could you|can you|please|help us|from you)",
        unless=_NEUTRAL,
    ),
    Phrase(
        r"\brate (?:me|us|it|this|the \w+|my \w+) (?:a |an |with )?(?:5|five|\"?excellent\"?|10|ten)\b|\bonly (?:rate|review)\b[^;]{0,15}?\bif (?:it'?s|it is)\b[^;]{0,8}?\b(?:5|five|good|positive)\b",
        unless=_NEUTRAL,
    ),
    Phrase(
        r"\b(?:select|press|click|choose|tap|hit) (?:on )?(?:the )?(?:fifth|5th|last|highest|top) (?:star|rating|one)\b",
        unless=_NEUTRAL,
    ),
    # Only happy buyers are asked.
    Phrase(
        rf"\b{_IF} (?:you|u|your experience|usted|vous|sie|du|lei|voce|tu|el producto|le produit|il prodotto|o produto|ihnen|dir|das produkt|all(?:es)?)?(?:'re| are|r| is| was| have been|'ve been)? ?(?:[a-z]+ ){{0,2}}?{_HAPPY}\b[^;]{{0,60}}?\b(?:{LEAVE}|review|rate|share|tell|stars?|{REVIEW}|bewerten|valore|notez|recens\w+|avali\w+)\b[^;]{{0,30}}",
        unless=_NEUTRAL
        + r"|\b(?:i'?ll|we'?ll|i will|we will|tell me and|let me know and|return|exchange|refund|order|unhappy|not happy)\b",
    ),
    Phrase(
        rf"\b(?:only|just) (?:leave|write|post|review|rate)\b[^;]{{0,30}}?\b(?:if|when) (?:you|u)(?:'re| are)?\b[^;]{{0,20}}?\b{_HAPPY}",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:happy|satisfied|pleased) (?:customers?|buyers?|clients?)\b[^;]{{0,25}}?\b(?:to (?:leave|write|post|share|review|rate)|{REVIEW})\b[^;]{{0,20}}",
        unless=_NEUTRAL,
    ),
    # How many stars it is to be.
    Phrase(
        rf"\b(?:pon|ponga|pongan|ponnos|marque|marca|clique|de|deja|mett(?:re|ez)|donn(?:er|ez)|metta|metti|dia|lasci|gebt?|geben|vergeben|klicken|drucken|da|de-nos|dar|nos de|apenas|solamente|unicamente|uniquement)\b[^;]{{0,25}}?(?:{FIVE_STARS}|\b5/5|\b10/10|\b5 sur 5|\b5 von 5)",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:eine|uber|une|una|uma|sobre) (?:\w+ )?{GOOD} {REVIEW}\b[^;]{{0,40}}?\b(?:freu\w*|dankbar|hilf\w*|helf\w*|ravis?|reconnaissant\w*|aide\w*|agradec\w+|ayud\w+|grat[oi]|aiut\w+|grat[ao]s?|ajud\w+)\b",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:only|just) (?:asking|ask|inviting|invite|want|hear) [^;]{{0,25}}?\b(?:happy|great|good|positive|satisfied|loved?|enjoyed|5)\b[^;]{{0,35}}?\b(?:{REVIEW}|rate|review|stars?)\b",
        refusable=False,
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:negative|bad|low|poor|critical|{LOW_STARS}) (?:{REVIEW} )?(?:really |badly |only )*(?:hurts?|kills?|destroys?|ruins?|harms?|can close)\b[^;]{{0,40}}|\b(?:five|5) is the (?:only|magic) (?:score|number|one)\b|\b(?:five|5)(?: stars?)? (?:naturally|of course|only|obviously)\b|\bonly (?:score|rating) that (?:counts|helps)\b|\bfull five\b",
        refusable=False,
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:no pongas nada|nao avalie|n'ecrivez rien|non scriva nulla|schreiben sie nichts|keine bewertung|no publique nada|no nos valore|non lasci nulla)\b[^;]{{0,40}}?{_TELL_US}|\b(?:chame a gente|escribenos|escrivanos|ecrivez-nous|schreiben sie uns|ci contatti|fale com a gente|fale conosco) (?:primero|primeiro|d'abord|zuerst|prima|antes)\b",
        refusable=False,
        unless=_NEUTRAL,
    ),
    Phrase(
        r"\b(?:if (?:it'?s|it is|you'?re|you are|it was|it wasn'?t|you aren'?t) ?(?:not|n'?t|anything less|less)?|anything less\??)\b,? (?:please )?(?:contact|message|tell|write|talk to|email|come to) (?:to )?(?:us|me) (?:instead|privately|first|before|rather)\b",
        form="unsure",
        refusable=False,
        unless=_NEUTRAL,
    ),
    # The unhappy ones are led elsewhere.
    Phrase(
        rf"\b{_TELL_US}\b[^;]{{0,25}}?\b{_BEFORE}\b[^;]{{0,25}}?\b(?:leav\w+|writ\w+|post\w*|giv\w+|rat\w+|{REVIEW}|dejar|laisser|noter|lasciare|deixar|avaliar|bewerten|calificar|valorar|publicar|amazon|internet|public\w*)\b[^;]{{0,30}}",
        refusable=False,
        unless=r"\bbefore (?:you )?(?:send|return|connect|throw|open)\w*\b|\b(?:write|written) (?:it|this|the text)\b|\bengrav|"
        + ASKED,
    ),
    Phrase(
        rf"\b{_BEFORE} (?:you |sie |du |de |vous )?(?:leav\w+|writ\w+|giv\w+|post\w*|rat\w+|dejar|escribir|calificar|valorar|poner|laisser|ecrire|noter|mettre|evaluer|eine|lasciare|scrivere|mettere|recensire|valutare|deixar|escrever|avaliar|dar)\b[^;]{{0,30}}?(?:\b(?:{REVIEW}|{STAR}|negativ\w*)\b)?[^;]{{0,30}}?\b(?:{_TELL_US})",
        refusable=False,
        unless=r"\bbefore (?:you )?(?:writ\w+|giv\w+|post\w*|leav\w+) (?:it|this|the (?:text|house|parcel|country)|your (?:house|address))\b|\bengrav|"
        + ASKED,
    ),
    Phrase(
        r"\b(?:not (?:happy|satisfied|so happy)|unhappy|dissatisfied|not pleased|(?:didn'?t|don'?t) (?:love|like) it|hated? it|frowning|thumbs down)\b\W[^;]{0,30}?\b(?:tell|contact|message|write|come to|email|escrib\w+|ecrivez|dites|schreib\w*|scriv\w+|dill\w+|escrev\w+|fale)\b[^;]{0,15}?\b(?:us|me|support|nosotros|nous|uns|noi|nos)\b[^;]{0,20}?\b(?:instead|first|only|privately|not (?:the|amazon|them)|rather|primero|d'abord|zuerst|erst|lieber|prima|primeiro)\b",
        refusable=False,
        unless=_NEUTRAL,
    ),
    Phrase(
        r"\btell (?:us|me),? (?:and )?not (?:the (?:internet|world|others|public|review)|amazon|etsy|ebay|everybody|other)\b|\btell only us\b|\b(?:dillo|dicalo) solo a noi\b|\bdiganoslo solo a nosotros\b",
        refusable=False,
    ),
    # Bad ones are discouraged.
    Phrase(
        rf"\b(?:do not|don'?t|dont|never|not to|no|avoid|refrain from|instead of|without|won'?t|you'?ll not|you will not|ne|evitez de|evite|eviti|non|nao|bitte keine|keine)\b[^;]{{0,25}}?\b(?:leav\w*|writ\w*|giv\w*|post\w*|put\w*|deje|ponga|escriba|laissez|mettez|lasci|metta|deixe|ponha|hinterlassen|schreiben|geben|keine)\b[^;]{{0,20}}?\b(?:{BAD}\b[^;]{{0,20}}?\b(?:{REVIEW}|{STAR}|about us)|{REVIEW} (?:negativ\w*|mal[ao]s?)|(?:less|fewer|lower) than (?:4|5|four|five))\b",
        refusable=False,
        unless=r"\b(?:i|we) (?:won'?t|will not|don'?t|do not|did not|didn'?t|wouldn'?t|never)\b|\bbecause you|\b(?:no dejo|no quiero|je ne|nao quero|non voglio|ich will)\b|"
        + ASKED,
    ),
    Phrase(
        r"\b(?:anything|less|lower|everything|below|under)\b[^;]{0,15}?\b(?:5|five|4|four|the full five)(?: ?(?:stars?|\x{2b50}|\x{2605})|\b)[^;]{0,60}?\b(?:fail|hurts?|counts?|contact|message|tell|inform|hold off)\b",
        refusable=False,
        unless=r"\b(?:cm|mm|kg|volts?|degrees|years|amps?|items|pieces)\b",
    ),
    Phrase(
        r"\b(?:do not|don'?t|please not) (?:leave (?:a )?)?(?:review|rate)\b[^;]{0,30}?\b(?:contact|message|write|tell)\b[^;]{0,10}?\b(?:us|me)\b|\bno (?:valore|califique|resene)\b[^;]{0,20}?\bescrib\w+",
        refusable=False,
    ),
    Phrase(
        rf"\b(?:no (?:publique|valore|califique|resene)|n'ecrivez|ne (?:notez|publiez|mettez)|nao (?:avalie|publique|escreva|poste)|nicht (?:bewerten|offentlich)|non (?:recensisca|pubblichi|valuti))\b[^;]{{0,30}}?\b{_TELL_US}|\b(?:ne|no|non|nao|nicht|bitte keine)\b[^;]{{0,25}}?\b(?:moins de (?:5|cinq|4|quatre) etoiles|menos de (?:5|cinco|4|cuatro|quatro) estrell?as|weniger als (?:5|funf|4|vier) sterne?n?|meno di (?:5|cinque|4|quattro) stelle)\b|\bonly happy \w+ please\b",
        refusable=False,
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\bbefore you (?:rate|give|leave)\b[^;]{{0,20}}?\b(?:1|one|2|two|3|three|{LOW_STARS})\b[^;]{{0,40}}?\b(?:stop|contact|message|write|talk|tell)\b",
        refusable=False,
    ),
)
# "Loved it? Stars please. Hated it? Only tell us." "If not" is about liking only where liking was spoken of.
_PAIRS = (
    Phrase(
        rf"(?:\b{_HAPPY}\b|{FIVE_STARS}|\b{REVIEW}\b)[^;]{{0,60}}?(?P<hit>\b(?:if not|si no(?: lo esta)?|sinon|wenn nicht|se no|senao|se nao)\b\W[^;]{{0,30}}?\b(?:tell|contact|message|write|come to|email|escrib\w+|ecrivez|dites|schreib\w*|scriv\w+|dill\w+|escrev\w+|fale)\b[^;]{{0,15}}?\b(?:us|me|support|nosotros|nous|uns|noi|nos)\b[^;]{{0,20}}?\b(?:instead|first|only|privately|not (?:the|amazon|them)|rather|primero|d'abord|zuerst|erst|lieber|prima|primeiro)\b)",
        refusable=False,
        unless=_NEUTRAL,
        across=2,
    ),
    Phrase(
        rf"\b(?:happy|loved it|love it|like it|thumbs up|all good|contento|satisfecho|content|satisfait|zufrieden|soddisfatto|satisfeito|gostou)\? [^?]{{0,30}}?(?:{FIVE_STARS}|{STAR}\b|\brate us|\breview|{REVIEW})",
        unless=_NEUTRAL,
        across=2,
    ),
    Phrase(
        r"\b(?:hated? it|frowning|unhappy|not happy|dissatisfied|thumbs down|no\?|1-4 ?(?:stars?|\x{2605}|\x{2b50}))\W{1,4}(?:then )?(?:please )?(?:only |just |let us )?(?:tell|write|message|contact|talk|fix)[^;]{0,25}",
        form="unsure",
        refusable=False,
        across=2,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield requests for a good rating, and steering of unhappy buyers away from one."""
    yield from reading.phrases(_PHRASES)
    yield from reading.phrases(_PAIRS)


RULE = Rule(
    id="review.biased",
    title="Asking for good reviews only",
    since="2026.1",
    source=("S19", "S35", "S52", "S53"),
    why=(
        "Reviews help the next buyer only when unhappy buyers write them too. Asking for stars, asking only the "
        "happy ones, or leading the unhappy ones elsewhere falsifies the picture."
    ),
    reasons={
        "plain": "This steers what the buyer writes in a review, or who writes one.",
        "unsure": "This may steer what the buyer writes in a review, or who writes one.",
    },
    advice="Ask once, neutrally: “You can review the product on your orders page if you wish.”",
    gate=(*_PHRASES, *_PAIRS),
    find=find,
    flagged=(
        "Please «leave us a 5-star» review!",
        "We would love «a positive review from you».",
        "«If you're happy please leave 5 stars, thanks»",
        "«Contact us before you leave a review».",
        "Kindly «do not leave a negative review» while we solve this.",
        "«Only 5 stars» please!",
        "¿Te gustó? «Pon 5 estrellas».",
        "Le «agradeceríamos una reseña positiva».",
        "Merci de «laisser un avis positif».",
        "Bitte «geben Sie uns 5 Sterne».",
        "Ci «lasci una buona recensione».",
        "«Dê-nos 5 estrelas».",
    ),
    accepted=(
        "You can leave a review of the product on your orders page if you wish.",
        "The positive terminal faces left, the negative one right.",
        "Please contact us before you send the bed back.",
        "The 5 star logo on the towel is embroidered.",
        "If you would like to review it, good or bad, please do.",
        "We read your review about the hinge, you were right.",
        "Puede dejar una reseña sincera, buena o mala.",
        "Sie können das Produkt bewerten, egal ob gut oder schlecht.",
    ),
    known_miss=("You know «what makes a seller's day, and how many of them».",),
)
