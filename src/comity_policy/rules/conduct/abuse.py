"""conduct.abuse: insults, slurs and profanity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_YOU = r"(?:you|u|ya|your|ur|yours|you're|youre|ye)"
_STRONG = (
    r"(?:fuck\w*|f[*]+c?k\w*|fck\w*|phuck\w*|shit(?:head|bag|s)?|sh[*]t|bullshit|cunts?|c[*]nt|wank\w*|twats?|ass ?holes?|arse ?holes?|"
    r"dick ?heads?|pricks?|bitch\w*|b[*]tch|bastards?|mother ?fuck\w*|piss off|cock ?sucker\w*|whores?|sluts?|slags?)"
)
_SLUR = r"(?:nigg(?:er|a)s?|fagg?ots?|chinks?|kikes?|spics?|trann(?:y|ies)|retard(?:s|ed)?|pakis?|wetbacks?|dykes?)"
_INSULT = (
    r"(?:idiots?|morons?|imbeciles?|stupid|dumb|brain ?dead|brainless|pathetic|scum|scumbags?|crooks?|liars?|thief|thieves|scammers?|"
    r"fraudsters?|losers?|clowns?|pigs?|rats?|cow|muppets?|maggots?|trash|garbage|half-?wits?|illiterate|incompetent|disgusting|filthy|"
    r"slimy|spineless|worthless|lying|thieving|crooked|useless|dimwits?|dunces?|parasites?|vermin|lunatics?|psychos?|freaks?)"
)
_NOUN = (
    r"(?:idiots?|morons?|imbeciles?|scum|scumbags?|crooks?|liars?|thief|thieves|scammers?|fraudsters?|losers?|clowns?|pigs?|rats?|cow|"
    r"muppets?|maggots?|trash|garbage|half-?wits?|toads?|dimwits?|parasites?|vermin|lunatics?|freaks?|fraud|piece of (?:shit|trash|garbage|crap|filth|scum)|"
    r"excuse for a\w* \w+|waste of (?:skin|space)|(?:bunch|pack) of (?:idiots|crooks|liars|thieves|morons|scammers|clowns|cowboys|amateurs|incompetents))"
)
_FOREIGN = (
    r"(?:dumme kuh|arschloch|hurensohn|wichser|betruger|idioten?|hijo de puta|hijos de puta|ladron(?:a|es)?|sinverguenzas?|gilipollas|estafador(?:a|es)?|"
    r"connards?|connasse|salope|gros cons?|encules?|ordures?|incapables|escrocs?|stronz[oaie]|truffator[ei]|pezzente|coglion[ei]|vaffanculo|"
    r"golpistas?|filho da puta|otario)"
)
_TITLE = r"\b(?:says|saying|reads|prints?|printed|engrav\w*|text for|titled?|called|the (?:book|song|album)|wording|topper|spice|name of|just the name|bastard file)\b"
_PHRASES = (
    Phrase(
        r"\b(?P<hit>(?:go )?(?:(?:fuck|f[*]+c?k|f[*]ck|phuck|fck) (?:you|u|ur|your|yourself|urself|off|all of you)|screw you)\b(?: \w+)?)",
        unless=_TITLE,
        refusable=False,
    ),
    Phrase(
        rf"\b(?P<hit>{_YOU}\b(?: are| is|'re| r)?(?: all| both| people)?(?: an?| such an?| the| nothing but)?(?: [a-z'*]+){{0,3}}? {_STRONG})\b",
        unless=_TITLE
        + r"|\b(?:your|ur) (?:fucking |shit\w* |bull\w* )?(?:product|item|thing|delivery|carrier|box|packag\w*|website|service|policy)|\b(?:thank|get|got|from|at|told) (?:you|u)\b",
        refusable=False,
    ),
    Phrase(
        rf"\b(?P<hit>(?:fucking|f[*]+c?king|f[*]cking|fkn|lying|stupid|dumb|useless|thieving|fat|old|dirty|filthy) (?:\w+ )?(?:{_STRONG}|{_NOUN}))\b",
        unless=_TITLE + r"|\b(?:old|fat|dirty) (?:\w+ )?(?:cow|rats?|pigs?|trash|garbage|toads?)\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?P<hit>eat shit|go to hell|drop dead|kill yourself|kys|piss off|suck my \w+|go back to (?:your|ur) (?:own )?country)\b",
        unless=_TITLE + r"|\bcan go to hell|\blet it",
        refusable=False,
    ),
    Phrase(
        rf"\b(?P<hit>{_YOU}(?: are|'re| r)?(?: all| people)?(?: an?)?(?: [a-z]+){{0,2}}? {_SLUR})\b", refusable=False
    ),
    Phrase(r"\b(?P<hit>nigg(?:er|a)s?|fagg?ots?|kikes?|wetbacks?|cunts?)\b", unless=_TITLE, refusable=False),
    Phrase(r"\b(?P<hit>send (?:me |us )?(?:some |sum |your )?(?:nudes?|noods|sexy pics?|naked \w+))\b"),
    Phrase(
        rf"\b(?P<hit>(?:you|u|ya)(?: are|'re| r)? (?:all |people |both |just |really |completely |absolutely |nothing but |such )*(?:an? |the )?(?:[a-z]+ ){{0,2}}?{_NOUN})\b",
        form="insult",
        unless=_TITLE + r"|\b(?:not|never|no|sell|have|get|sent|send|for|garden|cat|dog)\b",
    ),
    Phrase(rf"\b(?P<hit>you people\b[^;]{{0,30}}?\b{_NOUN})\b", form="insult"),
    Phrase(
        rf"(?:^|[.!?,] ?)(?P<hit>(?:what an?|such an?) (?:[a-z]+ ){{0,3}}?{_NOUN}(?: you are)?)\b",
        form="insult",
        unless=_TITLE,
    ),
    Phrase(r"\b(?P<hit>only an? (?:idiot|moron|half-?wit|imbecile|fool))\b", form="insult"),
    Phrase(
        r"\b(?P<hit>(?:you|u|ya) (?:absolute|utter|pathetic|lying|stupid|dumb|useless|filthy|miserable|worthless|brainless|braindead|spineless|thieving|slimy|illiterate)\b(?: [a-z]+){1,3})",
        form="insult",
        unless=_TITLE,
    ),
    Phrase(
        r"\b(?P<hit>(?:you|u)(?:'re| are| r| people are| must be)(?: all| just| really| completely| so| too| a bunch of| either)* (?:stupid|dumb|pathetic|retarded|brain ?dead|brainless|disgusting|illiterate|thick|crooked|scum|crooks|liars|thieves))\b",
        form="insult",
    ),
    Phrase(
        r"(?:^|[.!?,] ?)(?P<hit>(?:are you|r u)\b(?: people| all)?(?: completely| really| just)? (?:retarded|stupid|dumb|thick|brain ?dead))\b",
        form="insult",
    ),
    Phrase(
        rf"^\W*(?P<hit>(?:filthy|dumb|lying|stupid|dirty|slimy|absolute|total|bloody|pathetic|fat) (?:\w+ )?{_NOUN})\W*$",
        form="insult",
        unless=_TITLE,
    ),
    Phrase(r"(?:^|[.!?,] ?)(?P<hit>shut (?:up|your mouth)(?: you)?)\b", form="insult", unless=_TITLE),
    Phrase(rf"\b(?P<hit>{_FOREIGN})\b", form="insult", unless=_TITLE),
    Phrase(
        r"\b(?P<hit>fuck\w*|f[*]+c?k\w*|bullshit|shitty|shit|motherfuck\w*|asshole\w*|arsehole\w*|wank\w+|goddamn(?:ed)?|cocksuck\w*)\b",
        form="profanity",
        unless=_TITLE,
        refusable=False,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield profanity aimed at somebody, insults, and profanity aimed at nobody."""
    yield from reading.phrases(_PHRASES, gate=RULE.gate)


RULE = Rule(
    id="conduct.abuse",
    title="Insults and profanity",
    since="2026.1",
    source=("S1", "S22", "S29", "S87"),
    why=(
        "Nobody has to be insulted at work or as a customer. Hard words also make the dispute harder to win: a "
        "calm account of the facts is what decides a claim."
    ),
    reasons={
        "plain": "These words attack a person.",
        "insult": "This may insult the person who reads it.",
        "profanity": "This is a swear word.",
    },
    advice="Say what went wrong and what you expect, without words against the person.",
    gate=(
        rf"\b(?:{_STRONG}|{_SLUR}|{_INSULT}|{_NOUN})\b",
        r"fuck|f[*]|sh[*]t|shit|screw|phuck|fck|piss off|cocksuck|goddamn|asshole|arsehole|wank",
        r"\b(?:eat shit|go to hell|drop dead|kill yourself|kys|suck my|go back to|shut (?:up|your)|nudes?|noods|sexy|naked)\b",
        r"\b(?:absolute|utter|miserable|fool|thick|slimy)\b",
        rf"\b{_FOREIGN}\b",
    ),
    find=find,
    flagged=(
        "Well «fuck you and» good bye",
        "«You lying piece of shit».",
        "«You absolute clown».",
        "«Shut up» and refund me",
        "this «fucking» thing broke",
        "«Filthy liar».",
        "«f u c k you all»",
    ),
    accepted=(
        "I am furious. This is the worst service I had.",
        "The mug says GRUMPY OLD BASTARD, can it go in the dishwasher?",
        "Turn the screw and the kill switch is off.",
        "A bastard file, second cut, 200 mm please.",
        "The shiitake grow behind the cockpit cover.",
        "Is it stupid to ask for a second charger?",
    ),
    known_miss=("You are «the kind of thing one scrapes from a shoe».",),
)
