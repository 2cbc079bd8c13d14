"""conduct.threat: threats of harm, exposure, or authorities used to frighten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import NEAR, PEOPLE, PRINTED, QUOTED, any_of

_HURT = r"(?:kill|murder|hurt|beat|stab|shoot|strangle|slaughter|torture|rape|hang|drown|burn|attack|smash|bash|crush|punch|choke|slit|bury|hunt|gut|cripple|execute|eradicate|exterminate|lynch|gas|behead|end|slap)"
_HURTING = r"(?:kill|murder|hurt|beat|stabb?|shoot|strangl|slaughter|tortur|rap|hang|drown|burn|attack|smash|lynch|gass?|execut|eradicat|exterminat)ing"
_HURT_DONE = r"(?:killed|murdered|hurt|beaten|stabbed|shot|strangled|slaughtered|tortured|raped|hanged|hung|drowned|burned|burnt|attacked|lynched|gassed|executed|eradicated|exterminated|dead|throats? cut|die|put down|wiped out|shipped off|locked up|suffer)"
_PROPERTY = r"(?:house|home|shop|store|doors?|windows?|garage|car|van|workshop|unit|stall|warehouse|place|head|face|legs?|hands?|arms?|teeth|bones?|neck|nose|fingers|knees?|skull|jaw|ribs|business|family|kids|children|wife|husband|mother|dog|cat)"
_WRECK = r"(?:burn(?:ing)?|torch|smash(?:ing)?|trash|break|breaking|wreck|bomb|destroy|blow up|set fire to|kick in|shoot up|put [^;]{1,20} through|bash in)"
_WEAPON = r"(?:baseball bats?|bats?|crowbars?|knife|knives|guns?|shotgun|hammer|axe|machete|petrol|gasoline|matches)"
_ARRESTED = (
    r"(?:arrested|locked up|jailed|behind bars|in (?:jail|prison|handcuffs|cuffs|a cell)|deported|to (?:jail|prison))"
)
# The same in other languages: what is done, and to what.
_BREAK = any_of(
    r"romp(?:o|er|emos|iamo|ere)|part(?:o|ir|imos)|quem(?:o|ar|amos)|quebr(?:o|ar|amos)|revient\w*|revent(?:o|ar)|destroz(?:o|ar)|prend\w+ fuego|rebent(?:o|ar)|arrebent(?:o|ar)|tac\w+ fogo|ponho fogo|incendi(?:o|ar)",
    r"cass(?:e|er|ons|erai)|brul(?:e|er|ons|erai)|cram(?:e|er|erai)|defonc(?:e|er|erai)|retourn(?:e|er)|explos(?:e|er)|pet(?:e|er)",
    r"schlag(?:e|en)?|brech(?:e|en)|hau(?:e|en)?|polier(?:e|en)|tret(?:e|en)|zund(?:e|en)|anzund\w*|fackel\w*|abfackel\w*|verprugel\w*|einschlag\w*",
    r"spacc(?:o|are|hiamo)|bruci(?:o|are|amo)|sfasci(?:o|are|amo)|do fuoco|dare fuoco",
)
_THEIRS = any_of(
    r"casa|tienda|local|coche|piernas|cara|dientes|vitrina|escaparate|manos|huesos|taller|almacen|furgoneta",
    r"atelier|boutique|maison|voiture|jambes|gueule|dents|vitrine|tete|genoux|bras|doigts|bagnole",
    r"zahne|fresse|knochen|beine|nase|fenster|scheiben?|laden|haus|auto|lager|werkstatt|gesicht|finger",
    r"vetrina|faccia|gambe|negozio|magazzino|macchina|testa|ossa|denti|mani",
    r"montra|loja|pernas|carro|dentes|armazem|oficina|vitrine|focinho|joelhos",
)
_LAW = any_of(
    r"police|arrested|immigration|tax (?:office|man)|taxman|inland revenue|irs|criminal (?:charges|complaint)|prosecut\w+|bailiffs|lawyers? (?:will|are)",
    r"policia|guardia civil|hacienda|estafa|fiscalia|querella|abogados?",
    r"gendarm\w+|police|fisc|plainte|tribunal|avocats?|huissier",
    r"polizei|finanzamt|betrugs?|rufschadigung|verleumdung|anzeig\w*|anwalt\w*|strafanzeige",
    r"carabinieri|polizia|questura|guardia di finanza|truffa|diffamazione|querel\w+|avvocat[oi]",
    r"policia|delegacia|financas|difamacao|processo|queixa-crime|\bbo\b|advogad[oa]s?",
)
_UNMEANT = (
    PRINTED
    + "|"
    + QUOTED
    + r"|\b(?:sorry (?:if|for|about|that|to)|(?:(?:just|only|was|is|it'?s|as|for|like|kind of|silly|bad|i'?m|am|you're|are) (?:a )?(?:joke|joking|kidding))|kill switch|feelings|courier|driver threatened|nightmare|game|novel|beat (?:you|your) (?:price|to it))\b"
)
_NOT_HURT = (
    rf"|\b(?:never|not|won'?t|don'?t|wouldn'?t|can'?t|cannot|nobody|no one) (?:\w+ ){{0,3}}?(?:{_HURT}|{_WRECK})\b"
)
# What a seller puts a name or a picture on.
_MADE_WITH_NAME = r"|\bon (?:[a-z]+ ){0,3}?(?:clocks?|plaques?|signs?|calendars?|cushions?|blankets?|canvas|ornaments?|baubles?|notebooks?|diary|album|puzzles?|collars?|cake|t?-?shirts?|wall (?:art|hanging|sticker|decal|lamp|tile|panel|hook|print)s?|(?:first|front|title|cover|last) page)\b"
_PHRASES = (
    Phrase(
        rf"\b(?:i|we|he|they|im|ill|brothers?|boys|mates|cousins?|friends)\b{NEAR}{{0,30}}? {_HURT} (?:you|u|ya|yous|all of you|every one of you|your (?:family|kids|children|wife|husband|mother|dog))\b",
        unless=_UNMEANT + _NOT_HURT,
        refusable=False,
    ),
    Phrase(
        rf"\b(?:i|we|he|they|im|ill|brothers?|boys|mates|cousins?|friends)\b{NEAR}{{0,40}}? {_WRECK}{NEAR}{{0,12}}? (?:your|ur) (?:\w+ )?{_PROPERTY}\b",
        unless=_UNMEANT + _NOT_HURT,
        refusable=False,
    ),
    Phrase(
        r"\b(?:i|we|my \w+) (?:also |already |now |do |all )*(?:know|knows|found out|looked up|found) (?:exactly |now |well )*(?:where (?:you|u|ya|your (?:kids|children|family|daughter|son|wife|husband|mother|parents)) (?:\w+ )?(?:live|lives|sleep|sleeps|work|works|park|parks|goes? to school)|your (?:house|home|kids'? school|children'?s school))\b",
        unless=_UNMEANT,
    ),
    Phrase(
        rf"\b(?:i|we|my \w+|they)\b{NEAR}{{0,20}}? (?:com(?:e|ing) (?:for|after) (?:you|u|ya|your family)|hunt (?:you|u) down|find (?:you|u) and|teach (?:you|u) a lesson|make (?:you|u) (?:suffer|pay for (?:this|it|what)|regret)|put (?:you|u) in (?:a |the )?(?:hospital|grave|ground|wheelchair)|run (?:you|u) (?:off the road|over)|pay (?:you|u) a visit|get (?:you|u) (?:and|for this)|make sure (?:you|u) get hurt|finish (?:you|u) off|end (?:you|u|your life)|mess (?:you|u) up)\b",
        unless=_UNMEANT + r"|\bwon'?t come (?:for|after)\b",
        refusable=False,
    ),
    Phrase(
        rf"\b(?:com(?:e|ing)|be|round|over|visit|meet|wait\w*)\b[^;]{{0,50}}?\bwith (?:\w+ ){{0,4}}?(?:and )?(?:a |an |my |his |their )?{_WEAPON}\b|\bset my dogs on\b",
        unless=_UNMEANT + r"|\b(?:comes?|delivered|sold|match|set of|box) with\b",
    ),
    Phrase(
        r"\b(?:publish(?:ing)?|post(?:ing)?|put(?:ting)?|shar(?:e|ing)|leak(?:ing)?|spread|upload|expose|plaster|hang)\b[^;]{0,20}?\b(?:your|ur) (?:\w+ )?(?:name,? (?:and |picture|photo|face)?|home |private )?(?:\w+ )?(?:address|home|family|face|picture|photo|personal details|identity|phone number|employer|school)\b[^;]{0,40}?\b(?:online|internet|net|forums?|facebook|everywhere|reddit|web|twitter|groups?|social media|public|lampposts?)\b",
        unless=_UNMEANT + r"|\b(?:review|listing|photos? of (?:the|your) (?:item|product))\b",
    ),
    Phrase(r"\b(?:i'?ll|i will|we'?ll|gonna|going to) dox+ (?:you|u)\b"),
    Phrase(
        r"\b(?:call|calls|calling|report|reports|reporting|ring|tell|tells|inform|phone|send|one (?:call|word)|tip off|hand|make of you)\b[^;]{0,40}?\b(?:immigration|border force|border control|deport\w*|home office|auslanderbehorde|inmigracion|extranjeria|la migra|l'immigration|immigrazione|imigracao)\b",
        unless=_UNMEANT + r"|\b(?:form|papers|customs|museum)\b",
    ),
    Phrase(
        rf"\b(?:have|get|see|put|throw|want) (?:you|u|them|him|her|all of you|your \w+)\b{NEAR}{{0,12}}? {_ARRESTED}\b",
        unless=_UNMEANT,
    ),
    Phrase(
        rf"\b(?:you|u)(?:'ll| will| are going to|'re going to| r gonna| gonna)?\b{NEAR}{{0,15}}? (?:{_ARRESTED}|sit in a cell|rot in|lose your (?:children|kids|house|home|visa)|end up in (?:a )?(?:hospital|morgue|ditch))\b",
        unless=_UNMEANT + r"|\b(?:monopoly|card|game|costume)\b",
    ),
    Phrase(
        r"\b(?:watch (?:your back|your mirrors)|you (?:\w+ ){0,2}sleep with one eye open|^\W*sleep with one eye open|(?:you(?:'re| are)|ur|u r|youre) (?:all )?(?:a )?dead(?: man| meat| men)?|dead man walking|your days are numbered|look over your shoulder|pray (?:i|we) (?:don'?t|never) find|(?:accidents?|something|bad things?) (?:\w+ )?(?:will |might |could |can |may |does |is going to )?happens? to (?:you|your)|you(?:'ll| will)? (?:regret (?:this|it|the day)|be sorry you)|drop dead or|i(?:'ll| will) find (?:you|u)(?: and| no matter|$|[.!])|burn in your (?:house|bed))\b",
        unless=_UNMEANT
        + r"|\bcan'?t sleep\b|\bi sleep with\b|\bkids?\b[^;]{0,20}\bsleep\b|\bif you don'?t (?:try|buy)|\b(?:did|has) (?:something|anything)\b",
    ),
    # The same in other languages.
    Phrase(
        r"\b(?:(?:te|os|le|les) (?:voy|vamos) a (?:matar|partir|romper|reventar|destrozar|quemar|buscar|encontrar y|hacer dano|dar una paliza|pegar)|te (?:mato|reviento|parto la cara)|(?:se|sabemos) (?:muy bien )?(?:donde|en que) (?:vives?|viven|vivis|trabajas?|calle)|(?:voy|vamos|ire|iremos) a (?:ir a |pasar por |pasarme por )?(?:tu|su|vuestra) (?:casa|puerta|local)|te vas a (?:arrepentir|enterar)|se va(?:n)? a (?:arrepentir|enterar)|cuidate las espaldas|(?:publicar|colgar|poner)(?:e|emos)? (?:tu|su) (?:direccion|cara|foto)|quemar(?:e|emos)? (?:tu|su) (?:casa|tienda|local))\b",
        unless=_UNMEANT,
    ),
    Phrase(
        r"\b(?:(?:je|on|nous) (?:vais|va|allons) (?:te|vous|t'|lui) ?(?:tuer|casser|defoncer|buter|crever|retrouver|frapper|demolir|massacrer|fumer|bruler)|(?:je sais|on sait|nous savons) ou (?:tu|vous) (?:habit|travaill|dor|viv)\w+|(?:je|on) (?:viens|vient|passe|debarque|vais venir|va venir|sera|serai) (?:\w+ )?chez (?:toi|vous)|(?:tu vas|vous allez) le regretter|surveille[zr]? (?:tes|vos) arrieres|t'es mort|tu es mort|vous etes morts?|(?:bruler|casser) (?:votre|ta|ton|vos) (?:boutique|maison|voiture|jambes|vitrine)|(?:publier|mettre)(?:ai|ons)? (?:votre|ton) adresse)\b",
        unless=_UNMEANT + r"|\b(?:livreur|colis|coursier|pour (?:ca|cela) que)\b",
    ),
    Phrase(
        r"\b(?:(?:bring\w*|mach\w*|schlag\w*|stech\w*|hau\w*|krieg\w*) (?:ich |wir )?(?:dich|sie|euch) (?:\w+ )?(?:um|kalt|fertig|tot|platt|zusammen|ab)|(?:weiss|wissen)(?: wir| genau)*,? wo (?:du|sie|ihr|ihre familie|deine familie)\b[^;]{0,15}?\b(?:wohn|arbeit|schlaf|leb)\w*|komm(?:e|en)? (?:\w+ )?(?:bei|zu) (?:dir|ihnen|euch) (?:vorbei|nach hause)|(?:wirst du|werden sie|werdet ihr) (?:das |es |dies )?(?:noch |bitter |sehr )*bereuen|du bist (?:so gut wie )?tot|(?:zund|fackel|brenn)\w* (?:ich |wir )?(?:ihren|deinen|euren|ihr|dein) (?:laden|haus|auto|lager)[^;]{0,10}?|(?:adresse|foto)\b[^;]{0,20}?\b(?:ins netz|ins internet)|(?:knochen|beine|nase|zahne|fresse)\b[^;]{0,20}?\b(?:brech\w*|einschlag\w*|polier\w*))\b",
        unless=_UNMEANT,
    ),
    Phrase(
        r"\b(?:(?:ti|vi|la|le) (?:ammazzo|uccido|spacco|gonfio|distruggo|rompo|vengo a (?:cercare|prendere))|(?:so|sappiamo) (?:bene |benissimo )?(?:dove|dov'e) (?:abiti|abita|abitate|lavori|lavora|vivi|vive|vivete)|(?:vengo|veniamo|verro|passo) (?:\w+ )?(?:a|sotto) casa (?:tua|sua|vostra)|te ne (?:pentirai|faccio pentire|faro pentire)|se ne (?:pentira|pentiranno)|guarda(?:ti|tevi) le spalle|(?:brucio|brucero|bruciamo) (?:il|la) (?:tuo|tua|suo|sua|vostro|vostra)|mando (?:qualcuno|i miei) (?:\w+ )?(?:a|sotto|da)|sei (?:un uomo )?morto|(?:pubblico|pubblichero|metto) (?:il|la) (?:tuo|suo|tua|sua) (?:indirizzo|faccia|foto))\b",
        unless=_UNMEANT,
    ),
    Phrase(
        r"\b(?:(?:vou|vamos|eu|a gente vai) (?:te|lhe|vos)[ -](?:matar|mato|quebrar|partir|bater|pegar|achar|destruir|furar|arrebentar)|vou[ -](?:te|lhe) (?:matar|quebrar|partir|bater|encontrar)|(?:sei|sabemos) (?:muito bem |bem )?(?:onde|aonde) (?:voce |tu |o senhor |a senhora |voces )?(?:mora|moras|moram|vive|vives|trabalha|dorme)|vou (?:ai|a tua casa|na sua casa|ate a sua|ate ai) (?:quebrar|partir|pegar|resolver|com)|(?:vai|vais|vao) se arrepender|vais arrepender-te|(?:queimar|incendiar|quebrar|partir) (?:a (?:sua|tua)|o (?:seu|teu)) (?:casa|loja|carro|cara)|mando (?:alguem|uns amigos|os meus) (?:\w+ )?(?:a|ai|la)|(?:publico|publicar|posto|postar) (?:o seu|o teu|a sua|a tua) (?:endereco|morada|cara|foto))\b",
        unless=_UNMEANT,
    ),
    # To a person or a home, with the words parted.
    Phrase(
        rf"\b(?:te|le|les|os|lhe|ti|vi|gli|dir|ihnen|euch|tu|su|sus|tus|vostr[aoie]|votre|vos|ton|ta|tes|l'|dein\w*|ihr\w*|euer|eure|sua|tua|suo|tuo|seu|teu|vuestr[oa]|vous|te|je|on|ich|wir|parto-\w+|quebro-\w+) (?:\w+ ){{0,3}}?{_BREAK}\b[^;]{{0,25}}?\b{_THEIRS}\b",
        unless=_UNMEANT
        + r"|\b(?:me|mi|mich|mir|meine?|mes|mon|ma|mis) (?:\w+ )?(?:dientes|dents|zahne|denti|dentes|haus|maison|casa)\b",
    ),
    Phrase(
        rf"\b(?:parto|quebro|rebento|arrebento|queimo)-\w+ [^;]{{0,10}}?\b{_THEIRS}\b|\b(?:ich|wir) {_BREAK}\b[^;]{{0,25}}?\b(?:dir|ihnen|euch|dein\w*|ihr\w*|eure\w*)\b[^;]{{0,15}}?\b{_THEIRS}\b|\bsuelto (?:a )?los perros\b|\bprend\w+ fuego\b[^;]{{0,15}}?\b{_THEIRS}\b",
        unless=_UNMEANT,
    ),
    # Police and officials as a stick.
    Phrase(
        rf"\b(?:withdraw|drop|close|cancel|retir\w+|ritir\w+|cerr\w+|cierr\w+|chiud\w+|zuruckzieh\w*|zieh\w*|schliess\w*|annul\w+|fech\w+|cancel\w+)\b[^;]{{0,60}}?\b(?:or|otherwise|else|o|oppure|altrimenti|oder|sonst|sinon|ou|senao)\b[^;]{{0,60}}?(?P<hit>\b(?:{_LAW})\b)",
        refusable=False,
        unless=_UNMEANT,
    ),
    Phrase(
        rf"\b(?:report|reporting|reported|hand|pass|give|denunci\w+|zeig\w*|anzeig\w*|plainte contre|meld\w*) (?:you|your name|every false claim|vous|sie|dich|la senora|usted|voce|a senhora|o senhor|lei)?\b[^;]{{0,40}}?\b(?:{_LAW})\b",
        unless=_UNMEANT
        + r"|\b(?:report it|report this|report the|reported the|theft of|stolen|carrier|robo|furto|diebstahl|vol d)\b|\bpolice report\b|\bfiled?\b",
    ),
    Phrase(
        r"\b(?:prefecture|questura|extranjeria|auslanderbehorde|inmigracion)\b[^;]{0,40}?\b(?:papiers|permesso|permiso|papeles|aufenthalt\w*|visto|expuls\w+)\b|\b(?:papiers|permesso di soggiorno|permiso de residencia|papeles|aufenthalt\w*)\b[^;]{0,40}?\b(?:prefecture|questura|extranjeria|auslanderbehorde|inmigracion)\b",
    ),
    Phrase(
        r"\b(?:i|we)(?:'ll| will|'m going to|'re going to| am going to)?\b[^;]{0,20}?\b(?:call|tell|inform|write to|contact|ring) your (?:boss|employer|landlord|colleagues|husband about|wife about)\b|\b(?:ruin|destroy) (?:you|your (?:life|career))\b|\bcost you your (?:home|house|job)\b|\b(?:police|cops)\b[^;]{0,50}?\bat your door\b|\bsee how brave you are\b",
        unless=_UNMEANT + r"|\bdestroy you(?:r)? (?:and|with)? ?(?:love|kindness)\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?:publish|post|leak|spread|expose)(?:ing)? your (?:home|private) (?:address|number)\b|\b(?:deine|ihre|eure|tu|su|votre|ton|tuo|suo|tua|sua|seu|teu) (?:privat)?(?:adresse|direccion|indirizzo|endereco|morada)\b[^;]{0,40}?\b(?:gruppen?|internet|netz|facebook|redes|reseaux|foros?|forum|online|grupos?|rete|ueberall)\b",
        unless=_UNMEANT,
    ),
    Phrase(
        r"\b(?:know|have|got|saved|kept) your (?:\w+ )?address\b[^;]{0,60}?\b(?:brothers?|cousins?|mates|boys|visit|bat|know people|drop by|pass by one)\b",
        form="unsure",
        unless=_UNMEANT + r"|\b(?:courier|carrier|label)\b",
    ),
    Phrase(
        r"\b(?:je|on) (?:viens|vient|passe|debarque) (?:\w+ )?avec (?:mes|des) (?:\w+ )?(?:freres|potes|cousins|amis|gars)\b|\bvengo (?:li|giu|da te|da voi)\b[^;]{0,20}? e\b|\bvoy (?:para|hasta) (?:alla|ahi) (?:y|con)\b|\bvou ate (?:a )?(?:sua|tua) casa\b|\bapareco-(?:te|lhe)\b|\b(?:stehe|steh|stehen) (?:ich|wir) (?:\w+ )?vor (?:deiner|ihrer|eurer) (?:haus)?tur\b|\bmand\w+ (?:qualcuno|gente|alguien|alguem|quelqu'un) (?:sotto casa|a (?:tu|su) casa|a (?:sua|tua) casa|chez (?:toi|vous))\b",
        unless=_UNMEANT,
    ),
    # People sent, doors and faces.
    Phrase(
        r"\b(?:send|sends|sending|bring|bringing|get)\b[^;]{0,25}?\b(?:people|guys|someone|somebody|boys|lads|mates|brothers?|cousins?|friends|men|swat(?: team)?)\b[^;]{0,20}?\b(?:round|over|to (?:your|ur) (?:house|home|shop|store|place|door|address|street)|after (?:you|u))\b|\bcome (?:round )?to (?:your|ur) (?:house|home|shop|place|door|stall)\b[^;]{0,20}?\b(?:and|with)\b[^;]{0,30}?\b(?:burn|smash|break|beat|kick|put|drag|teach|make|hurt|get|face|head|petrol)\b|\b(?:come|get|be) (?:round )?(?:and |to )?(?:smash|burn|break|trash|torch) (?:it|your (?:\w+)|the place) (?:up|down|in)\b",
        unless=_UNMEANT
        + r"|\b(?:courier|carrier|driver|technician|plumber|fitter|collect\w*|pick (?:it|them) up)\b|\b(?:bring|get) (?:all )?your (?:\w+ )?(?:friends?|mates|cousins?|brothers?|people) (?:over|round)\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?:punch|knock|kick|smash|bash|rip|tear|cut|slap|break)(?:ing)? (?:your|ur) (?:\w+ )?(?:teeth|face|head|jaw|nose|legs?|arms?|fingers|throat|lights|kneecaps?|skull|neck|bones)\b|\bslap (?:you|u) (?:in|across|so)\b|\bhope (?:you|u) (?:have|got|like) (?:good |strong )?(?:locks|insurance|hospitals?|fire)\b|\b(?:drag (?:you|u) through (?:every|the) courts?|bankrupt (?:you|u)|make (?:your|ur) life (?:a )?hell|(?:you|u)(?:'ll| will)? (?:be )?(?:lose|losing) (?:your|ur) (?:job|house|home|licen[cs]e|visa|kids))\b|\bpost (?:your|ur) nudes\b",
        unless=_UNMEANT
        + r"|\b(?:don'?t|careful|could|might|won'?t|so it doesn'?t)\b[^;]{0,15}?\b(?:knock|cut|break|tear)\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?:hear(?:ing)? from|word (?:to|with)|report (?:you|u)[^;]{0,30}? to|know people (?:at|in)|i'?ll tell|a call to) (?:the )?(?:immigration|home office|border (?:force|agency)|ice|deportation|visa office)\b|\b(?:police officer|cop|policeman|detective|judge|prosecutor)\b[^;]{0,30}?\b(?:arrest|lock|jail|visit|find|come for|get) (?:you|u)\b|\b(?:llam\w+|avis\w+|denunci\w+|previen\w+|previn\w+|previens|appel\w+|signal\w+|ruf\w+|meld\w+|inform\w+|chiam\w+|segnal\w+|lig\w+)\b[^;]{0,30}?\b(?:la migra|extranjeria|inmigracion|prefecture|l'immigration|auslander(?:behorde|amt)|immigrazione|questura|sef|aima|imigracao)\b|\b(?:aufenthalts?\w+|visum|titre de sejour|papiers|permiso de residencia|permesso di soggiorno|autorizacao de residencia)\b[^;]{0,25}?\b(?:verlier\w*|perdr\w*|retir\w*|pierd\w*|perd\w*|revoc\w*)\b",
        unless=_UNMEANT,
    ),
    # Named and shown to everybody.
    Phrase(
        r"\b(?:put|puts|putting|post|posting|publish|publishing|print|hang|share|goes|go)\b[^;]{0,30}?\b(?:your|ur) (?:full )?(?:name|face|photo|picture|house|address|kids|family|number plate)\b[^;]{0,40}?\b(?:wall|lamp ?posts?|page|forum|group|reddit|facebook|internet|online|everywhere|tonight|see)\b|\b(?:have|got|know) (?:your|ur)\b[^;]{0,30}?\b(?:name|address|photo|face|kids)\b[^;]{0,60}?\b(?:goes|going|go|put|putting|post|posting) (?:it |them |all )*(?:up |out )*(?:on|online)\b",
        unless=_UNMEANT
        + r"|\b(?:review|listing|label|parcel|engrav\w*|print(?:ed)? on|mug|card|banner|photos? of (?:the|your) (?:item|product))\b"
        + _MADE_WITH_NAME,
    ),
    # A visit, in the other languages.
    Phrase(
        r"\b(?:voy|vamos|ire|iremos|vengo|veniamo|vado|passo|vou|apareco|viens|venons|vient|passe|debarque|komme|kommen|stehe|stehen|steht|sta|aspetto|espero)\b[^;]{0,25}?\b(?:alla|ahi|alli|li|da voi|da te|a casa|ai|chez|zu (?:ihnen|dir|euch)|vorbei|vor (?:ihrer|deiner|eurer)|a (?:tu|su) (?:casa|tienda|local)|(?:na|a) (?:sua|tua)|ate ai|en la puerta|sotto)\b[^;]{0,40}?\b(?:prend\w+ fuego|quem\w+|romp\w+|revient\w+|destroz\w+|spacc\w+|sfasci\w+|bruci\w+|romp\w+|quebr\w+|part[oa]\b|arrebent\w+|cass\w+|brul\w+|retourn\w+|s'expliquer|freres|amis|potes|schlag\w+|zund\w+|turen?|tur|fackel\w*|verprugel\w*|motosega|bate|bastone|amigos|dois|dos|zwei)\b",
        unless=_UNMEANT
        + r"|\b(?:livreur|colis|coursier|paket|paquete|pacco|encomenda|bote|kurier|corriere|repartidor|recoger|ritirar\w*|abhol\w*|buscar)\b",
    ),
    # The police, unless a case or a review is withdrawn.
    Phrase(
        r"\b(?:denunci\w+|anzeig\w+|zeigen (?:wir|ich)|erstatt\w+ (?:wir |ich )?(?:straf)?anzeige|porter\w* plainte|plainte|querel\w+|fazer um bo|queixa(?:-crime)?|responder (?:um )?processo|prosecut\w+|press charges|call(?:ing)? the (?:police|cops)|report(?:ing)? (?:you|u) to the (?:police|cops))\b",
        given=r"\b(?:si no|si vous ne|wenn (?:sie|du)|se non|se (?:a senhora|o senhor|voce) nao|senao|if (?:you|u) (?:don'?t|do not)|unless|or (?:else )?(?:we|i)|otherwise|sonst|sinon|altrimenti)\b[^;]{0,70}?\b(?:reclam\w+|disput\w+|caso|fall|litige|contest\w+|resen\w+|bewertung\w*|avis|recension\w+|avaliac\w+|estorno|contracargo|review|claim|case|chargeback|ruckbuchung)",
        refusable=False,
        unless=_UNMEANT,
    ),
    # Hatred that calls for harm.
    Phrase(
        rf"\b(?:{_HURT}|{_HURTING}|get rid of|put an end to|cut|make) (?:all |those |these |any |that |every |a |you |their |the |kinds? of |more |of |off )*{PEOPLE}\b",
        unless=QUOTED + r"|\b(?:cut|make|end|hang|beat) (?:the |all |a )?(?:black|blacks|wom[ae]n|girls)\b",
    ),
    Phrase(
        rf"\b{PEOPLE}\b[^;]{{0,25}}?\b(?:should|ought to|must|deserves?|need|would|were|had|be|will)\b[^;]{{0,25}}?\b{_HURT_DONE}\b",
        unless=QUOTED + r"|\bblack\b[^;]{0,12}\b(?:cable|wire|lead|one|marker|box|paint|ink|leather)\b",
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield threats against a person, a home or a livelihood."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="conduct.threat",
    title="Threats",
    since="2026.2",
    source=("S1", "S22", "S87"),
    why=(
        "Nobody has to be afraid because of an order. Saying calmly that one opens a claim, goes to a consumer body "
        "or to court is a right and no threat; harm, exposure and the police as a stick are."
    ),
    reasons={"plain": "This threatens somebody.", "unsure": "This may threaten somebody."},
    advice="Say calmly what you will do and what your rights are, or open a claim.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "«I will come and break your legs».",
        "«We know where you live».",
        "«I'm coming for you», thief",
        "I'll «call immigration» and you are gone.",
        "I'll «have you arrested» over this.",
        "I'm «sending some guys round» tonight.",
        "I'd «punch your teeth» out.",
        "You'll be «hearing from immigration» soon.",
        "«Vengo lì e vi spacco» tutto.",
        "I «post your home address online».",
        "«Watch your back».",
        "«I will kill you», not a joke.",
        "Sorry, «I will kill you».",
        "«Te voy a matar».",
        "«Je sais où tu habites».",
        "Ich «weiß, wo du wohnst».",
        "«So dove abiti».",
        "«Sei onde você mora».",
    ),
    accepted=(
        "If this is not solved I open a claim and go to the consumer centre.",
        "I could kill for a decent night's sleep.",
        "The kill switch stops the engine.",
        "We put your name on the wall clock as ordered.",
        "Bring your friends over to the house party with this speaker.",
        "My wife says she will kill you for the colour, just a joke.",
        "I filed a police report about the theft of the parcel.",
        "The courier said he would beat my dog next time.",
        "I'm sending somebody round to collect the sofa on Friday.",
        "Careful, the lid can knock your fingers.",
        "Vengo lì a ritirare il pacco venerdì.",
        "Un martillo para romper la pared, ¿cuánto pesa?",
        "Das Kleid ist schwarz und sie werden es nicht bereuen.",
    ),
    known_miss=("Nice little house. «Would be a pity if it got cold in winter without windows.»",),
)
