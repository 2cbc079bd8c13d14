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
    + QUOTED.replace(r"\"[^\"]{3,}\"", r"\"[^\" ]+ [^\"]+\"")
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
# Words for a person that are insults when somebody is called one.
_LOW = (
    r"(?:(?:half|dim|nit)wits?|idiots?|morons?|imbeciles?|cretins?|numpt(?:y|ies)|muppets?|wallys?|plonkers?|pillocks?|tossers?|gits?|berks?|prats?|divs?|numbskulls?|blockheads?|airheads?|dummy|dummies|fools?|jerks?|creeps?|perverts?|swines?|bums?|"
    r"worms?|weasels?|snakes?|leech(?:es)?|vultures?|sharks?|parasites?|cockroach(?:es)?|maggots?|rats?|pigs?|donkeys?|sheep|scumbags?|scum|lowli(?:fe|ves|fes)|low-life|bottom ?feeders?|crooks?|thief|thieves|scammers?|swindlers?|con ?artists?|fraudsters?|cheats?|"
    r"liars?|robbers?|bandits?|cowards?|losers?|clowns?|jokers?|cowboys?|amateurs?|incompetents?|hag|witch|bimbo|karen|old (?:bat|cow|goat|fool|git)|peasants?|freaks?|weirdos?|psychos?|nutters?|nutcases?|retards?|savages?|animals?|disgrace|waste of (?:space|air|skin|oxygen)|excuse for an? [a-z]+(?: [a-z]+)?|little man)"
)
_ADJECTIVES = r"(?:[a-z]+ ){0,2}?(?:absolute|utter|total|complete|pathetic|lying|stupid|dumb|useless|filthy|miserable|worthless|brainless|spineless|thieving|slimy|greasy|illiterate|incompetent|disgusting|bloody|dirty|greedy|ignorant|ugly|fat|vile|crooked|cheating|rotten|stingy|sad|shameless|sorry|cheeky|clueless|arrogant|rude|nasty|mean|silly|daft|thick|lazy) (?:little |old |lying |thieving |bunch of |pack of |piece of )*"
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
        rf"(?:^|[.!?,] ?)(?P<hit>(?:what an?|such an?) (?:[a-z]+ ){{0,3}}?(?:{_NOUN}|{_STRONG})(?: you are)?)\b",
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
    Phrase(
        r"^\W*(?P<hit>(?:thieves|liars|crooks|scammers|idiots|cheats|robbers|morons|scum) (?:and|,) (?:\w+ )?(?:thieves|liars|crooks|scammers|idiots|cheats|robbers|morons|scum))\b",
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
        given=rf"\b(?:you\w*|u|ur|yours?|seller|customer|{PEOPLE}|tu|tus|usted(?:es)?|vosotros|vous|votre|vos|toi|sie|ihr\w*|du|dein\w*|lei|voi|vostr\w+|voce|seus?|suas?)\b",
        unless=_TITLE
        + r"|\b(?:thank (?:you|u)|did (?:you|u)|(?:can|could) (?:you|u)|if you (?:can|could)|do you have|love (?:you|u|your)|you guys (?:rock|are (?:great|awesome)))\b",
        refusable=False,
    ),
    # "You greasy thief", "what kind of halfwit …", "you worm": called one.
    Phrase(
        rf"\b(?:you|u|ya)(?: are| r|'re|re)?(?: all| both| just| really| people)?(?: an?| the| such an?| nothing but an?| a bunch of| a pack of| a load of)? (?:{_ADJECTIVES})?(?:little |old )?{_LOW}\b",
        form="insult",
        unless=_TITLE
        + r"|\b(?:you|u) (?:cheats?|snakes?|sharks?|worms?|sheep|rats?|pigs?|fool|animals?|donkeys?|jerk) (?:you|for|in|of|on|the|and|with)\b|\b(?:thank|get|got|from|at|told|for|give|send|sent|sell|have|see|call|called|calling) (?:you|u) (?:an? |the )?|\b(?:don'?t|do not|never|not) (?:think|say\w*|said|believe|mean|call\w*|suggest\w*)\b",
        refusable=False,
    ),
    Phrase(
        rf"\b(?:what (?:kind|sort) of|which|only an?|some|by an?|like an?|from an?|are (?:you|u) (?:an?|just|really)|what an?|such an?|(?:a )?(?:bunch|pack|lot|load|gang) of|dealing with) (?:{_ADJECTIVES})?(?:lying |thieving |brainless |gutter |professional )*(?:idiots?|morons?|imbeciles?|half-?wits?|dimwits?|cretins?|scammers?|crooks?|swindlers?|thieves|liars|scum|con ?artists?|muppets?|lowlifes?|parasites?|hag|excuse for an? [a-z]+)\b",
        form="insult",
        unless=_TITLE
        + r"|\b(?:i'?m not|i am not|not an?|no) (?:\w+ ){0,2}(?:idiot|scammer|thief|liar|crook)|\b(?:i'?m|im|i am|i was|me|myself|i must|feel|felt|look|looked|like an idiot|reported|beware|avoid|protect\w*|someone|somebody|pretend\w*|e?-?mails?|calls?|messages?|links?|which (?:scammers?|thieves))\b",
    ),
    Phrase(
        r"\b(?:go f\W*(?:yourself|urself)|stick it (?:up|where)|shove (?:it|them|that|your) [^;]{0,20}?(?:up (?:your|ur)|where the)|kiss my (?:ass|arse)|get stuffed|rot in hell|(?:you|u|you're|what an?|such an?)(?: are| r)?(?: an?| just an?)? (?:pathetic|sad|stupid|fat lazy|fat|lazy|dumb|greedy|rude|arrogant|ignorant|useless|sorry|miserable|nasty|horrible|vile|disgusting|spiteful) (?:little |old )*(?:man|woman|person|people|individual|human being|creature|hag|girl|boy|slob|dog|cow|pig|company|excuse for an? [a-z]+(?: being)?)|even for (?:somebody|someone|a person) with your (?:\w+ )?(?:schooling|intelligence|education|brain)|how (?:stupid|dumb|thick) (?:are|can|must) (?:you|u|people|one))\b",
        form="insult",
        unless=_TITLE,
        refusable=False,
    ),
    Phrase(
        r"\b(?:whats?|what's|what is) under (?:your|ur) (?:\w+)\b[^;]{0,25}|\b(?:send|show) (?:me |us )?(?:\w+ ){0,2}?(?:nudes?|boobs?|tits|naked)\b|\bsexy (?:voice|legs|body|hands|feet)\b",
        form="insult",
        unless=_TITLE,
    ),
    # In the other languages, said of the reader.
    Phrase(
        r"\b(?:muert[oa]s? de hambre|(?:que|vaya) (?:tip[oa]|gente|tontos?|panda|gentuza)(?: mas)? ?(?:burr[oa]s?|tont[oa]s?|inutil(?:es)?|idiotas?|imbecil(?:es)?)?\b|(?:burr[oa]s?|tont[oa]s?|lel[oa]s?|zopenc[oa]s?|analfabet[oa]s?|ignorantes?|miserables?|cretin[oa]s?|gentuza|chorizos?|sanguijuelas?|caradura|ruin(?:es)?)(?: de remate| perdid[oa]s?)|vaya (?:timadores|ladrones|chorizos|estafadores|sinverguenzas|inutiles)|son (?:un[oa]s |tod[oa]s )?(?:timadores|chorizos|caraduras|rateros|delincuentes)|es usted (?:un |una )?(?:tont[oa]|burr[oa]|ignorante|analfabet[oa]|miserable|impresentable|sinverguenza|maleducad[oa]|caradura|timador\w*)|eres (?:un |una )?(?:tont[oa]|burr[oa]|lel[oa]|ignorante|miserable|payas[oa]|inutil|timador\w*|impresentable))\b",
        form="insult",
        unless=SPOKEN_OF,
    ),
    Phrase(
        r"\b(?:pauvre (?:type|folle|fou|fille|mec|con|conne|cruche|cloche|naze)|(?:etre|etes|es) (?:\w+ ){0,2}?(?:une? )?(?:cruche|cloche|andouille|idiote?|imbecile|abrutie?|cretine?|bouffon|nulle?s?|charlatans?|truands?|malhonnetes?|incapables?|menteuse?s?|analphabetes?|ignare|debile|folle|minable|boulet)|(?:sale|gros|grosse|vieille|vieux) (?:voleu(?:r|se)|escroc|type|bique|conne?|porc|truie|rat|radin|menteu(?:r|se))|tas d(?:e |')(?:voleurs|incapables|nuls|escrocs|cons)|quelle (?:cruche|idiote|bande)|quel (?:abruti|cretin|imbecile|idiot|boulet|naze|incapable)|foutez-vous|foutage de gueule)\b",
        form="insult",
        unless=SPOKEN_OF,
    ),
    Phrase(
        r"\b(?:(?:so|wie|zu|viel zu) (?:dumm|blod|bescheuert|damlich|bekloppt)\b[^;]{0,20}?\b(?:sein|sind|bist|seid|muss man|kann man)|(?:sind|bist|seid) (?:sie |du |ihr )?(?:\w+ ){0,2}?(?:so |zu |echt |einfach |wirklich |eigentlich )*(?:dumm|blod|bescheuert|damlich|bekloppt|behindert|unfahig|schwachsinnig|hirnlos|asozial|das letzte|betruger|lugner|diebe|gauner|idioten|versager)|(?:dumme[rns]?|blode[rns]?|faule[rns]?|elende[rns]?|verlogene[rns]?|widerliche[rns]?|unverschamte[rns]?|geldgierige[rns]?|miese[rns]?|hirnlose[rns]?) (?:\w+ )?(?:idiot\w*|trottel|depp\w*|betruger\w*|lugner\w*|sau|schwein\w*|hund\w*|ziege|kuh|gans|pack|gesindel|bande|abzocker|versager|kerl\w*|person|frau|laden)|sie (?:idiot\w*|trottel|depp\w*|betruger\w*|lugner\w*|dieb\w*|schwein\w*|witzfigur\w*)|(?:bande|haufen|verein) von (?:betrugern|dieben|idioten|lugnern|gaunern)|betrugerbande|diebesbande|saftladen|witzfigur\w*|dummkopf\w*)\b",
        form="insult",
        unless=SPOKEN_OF,
    ),
    Phrase(
        r"\b(?:(?:lei|tu|voi) (?:e|sei|siete) (?:\w+ ){0,2}?(?:un'?a? ?)?(?:ignorant\w+|idiot\w+|imbecill\w+|cretin\w+|scem\w+|stupid\w+|deficient\w+|buffon\w+|ladr\w+|truffator\w+|incapac\w+|vergogn\w+|cafon\w+|analfabet\w+|maleducat\w+|pezzent\w+|morta? di fame)|(?:e|siete|sei) (?:solo |proprio |davvero |dei |delle |un |una |un')*(?:ignorant\w+|idiot\w+|imbecill\w+|cretin\w+|stupid\w+|ladri|truffatori|buffoni|incapaci|cialtron\w+|farabutt\w+|disonest\w+|delinquent\w+|morti di fame)|(?:ladri|imbecilli|idioti|truffatori|cialtroni|farabutti|buffoni|analfabeti|delinquenti)(?:,| e) [^;]{0,15}?(?:ladri|imbecilli|idioti|truffatori|cialtroni|farabutti|buffoni|analfabeti|bugiardi)|(?:che|razza di|massa di|manica di|banda di|gente) (?:idiot\w+|imbecill\w+|cretin\w+|ladr[oi]|truffator\w+|incapac\w+|cialtron\w+|pezzenti|buffon\w+|farabutt\w+|ignorant\w+))\b",
        form="insult",
        unless=SPOKEN_OF,
    ),
    Phrase(
        r"\b(?:(?:sua|seu|suas|seus|tua|teu) (?:anta|burr[oa]s?|idiotas?|imbecil|imbecis|otari[oa]s?|ladra\w*|ladroes|ladrao|golpistas?|vigaristas?|palhac[oa]s?|lixo|nojent[oa]s?|ignorantes?|velh[oa]|vagabund[oa]s?|jument[oa]|animal|mentiros[oa]s?|inutil|inuteis|porc[oa]s?|trouxa)|(?:voce|vc|o senhor|a senhora|tu|voces|vcs|voces todos) (?:e|es|sao) (?:so |mesmo |muito |uns |umas |um |uma )*(?:velh[oa] (?:gaga|chata|louca)|burr[oa]s?|idiotas?|imbecil|imbecis|otari[oa]s?|ladrao|ladra|ladroes|golpistas?|vigaristas?|palhac[oa]s?|nojent[oa]s?|ignorantes?|vagabund[oa]s?|mentiros[oa]s?|inutil|inuteis|incompetentes?|burlo(?:es|es|na)|caloteir[oa]s?|trouxas?|ridicul[oa]s?|analfabet[oa]s?)|gente (?:da sua laia|nojenta|burra|sem vergonha)|(?:bando|cambada|corja|quadrilha) de [a-z]+|sem[- ]vergonhas?|burlo(?:es|na)|cara de pau|que (?:burrice|gente burra))\b",
        form="insult",
        unless=SPOKEN_OF + r"|\bbando de (?:aves|passaros|pombos)\b",
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
        "you sent me the wrong «fucking» thing",
        "«You greasy thief».",
        "«What kind of idiot» packs a mirror like this?",
        "«Go f yourself».",
        "«You are a stupid man».",
        "«Pauvre type»!",
        "Sie «sind das Letzte».",
        "«Lei è un'ignorante».",
        "«Sua anta»!",
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
        "What kind of donkey is on the mug?",
        "I am furious. This is the worst service I had.",
        "The mug says GRUMPY OLD BASTARD, can it go in the dishwasher?",
        "Turn the screw and the kill switch is off.",
        "A bastard file, second cut, 200 mm please.",
        "The shiitake grow behind the cockpit cover.",
        "Is it stupid to ask for a second charger?",
        "Damn, the lid broke.",
        "Shit, I gave my old address.",
        "I don't think you're a scammer.",
        "I'm such an idiot, I ordered two.",
        "The screws get lost in the carpet.",
    ),
    known_miss=("You are «the kind of thing one scrapes from a shoe».",),
)
