"""review.incentive: anything of value for a review or feedback, or for its change or removal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import (
    ASKED,
    BAD,
    CHANGE,
    FIVE_STARS,
    GIFT,
    LEAVE,
    LOW_STARS,
    MONEY,
    REVIEW,
    STAR,
    any_of,
)

_REVIEW = any_of(
    REVIEW,
    FIVE_STARS,
    LOW_STARS,
    rf"{STAR}\b",
    r"\b(?:reviewing|reviewed|reviewers?|rate|rating us|your (?:honest )?(?:opinion|experience)|comments?|bewerten|bewertest|valore|valorar|noter|notez|recensire|recensisca|avaliar|avalie|resenar)\b",
)
# What joins a deed to its reward.
_THEN = any_of(
    r"\band\b|\bto\b|\bthen\b|,|->|=>|\x{2192}|\x{27a1}|=|\+|:|\bwe(?:'ll)?\b|\bi(?:'ll)?\b|\bfor\b|\bin exchange\b|\bin return\b|\bearns?\b|\bgets?\b|\bwins?\b|\bgo(?:es)? into\b|\bworth\b|\bbrings?\b",
    r"\by\b|\bet\b|\bund\b|\be\b|\ble\b|\bnous\b|\bwir\b|\bvi\b|\bti\b|\bte\b|\ba cambio\b|\ben echange\b|\bin cambio\b|\bem troca\b|\bbekomm\w*|\berhalt\w*|\brecib\w*|\brecev\w*|\bricev\w*|\breceb\w*|\bganh\w*|\bconcorr\w*|\bgagn\w*",
)
_FOR = any_of(
    r"if you|when you|once you|in exchange|in return|as soon as|after you|after your|upon|the moment|all we want|for (?:a|an|your|the|every|each|any|honest|some|\d+|one|two|three|\w+ lines of)|for|by|to everyone who|to anyone who|who|as a thank you for|as thanks for|against|provided|per(?: \w+)?|with every|when the|once the",
    r"a cambio de|por (?:una?|su|tu|cada|dejar|escribir|hacer)|si (?:nos )?(?:deja|dejas|escribe|escribes|hace|pone|publica)|cuando|en cuanto|x",
    r"en echange|contre|pour (?:un|votre|chaque|tout)|si vous|des que|lorsque|quand",
    r"fur (?:eine|ihre|deine|jede)|im gegenzug|als dank fur|wenn (?:sie|du|ihr)|sobald|gegen eine",
    r"in cambio di|per (?:una|la|ogni|chi)|se (?:ci |mi )?(?:lascia|lasci|scrive|scrivi)|quando|appena",
    r"em troca de|por (?:uma|cada|sua)|se (?:nos |voce )?(?:deixar|escrever|avaliar|der)|assim que|quando|para quem",
)
_NEUTRAL = ASKED + (
    # After a comma "nothing in return" comes too late: the gift is promised.
    r"|(?:^|[^,;:\- ] )(?:nothing (?:is )?(?:expected|in return)|no strings)\b|\b(?:regardless|whatever you|you don'?t (?:have|need) to|no need to|not (?:a|in) (?:reward|exchange)|never|"
    r"we don'?t|i don'?t|won'?t|can'?t|cannot|couldn'?t|not allowed|against the rules|(?:has|have|had|was|were|been|are|is)(?: already| now| fully)? refunded|"
    r"without (?:any )?(?:reward|incentive)|free (?:decision|choice)|free to (?:contact|write|message|ask|leave|review|share)|on its way|star (?:magnets?|charts?|hotel|binder|logo|stickers?)|(?:buyers?|customers?) got an?|under review|for review|either way|good or bad|"
    r"sin (?:nada )?a cambio|independientemente|sans contrepartie|unabhangig|ohne gegenleistung|senza nulla in cambio|indipendentemente|sem nada em troca|independentemente|"
    r"ne .{1,20}(?:pas|rien|jamais)|nicht|kein\w*|non|nao|nunca|no (?:pagamos|ofrecemos|damos|regalamos|hacemos))\b"
)
# What the seller has done already is no price: "you refunded me so I will update my review".
_REFUNDED = r"|\byou(?:'ve| have)? (?:\w+ )?(?:refunded|reimbursed) (?:me|us|it|the order)(?: \w+)?,? (?:so|and|thus) (?:now )?i\b"
_PHRASES = (
    # "leave a review and get …", "a review for …"
    Phrase(
        rf"\b(?:{LEAVE}|{CHANGE}|rate|review|write)\b[^;]{{0,50}}?\b{_REVIEW}[^;]{{0,60}}?(?:{_THEN})[^;]{{0,50}}?{GIFT}",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:review|rate|avali[ae]r?|valor[ae]r?|evaluez|notez|bewerten?|bewertet|recensisc[ai]|recensite) (?:it|us|this|the|your|our|them|one|two|three|\d|con|avec|mit|com|el|la|le|o|a|il|sie|uns|nos)\b[^;]{{0,50}}?(?:{_THEN})[^;]{{0,40}}?{GIFT}",
        unless=_NEUTRAL,
    ),
    # "… for a review"
    Phrase(
        rf"{GIFT}[^;]{{0,50}}?\b(?:{_FOR})\b[^;]{{0,30}}?\b(?:{REVIEW}|{FIVE_STARS}|reviewing|reviewers?|rate (?:us|it|this)|(?:leave|write|post) (?:a|your|an|some) (?:few )?(?:\w+ )?(?:review|words|lines|comment))\b",
        unless=_NEUTRAL
        + r"|\bif you have\b|\bbecause\b|\bof the reviews?\b|\b(?:nessun|aucune?|ningun\w*|nenhum\w*|kein\w*|concurrent|competitor|konkurren\w+|im pack\w* eines)\b",
    ),
    Phrase(
        rf"\b(?:{_FOR})\b[^;]{{0,25}}?\b{_REVIEW}[^;]{{0,50}}?{GIFT}",
        unless=_NEUTRAL + r"|\brefund (?:window|policy)|\breturn\w*\b|\bthank\w*\b[^;]{0,10}\bfor (?:your|the)\b",
    ),
    # … for changing one.
    Phrase(
        rf"{GIFT}[^;]{{0,40}}?\b(?:to|if you(?:'d)?|for|once|when|a cambio|por|pour|si|fur|wenn|per|se|para)\b[^;]{{0,15}}?\b{CHANGE}\b[^;]{{0,30}}?\b{_REVIEW}",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:{CHANGE}|take) (?:\w+ ){{0,2}}?(?:{BAD} )?(?:{REVIEW}|{LOW_STARS}|[12]\*)[^;]{{0,30}}?(?:\band\b|,|=|\bthen\b|\by\b|\bet\b|\bund\b|\be\b)[^;]{{0,40}}?{GIFT}",
        unless=_NEUTRAL,
    ),
    # Reviewers win.
    Phrase(
        rf"\b(?:whoever|everyone|everybody|anyone|customers|buyers|each|every|one|the first \d+|first \d+|wer|todos los que|quien|chi|quem|tous ceux)\b[^;]{{0,30}}?\b(?:reviews?|reviewing|reviewers?|rates?|feedback|posts|bewertung|resena|avis|recensione|avaliacao)\b[^;]{{0,50}}?(?:{GIFT}|\bwins?\b)",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:reviewers?|your (?:review|feedback|rating)|reviews?) (?:\w+ )?(?:earns?|wins?|gets?|receives?|unlocks?|go(?:es)? into|enters?|brings? you|qualif\w+)\b[^;]{{0,30}}?(?:{GIFT}|draw|points|weekend|win)",
        unless=_NEUTRAL,
    ),
    Phrase(rf"{GIFT}[^;]{{0,30}}?(?::|->|\x{{2192}}|\x{{27a1}}) ?{LEAVE}[^;]{{0,30}}?{REVIEW}\b", unless=_NEUTRAL),
    Phrase(
        rf"\b{REVIEW}\b[^;]{{0,15}}?(?:=|->|\x{{2192}}|\x{{27a1}})[^;]{{0,30}}?(?:{GIFT}|\bcard\b)", unless=_NEUTRAL
    ),
    Phrase(
        r"\breview(?:s|ed)? ?(?:=|->|\x{2192}|\x{27a1})[^;]{0,30}?(?:free|gift|voucher|card|back|refund|\d)",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"{FIVE_STARS} ?(?:=|->|\x{{2192}}|\x{{27a1}}|for|gets?|and)[^;]{{0,20}}?{GIFT}|{GIFT} ?(?:=|->|\x{{2192}}|\x{{27a1}}|for|gets?) {FIVE_STARS}",
        unless=_NEUTRAL + r"|\b(?:hotel|binder|logo|freezer)\b",
    ),
    # A buyer who offers one.
    Phrase(
        rf"{GIFT}[^;]{{0,50}}?(?:\band\b|\bthen\b|,|\bif so\b|\bplus\b| )\s*(?:i'?ll|i will|ill|i|i'?d|you'?ll have|u get|you get|in return i'?d?|dann|y le|et je|e io|e eu|pongo|dejo|mets|laisse)\b[^;]{{0,20}}?\b(?:leave|give|write|drop|change|post|make|have|your|my|dejo|pongo|mets|laisse|schreibe|gebe|lascio|scrivo|deixo|dou)\b[^;]{{0,30}}?\b(?:{REVIEW}|{FIVE_STARS}|\d ?{STAR})",
        unless=_NEUTRAL + _REFUNDED + rf"|{LOW_STARS}|\b{BAD} {REVIEW}|\bor i\b|\bor else\b|\botherwise\b|\bunless\b",
    ),
    Phrase(
        rf"\b(?:throw in|gift me|give me|send me|include|add|slip in)\b[^;]{{0,40}}?(?:\band\b|\bthen\b|,)\s*(?:i'?ll|i will|ill|i|i'?d|you'?ll)\b[^;]{{0,20}}?\b(?:leave|give|write|drop|change|post|have|get)\b[^;]{{0,25}}?\b(?:{REVIEW}|{FIVE_STARS}|\d ?{STAR})",
        unless=_NEUTRAL + rf"|{LOW_STARS}|\b{BAD} {REVIEW}|\bor i\b|\bor else\b|\botherwise\b|\bunless\b",
    ),
    Phrase(
        rf"\b(?:i'?ll|i will|ill|i can|i would|i'?d|we'?ll|we will|we'?d|le pongo|je mets|ich gebe|ich schreibe|lascio|deixo)\b[^;]{{0,30}}?\b(?:leave|give|write|rate|drop|change|post|pongo|mets|gebe|schreibe|lascio|deixo)\b[^;]{{0,40}}?\b(?:{REVIEW}|{FIVE_STARS}|\d to an? \d)[^;]{{0,30}}?\b(?:for|if you|in exchange|si|wenn|se)\b[^;]{{0,40}}?{GIFT}",
        unless=_NEUTRAL + rf"|{LOW_STARS}|\b{BAD} {REVIEW}",
    ),
    Phrase(
        rf"\b(?:{_REVIEW}|review us|rate us)[^;]{{0,30}}?\b(?:win|concorra|gana|gane|gagnez|gewinnen|gewinne|vinca|vinci|ganhe)\b",
        unless=_NEUTRAL,
    ),
    Phrase(r"\breview (?:club|program\w*)\b[^;]{0,80}?\bfree\b", unless=_NEUTRAL),
    Phrase(r"\bwhat (?:do|would|will) i get (?:for|if)\b[^;]{0,30}?\b(?:stars?|reviews?|feedback)\b"),
    Phrase(r"\bas a thank[- ]?you for (?:the|your|a) (?:review|feedback|rating)\b", unless=_NEUTRAL),
    Phrase(
        rf"\b(?:screen ?shot|picture|photo|proof|captura|capture|bildschirmfoto|schermata) (?:of|de|d[aou]|von|della?) (?:your|the|a|su|tu|votre|ihrer|deiner|sua) {REVIEW}\b[^;]{{0,60}}?{GIFT}",
        unless=_NEUTRAL,
    ),
    # Stars for the asking.
    Phrase(
        rf"\b(?:i'?ll|i will|ill|i can|i|te|os|le|vous|ti|le|lhe|te|von mir|(?:dann )?gibt'?s|gebe? ich|je vous|je)? ?(?:dejo|pongo|doy|mets|laisse|gebe|gibt's von mir|lascio|metto|do|dou|deixo|ponho) (?:ihnen |dir |euch )?{FIVE_STARS}",
        given=rf"\b(?:si|wenn|se|caso)\b[^;]{{0,60}}?(?:{GIFT}|\b(?:erlass\w+|schenk\w+|offr\w+|togli\w*|togl\w+|spese|fraise?|envio|versand\w*|livraison|spedizion\w+|frete|extra)\b)",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:if|when) (?:you|u|i) (?:promise|leave|give|post|write|rate|put|send|show)\b[^;]{{0,30}}?\b(?:{REVIEW}|{FIVE_STARS})\b[^;]{{0,30}}?\b(?:deal|ok|discount|free|refund|gift|yours|we (?:send|give|pay|add))\b|\b(?:discount|free|refund|cheaper|gift)\b[^;]{{0,30}}?\b(?:if|when) i (?:promise|leave|give|post|write)\b[^;]{{0,30}}?\b(?:{REVIEW}|{FIVE_STARS})\b",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"{MONEY} (?:back )?(?:if|for|per|when|once) (?:u |you )?(?:post|each|every|per|leave|write|put|rate|kinder|better|good|nicer|a)?\b[^;]{{0,25}}?\b(?:{REVIEW}|stars?|\bvid review)\b|\b(?:ten|twenty|fifteen|fifty|\d+) ?(?:percent|per cent|%|back|off|bucks|quid) (?:\w+ )?(?:per|for (?:each|every|a)) (?:\w+ )?(?:{REVIEW}|star)\b",
        unless=_NEUTRAL + r"|\b(?:it'?s|they'?re|costs?|price|each costs)\b",
    ),
    Phrase(
        rf"\b(?:show|send|mail|message) us (?:your |the |a )?(?:published |posted |screen ?shot of (?:your |the )?)?(?:{REVIEW})\b[^;]{{0,30}}?\b(?:and|:|to|for)\b[^;]{{0,20}}?\b(?:we|get|receive|claim|add|send|on us|yours|free)\b",
        unless=_NEUTRAL + r"|\b(?:label|photo|video) of the\b",
    ),
    Phrase(
        rf"\b(?:delete|remove|drop|change|raise|edit) (?:the |your |ur |my )?(?:{REVIEW}|{LOW_STARS})(?:,| and| n|:|=) (?:u |you )?(?:get|receive|earn|and get)\b[^;]{{0,20}}?(?:\d+|free|gift|refund|back)",
        unless=_NEUTRAL,
    ),
    Phrase(
        rf"\b(?:{GIFT}|we (?:pay|refund|reimburse|credit)|{MONEY})[^;]{{0,40}}?\b(?:is|are) yours (?:for|once|when|after) (?:a |an |the |your |one )?(?:\w+ )?(?:{REVIEW}|{FIVE_STARS})|\b(?:is|are) yours (?:for|once|when|after) (?:a|an|your|one) (?:\w+ )?{REVIEW}\b",
        unless=_NEUTRAL,
    ),
    Phrase(
        r"[^\n]{0,30}(?:\x{8bc4}\x{4ef7}|\x{597d}\x{8bc4})[^\n]{0,20}(?:\x{7ea2}\x{5305}|\x{8fd4}\x{73b0})",
        unless=r"\x{4e0d}",
    ),
)

# A reward in the next sentence: "Leave a rating. Receive your keyring." A person looks at those.
_NEARBY = (
    Phrase(
        rf"\b(?:{LEAVE}|rate|review)\b[^;]{{0,40}}?\b(?:{REVIEW}|{FIVE_STARS}|\bstars)\b[^;]{{0,60}}?[.!?\n][^;]{{0,40}}?\b(?:receive|get|claim|send you|mail you|give you|yours|is waiting|as a gift|wins?|recib\w+|recev\w+|envoyons|erhalten|bekommen|schicken|ricev\w+|mandiamo|receb\w+|enviamos|mandamos|offr\w+|schenken|regalamos)\b[^;]{{0,40}}?{GIFT}",
        form="unsure",
        unless=_NEUTRAL,
        across=3,
    ),
    Phrase(
        rf"\b(?:raise|change|update|remove|delete|take down)\b[^;]{{0,40}}?\b(?:{REVIEW}|stars?|rating)\b[^;]{{0,60}}?[.!?\n][^;]{{0,30}}?\b(?:i'?d|i'?ll|we'?ll|we'?d|we|i) (?:then |can )?(?:send you|give you|refund|mail you|pay)\b[^;]{{0,40}}?(?:{GIFT}|as a gift|free|for nothing|the whole price)",
        form="unsure",
        unless=_NEUTRAL,
        across=3,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield rewards offered or asked for in the same sentence as a review."""
    sure = list(reading.phrases(_PHRASES))
    yield from sure or reading.phrases(_NEARBY)


RULE = Rule(
    id="review.incentive",
    title="Reward for a review or feedback",
    since="2026.1",
    source=("S21", "S35", "S39", "S55", "S84"),
    why=(
        "A review that was paid for misleads every later buyer. It does not matter whether the reward is money, a "
        "gift, a longer warranty or a refund, nor whether a good review is asked for."
    ),
    reasons={
        "plain": "This ties something of value to a review or feedback.",
        "unsure": "This may tie something of value to a review or feedback.",
    },
    advice="Ask for a review without offering anything, or make the refund without mentioning a review.",
    gate=(*_PHRASES, *_NEARBY),
    find=find,
    flagged=(
        "«Leave a review and get a $15» gift card!",
        "We «refund your order in exchange for a review».",
        "I'll send a «$20 voucher the moment the review» is deleted.",
        "«review = free» cable, ships today",
        "«What do I get for 5 stars»?",
        "Si me regala el envío «le pongo cinco estrellas».",
        "A set of strings «is yours for your review».",
        "«Ten percent back per review».",
        "«Every reviewer gets a free» mug",
        "«Deje una reseña y recibirá un regalo».",
        "«Laissez un avis et recevez un cadeau».",
        "«Schreiben Sie eine Bewertung und erhalten Sie einen Gutschein».",
        "«Lasci una recensione e riceverà uno sconto».",
        "«Deixe uma avaliação e ganhe um brinde».",
        "«Leave a review and get a $15» gift card, nothing is expected in return.",
        "N'hésitez pas, «laissez un avis et recevez un cadeau».",
        "Zögern Sie nicht, «schreiben Sie eine Bewertung und erhalten Sie einen Gutschein».",
        "Não hesite, «deixe uma avaliação e ganhe um brinde».",
        "No lo dude, «deje una reseña y recibirá un regalo».",
    ),
    accepted=(
        "You can leave a review of the product on your orders page if you wish.",
        "Your refund of 12 euro was made today. Thank you for your review.",
        "We don't pay for reviews and never ask for a particular rating.",
        "The rating of the rope is 22 kN.",
        "Nessun omaggio per le recensioni, spiacenti.",
        Example("You refunded me so I will update my review.", role="buyer"),
        "The free replacement is on its way, whatever you write in your review.",
        "The 5 star binder costs 12 dollars.",
        "No ofrecemos nada a cambio de una reseña, ni regalos ni descuentos.",
        "Wir schenken nichts für eine Bewertung, das ist nicht erlaubt.",
    ),
    known_miss=("«Your turn: a review.» Our turn: a pair of socks.",),
)
