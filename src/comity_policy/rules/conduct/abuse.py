"""conduct.abuse: insults, slurs and profanity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import PEOPLE, QUOTED, SPOKEN_OF, any_of
from comity_policy.text.masks import words_of

_YOU = r"(?:you|u|ya|your|ur|yours|you're|youre|ye)"
_FUCK = r"(?:fuck|f[*]+c?k|f[*]ck|phuck|fck|fuk)"
_STRONG = (
    rf"(?:{_FUCK}\w*|shit(?:head|bag|s)?|sh[*]t|bullshit|cunts?|c[*]nt|wank\w*|twats?|ass ?(?:hole|wipe|hat)s?|arse ?holes?|dumb ?ass(?:es)?|jack ?ass(?:es)?|"
    r"dick ?heads?|pricks?|bitch\w*|b[*]tch|bastards?|mother ?fuck\w*|piss off|cock ?sucker\w*|whores?|hoes?|sluts?|slags?)"
)
# Slurs that mean nothing else, and those that only an address or a generality makes one.
_SLUR = r"(?:nigg(?:er|a)s?|kikes?|wetbacks?|shemales?|muzzies|rapefugees?|ragheads?|towelheads?|sandniggers?|gooks?|trannies|faggots|fagg?s|retards)"
_SLUR_HERE = r"(?:fagg?ots?|fagg?s?|chinks?|spics?|tranny|retard(?:s|ed)?|pakis?|dykes?|coons?|mongs?|mongol|spastics?|jihadis?|bitch|bitches|sluts?|whores?|cripples?|queers?|gypsies|cunts?|skanks?|gimps?|shemales?|muzzies|muzzie|rapefugees?|{_SLUR})".replace(
    "{_SLUR}", _SLUR
)
_NOUN = (
    r"(?:idiots?|morons?|imbeciles?|scum|scumbags?|crooks?|liars?|thief|thieves|scammers?|fraudsters?|losers?|clowns?|pigs?|rats?|cow|"
    r"muppets?|maggots?|trash|garbage|filth|dirt|half-?wits?|toads?|dimwits?|dunces?|parasites?|vermin|lunatics?|freaks?|psychos?|fraud|cretins?|degenerates?|cowards?|conm[ae]n|cheats?|cockroach(?:es)?|"
    r"piece of (?:shit|trash|garbage|crap|filth|scum)|excuse for a\w* \w+(?: being)?|waste of (?:skin|space|oxygen)|(?:bunch|pack|lot) of (?:idiots|crooks|liars|thieves|morons|scammers|clowns|cowboys|amateurs|incompetents))"
)
_HARSH = r"(?:absolute|utter|total|complete|pathetic|lying|stupid|dumb|useless|filthy|miserable|worthless|brain ?less|brain ?dead|spineless|thieving|slimy|illiterate|incompetent|disgusting|bloody|dirty|greedy|ignorant|ugly|fat|old|sick|vile|massive|crooked|cheating|rotten|silly|little)"
_TITLE = (
    SPOKEN_OF
    + "|"
    + QUOTED
    + r"|\b(?:spice|name of|just the name|bastard file|costume|mask|plush|toy|garden|cat|dog|pigs? (?:feed|ear)|rat trap|(?:cock|rat|pig|cow) (?:and|in)|coloring|colouring)\b"
)
# Other languages: words that are insults wherever they stand, and those that need somebody addressed.
_FOREIGN = any_of(
    r"hij[oa]s? d(?:e|el?) (?:la )?(?:gran )?(?:put[ao]|chingada|perra)|gilipollas|cabron(?:es|a)?|pendej[oa]s?|put[ao]s? (?:mierda|ladron\w*)|me cago en (?:tu|su|vuestr)\w*|vete a la mierda|vayase a la mierda|que te (?:den|jodan|follen)|estafador(?:a|es)? de mierda|sinverguenzas?|rateros|malparid[oa]s?|tu puta madre|maricon(?:es)?",
    r"connards?|connasses?|salopes?|salauds?|gros(?:se)? con(?:ne)?s?|encules?|enfoires?|fils de pute|batards?|va te faire (?:foutre|enculer|voir)|allez vous faire (?:foutre|voir)|ta gueule|nique (?:ta|ton|vos)|raclures?|ordures|sac a merde|bande de (?:cons|nuls|voleurs|escrocs|incapables|cretins|charlatans|parasites|rats|guignols|clowns)|espece d[e'] ?(?:con|conne|idiot\w*|imbecile|cretin|abruti|escroc|voleur|ordure|debile)",
    r"arschl(?:och|ocher)|hurensohn\w*|wichser\w*|fotzen?|schlampen?|drecks(?:ack|au|kerl|laden|verein)\w*|mistkerle?|vollidiot\w*|vollpfosten|schwachk(?:opf|opfe)|missgeburt\w*|spast\w*|dumme (?:kuh|sau|gans)|blode (?:kuh|sau|gans)|verpiss\w*|fick\w* (?:dich|euch|sie)|leck\w* (?:mich|mir|uns) am|halt\w* (?:die|deine|ihre|dein|euer|ihr) (?:fresse|maul|klappe)|(?:nicht ganz|nicht) dicht|abschaum|penner|gesindel|abzockerbande|scheiss(?:kerl|laden|verein)e?",
    r"stronz[oaie]|coglion[ei]|vaffanculo|fanculo|figli(?:o)? di (?:puttana|troia)|testa di cazzo|teste di cazzo|pezz[oi] di merda|(?:delle|siete|sei una?) merd[ae]|pezzente|puttana|bastardi|mortacci|rincoglionit[oi]|testa di legno|ladri (?:maledetti|schifosi)|schifos[oi]",
    r"filh[oa]s? da puta|\bfdp\b|vai se foder|va(?:i)? (?:te|se) (?:foder|catar|lixar)|vao a fava|vai tomar no cu|vai a merda|caralho d[eo]|otari[oa]s?|babacas?|cabr(?:ao|oes)|de merda|seu merda|aldrabo(?:es|na)|trambiqueir[oa]s?|vagabund[oa]s?|atrasad[oa]s? menta(?:l|is)|(?:bando|corja|cambada) de (?:ladr\w+|idiotas|incompetentes|palhacos|burros|vagabundos|safados|golpistas|aldrab\w+|vigaristas|mentirosos|fdp|filhos|imbecis|inuteis)",
)
_ADDRESS = any_of(
    r"es usted|usted es|eres|sois|son (?:unos|unas|todos)|menud[oa]s?|panda de|banda de|pedazo de|pinches?|maldit[oa]s?",
    r"vous etes|tu es|t'es|bande de|quel(?:le)?s?|sale|pauvre|sacre|vous n'etes qu[e']",
    r"sie sind|du (?:bist|alter|blode\w*|elende\w*|verdammte\w*)|ihr seid|so ein|was fur (?:ein|eine)|welcher|verdammte[rn]?|lauter",
    r"lei e|tu sei|sei|siete|branco di|razza di|brutt[oi]|sono tutti|proprio un|maledett[oi]",
    r"voce e|vc e|voces sao|vcs sao|seus?|suas?|sao (?:uns|todos)",
)
_NAMED = any_of(
    r"imbecil(?:es)?|idiotas?|estupid[oa]s?|subnormal(?:es)?|ladron(?:a|es)?|estafador(?:a|es)?|ratero|payas[oa]s?|mentiros[oa]s?|asqueros[oa]s?|parasitos?|inutil(?:es)?|ridicul[oa]s?|incompetentes?|zorra|basura",
    r"abrutis?|cretins?|debiles?|escrocs?|voleurs?|voleuses?|menteurs?|menteuses?|imbeciles?|idiote?s?|incapables?|bouffons?|minables?|ordure|conne?s?|nuls?|malhonnetes?|charlatans?",
    r"idiot(?:en)?|trottel|depp(?:en)?|betruger(?:in)?|lugner(?:in)?|abzocker|verbrecher|dumm(?:kopf)?|blod|versager|pfeifen?|nullen?|asozial\w*|gauner|halsabschneider|unfahig\w*|arsch",
    r"cretin[oie]|idiot[aie]|imbecill[ei]|deficient[ei]|ladr[oi]|ladr[ao]|truffator[ei]|pagliacc[oi]|incapac[ei]|ignorant[ei]|scem[oi]|buffon[ei]|disonest[oi]|bugiard[oaie]|schifo|cafon[ei]|vergognos[oi]",
    r"idiotas?|imbecil|imbecis|burr[oa]s?|safad[oa]s?|ladrao|ladroes|golpistas?|canalhas?|lixo|mentiros[oa]s?|parvos?|parvalh(?:ao|oes)|nojent[oa]s?|incompetentes?|vigaristas?|palhac[oa]s?|estupid[oa]s?|velh[oa] gaga",
)
_CURSE = r"(?:mierda|joder|puta madre|hostia puta|merde|putain|bordel de merde|scheisse?n?|scheiss|verdammte scheisse|cazzo|merda|porca (?:miseria|puttana)|porra|caralho|foda-se)"
_PHRASES = (
    Phrase(
        rf"\b(?:go )?(?:{_FUCK} (?:you|u|ur|your|yourself|urself|off|all of you|all)|screw you)\b(?: \w+)?",
        unless=_TITLE,
        refusable=False,
    ),
    Phrase(
        rf"\b{_YOU}\b(?: are| is|'re| r)?(?: all| both| people)?(?: an?| such an?| the| nothing but)?(?: [a-z'*]+){{0,3}}? {_STRONG}\b",
        unless=_TITLE
        + r"|\b(?:your|ur) (?:fucking |shit\w* |bull\w* )?(?:product|item|thing|delivery|carrier|box|packag\w*|website|service|policy)|\b(?:thank|get|got|from|at|told) (?:you|u)\b",
        refusable=False,
    ),
    Phrase(
        rf"\b(?:fucking|f[*]+c?king|f[*]cking|fkn|lying|stupid|dumb|useless|thieving|fat|old|dirty|filthy|incompetent) (?:\w+ )?(?:{_STRONG}|{_NOUN})\b",
        unless=_TITLE + r"|\b(?:old|fat|dirty) (?:\w+ )?(?:cow|rats?|pigs?|trash|garbage|toads?|dirt|filth)\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?:eat shit|go to hell|drop dead|kill yourself|kys|piss off|suck my \w+|go back to (?:your|ur) (?:own )?country)\b",
        unless=_TITLE + r"|\bcan go to hell|\blet it",
        refusable=False,
    ),
    # Slurs, and hatred of a whole group.
    Phrase(
        rf"\b{_YOU}(?: are|'re| r)?(?: all| people)?(?: nothing but)?(?: an?)?(?: [a-z]+){{0,2}}? {_SLUR_HERE}\b",
        unless=_TITLE,
        refusable=False,
    ),
    Phrase(
        rf"\b(?:{_SLUR}|(?:too many|bunch of|nothing but (?:an?|the)|typical|fucking|filthy|lazy) {_SLUR_HERE}|{_SLUR_HERE} (?:just )?(?:can'?t|cannot|will never|are all|should|don'?t belong|behaviou?r))\b",
        unless=_TITLE,
        refusable=False,
    ),
    Phrase(
        rf"\b(?:{PEOPLE} (?:people |like you |all )*\w{{2,3}} (?:\w+ ){{0,3}}?{_NOUN}|(?:hate|despise|detest|(?:can'?t|cannot) stand|sick of|disgusted by) (?:all |those |these |you |any )*{PEOPLE}|{_FUCK} (?:all |these |those |the )*{PEOPLE})\b",
        unless=_TITLE,
    ),
    Phrase(
        r"\bsend (?:me |us )?(?:some |sum |your |a )?(?:nudes?|noods|sexy pics?|naked \w+)\b|\bsend (?:me |us )?(?:some|a (?:pic|photo|picture)|pics|photos) of you (?:in|wearing|naked|with)\b|\bwhat do you charge for a night\b|\bwith nothing (?:on )?(?:underneath|under it)\b",
        unless=SPOKEN_OF,
    ),
    # Insults: a person looks at them.
    Phrase(
        rf"\b(?:you|u|ya)(?: are|'re| r)? (?:all |people |both |just |really |nothing but |such |an? |the |bunch of |{_HARSH} )*{_NOUN}\b",
        form="insult",
        unless=SPOKEN_OF
        + r"|\byou (?:the|a|cow|all the|pigs?|rats?|trash|garbage|dirt|filth|fraud|cheats?) (?:trash|garbage|dirt|cow|pigs?|rats?|fraud|cheats?)?\b",
    ),
    Phrase(rf"\byou people\b[^;]{{0,30}}?\b{_NOUN}\b", form="insult", unless=SPOKEN_OF),
    Phrase(
        rf"(?:^|[.!?,] ?)(?P<hit>(?:what an?|such an?) (?:[a-z]+ ){{0,3}}?{_NOUN}(?: you are)?)\b",
        form="insult",
        unless=_TITLE,
    ),
    Phrase(r"\bonly an? (?:idiot|moron|half-?wit|imbecile|fool)\b", form="insult", unless=SPOKEN_OF),
    Phrase(
        r"\b(?:you|u|ya) (?:absolute|utter|pathetic|lying|stupid|dumb|useless|filthy|miserable|worthless|brain ?less|brain ?dead|spineless|thieving|slimy|illiterate|incompetent)\b(?: [a-z]+){1,3}",
        form="insult",
        unless=_TITLE,
    ),
    Phrase(
        r"\b(?:you|u)(?:'re| are| r| people are| must be)(?: all| just| really| completely| so| too| a bunch of| either)* (?:stupid|dumb|pathetic|retarded|brain ?dead|brain ?less|disgusting|illiterate|thick|crooked|repulsive|worthless|vile|incompetent)\b",
        form="insult",
        unless=SPOKEN_OF,
    ),
    Phrase(
        r"(?:^|[.!?,] ?)(?P<hit>(?:are you|r u)\b(?: people| all)?(?: completely| really| just)? (?:retarded|stupid|dumb|thick|brain ?dead))\b",
        form="insult",
    ),
    Phrase(
        rf"^\W*(?P<hit>(?:(?:{_HARSH}|bunch of|pack of) )*(?:idiots?|morons?|liars?|thief|thieves|scammers?|crooks?|losers?|clowns?|scum|dumb ?ass|fraudsters?)(?: and \w+)?)\W*$",
        form="insult",
        unless=_TITLE,
    ),
    Phrase(r"(?:^|[.!?,] ?)(?P<hit>shut (?:up|your mouth)(?: you)?)\b", form="insult", unless=_TITLE),
    Phrase(rf"\b{_FOREIGN}\b", form="insult", unless=SPOKEN_OF, refusable=False),
    Phrase(rf"\b{_ADDRESS} (?:[a-z]+ ){{0,2}}?{_NAMED}\b", form="insult", unless=SPOKEN_OF + r"|\bich (?:sei|bin)\b"),
    Phrase(rf"^\W*(?P<hit>{_NAMED}(?: (?:\w+ )?\w+)?)\W*$", form="insult", unless=SPOKEN_OF),
    Phrase(
        rf"\b(?:{_FUCK}\w*|bullshit|shitty|shit|motherfuck\w*|asshole\w*|arsehole\w*|wank\w+|goddamn(?:ed)?|cocksuck\w*)\b|\b{_CURSE}\b",
        form="profanity",
        unless=_TITLE,
        refusable=False,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield profanity aimed at somebody, insults, and profanity aimed at nobody."""
    yield from reading.phrases(_PHRASES)
    for span in reading.hidden("abuse"):
        yield Span(span.start, span.end, "insult")


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
    gate=(*_PHRASES, words_of("abuse")),
    find=find,
    flagged=(
        "Well «fuck you and» good bye",
        "«You lying piece of shit».",
        "«You absolute clown».",
        "«Shut up» and refund me",
        "this «fucking» thing broke",
        "«Filthy liar».",
        "«f u c k you all»",
        "Sois unos «sinvergüenzas».",
        "«Vous êtes un escroc»!",
        "«Arschloch».",
        "«Siete dei ladri»!",
        "«Filho da puta».",
        "ok «d!ckhe@d» keep it",
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
