"""divert.off_platform: dealing, buying or talking outside the marketplace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import ASKED, NEAR, PLATFORM, PRINTED, any_of

# Doing business, or talking about it.
_DEAL = any_of(
    r"deals?|dealing|buy(?:ing)?|bought|sell(?:ing)?|sold|orders?|ordering|ordered|trad(?:e|ing)|purchas(?:e|es|ing)|book(?:ing)?|business|sales?|contract|settle|arrange\w*|agree\w*|transaction|work|cooperat\w+|cooperation|supply\w*|negotiate\w*|payment|continue|talk(?:ing)?|chat(?:ting)?|discuss\w*|speak|conversation|finish|close|solve|sort|do (?:it|this)|let'?s|go|come|leave|leaving|skip|away from|message|email|e-mail|contact|offer|doing|make|get|take|text|dm|ping|meet|deposit|pick|supply|reach|write|swap|direct\w*|privat\w*|cheaper",
    r"comp?r(?:a|ar|arlo|arla|ame|e|as|en|ando|emos)|compr\w+|ped(?:ir|irlo|ido|idos)|pid(?:a|e|an|alo|enos|anos)|encarg\w+|vend\w+|trat(?:o|ar|emos)|negoci\w+|acuerdo|hablar|hablamos|seguir|cerramos|cerrar|hacemos|hacerlo|contact\w+|escrib\w+|vemos|arregl\w+|mas barat\w+|director?|directamente",
    r"command\w+|achet\w+|achat|vend(?:re|s|ons)|trait\w+|contact\w+|ecri\w+|regl\w+|faire|fait|direct\w*|moins cher\w*|affaire|arranger?|arrangeons|discut\w+|continu\w+|passer|passons|vente|transaction|conclure",
    r"bestell\w*|kauf\w*|verkauf\w*|abwickel\w*|abwickl\w*|geschaft\w*|handel\w*|regel\w*|vereinbar\w*|mach\w*|einigen|sprechen|schreib\w*|weiterreden|laufen|kontakt\w*|meld\w*|klar\w*|direkt|gunstiger|billiger|treff\w*",
    r"compr\w+|ordin\w+|acquist\w+|vend\w+|accord\w+|trattar\w*|parl\w+|concludere|fare|facciamo|continu\w+|contatt\w+|scriv\w+|sent\w+|direttamente|vedersi|vediamo",
    r"encomend\w+|vend\w+|negoci\w+|combin\w+|acord\w+|fal(?:ar|amos)|trat(?:ar|amos)|fech(?:ar|amos)|faz(?:er|emos)|fecho|compr\w+|contat\w+|contact\w+|escrev\w+|cham\w+|resolv\w+|diretamente|direto|mais barat\w+",
)
_OUTSIDE = any_of(
    r"outside(?: of)?|off|away from|without(?: using| going through| involving| passing by)?|bypass(?:ing)?|around|behind the back of|rather than (?:on|via|through|over)|instead of(?: (?:on|via|through|over|using))?|no more|never mind|(?:not|doesn'?t|don'?t) involv(?:e|ing)|no need (?:for|of)|and not (?:on|via|through|over|by)|not (?:through|via|by|on|over)|don'?t go through|do not go through|(?:skip|avoid|leave|leaving|cut out|cutting out|drop|forget|ditch)(?: out)?",
    r"fuera(?: de)?|por fuera(?: de)?|al margen(?: de)?|sin(?: (?:pasar por|usar))?|saltarnos|saltandonos|en vez de (?:por|en)|y no por",
    r"(?:en dehors|hors)(?: de)?|a l'exterieur(?: de)?|sans(?: passer par| utiliser)?|en evitant|plutot que (?:sur|par)|au lieu de (?:passer par|sur)|et non (?:sur|par)",
    r"ausserhalb|abseits|ohne(?: den umweg uber)?|vorbei an|statt uber|anstatt uber|nicht uber",
    r"fuori|al di fuori|senza(?: (?:passare (?:da|per|dal|dalla|tramite)|usare))?|invece (?:di|che)(?: (?:su|sul|sulla|qui))?|evitando|saltando",
    r"(?:por )?fora|sem(?: (?:passar (?:por|pela|pelo)|usar))?|em vez de(?: (?:pela|pelo|na|no))?|evitando",
)
_HERE = any_of(
    PLATFORM,
    r"(?:of )?(?:this place|on here|here\b|this page)",
    r"(?:aliexpress|alibaba|wallapop|vinted|leboncoin|mercado ?li[bv]re|kleinanzeigen|olx|allegro|depop|shopee|cdiscount|temu|walmart|aliexpress|fnac)\b",
    r"(?:de )?aqui\b",
    r"d'ici\b|ici\b",
    r"von hier|hier vorbei",
    r"(?:da )?qui\b",
    r"daqui\b",
)
_PERSON = any_of(
    r"(?:from|with|w/|by|through|via|at|to|in|on|off) (?:us|me|you|our|my|your|the (?:workshop|studio|farm|factory|source|maker|warehouse|brewery|bakery|producer))\b",
    r"(?:a|con|de|en|por) (?:nosotros|mi\b|nuestr[ao]s?|vosotros|ustedes|usted|fabrica)|conmigo|contigo",
    r"(?:aupres de|chez|avec|a|sur|par|dans) (?:nous|moi|vous|notre|mon|l'atelier)",
    r"(?:bei|mit|von|an|uber|zu|in) (?:uns|mir|ihnen|dir|unser\w*|meine\w*|den hersteller)",
    r"(?:da|con|presso|a|dal|sul|nel) (?:noi|me|voi|lei|nostr[oa]|mio|mia)",
    r"(?:a|com|de|por|no|na) (?:nos|mim|voces?|nosso|nossa|meu|minha)\b|con?nosco|comigo|com a gente",
)
_DIRECT = any_of(
    r"direct(?:ly)?|straight|privately|in private|private(?:ly)?|on the side|off the books|separately",
    r"directamente|directo|en privado|por privado|aparte|por nuestra cuenta",
    r"directement|en direct|en prive|de gre a gre",
    r"direkt|privat|unter der hand|auf privatem weg",
    r"direttamente|in privato|privatamente|a parte",
    r"directamente|diretamente|direto|direct[ao]|em privado|em particular|por fora",
)
_BUY = any_of(
    r"buy(?:ing)?|bought|order(?:s|ed|ing)?|purchas(?:e|es|ing|ed)|book(?:ing)?|get (?:it|them|one|those|that|the \w+)|deal(?:ing)?|sell(?:ing)?|sold|trad(?:e|ing)|do business|work(?:ing)?|supply(?:ing)?|source|cooperat\w+",
    r"compr(?:a|ar|arlo|arla|arnos|arme|e|as|an|en|ando|enos|elo|ela|alo|ala|enoslo)|ped(?:ir|irlo|irnoslo|irnos|idnos)|pid(?:a|e|an|alo|elo|enos|anos|anoslo|enoslo|e?melo)|encarg(?:ar|ue|a|arlo|arnos)|vend(?:o|er|erte|emos|erlo)|trat(?:ar|amos|emos)",
    r"command(?:ez|er|e|es)|achet(?:ez|er|e|es)|vend(?:re|s|ons|ez)|trait(?:er|ons)|pass(?:ez|er) commande|pass(?:ez|er)|prenez|prendre|venez|reserv(?:ez|er)",
    r"bestell(?:en|t|st|e|ung|ungen)|kauf(?:en|t|st|e)?|verkauf(?:en|e|t)|hol(?:en|t|st)|bezieh(?:en|t)|abwickeln",
    r"pass(?:i|a|ate)|prend(?:a|i|ete|erlo|erla)|compr(?:a|are|i|ate|arlo|arla|arli|i|ando)|ordin(?:a|are|i|ate|arlo|ando)|acquist(?:a|are|i|ate|ando)|vend(?:o|ere|iamo)|trattare",
    r"lev(?:e|ar)|compr(?:e|a|ar|em|ando|a-lo|a-la)|encomend(?:e|a|ar|em)|ped(?:ir|e|em)|pec(?:a|am)|vend(?:o|er|emos)|negoci(?:ar|e|amos)",
)
_FEES = any_of(
    r"(?:the |these |those |their |its |any |all )?(?:(?:platform|site|site'?s|marketplace|marketplace'?s|amazon'?s?|etsy'?s?|ebay'?s?|seller|sellers?'?|selling|listing|service|middle ?man'?s?|app) )?(?:fees?|commissions?|cut|percentage|charges|provision|middle ?m[ae]n|share)",
    r"(?:la |las |de |su )*comisi(?:on|ones)|(?:la |las )?tarifas? de (?:la )?plataforma",
    r"(?:la |les |de |leur |sa )*commissions?|(?:les |des )?frais (?:de (?:la )?plate-?forme|du site|d'amazon|d'etsy|de vente)",
    r"(?:die |keine |deren )?(?:verkaufs|plattform|marktplatz|vermittlungs)?(?:gebuhr(?:en)?|provision(?:en)?)",
    r"(?:la |le |sulla |sulle )?commission[ei]",
    r"(?:a |as |essa )?comiss(?:ao|oes)|(?:a |as )?taxas? (?:da plataforma|do site|daqui|de venda)",
)
_SPARE = any_of(
    r"sav(?:e|es|ing)|avoid(?:s|ing)?|skip(?:s|ping)?|without|spar(?:e|es|ing)|dodg(?:e|ing)|escap(?:e|ing)|not pay|los(?:e|ing)|minus|cut(?:ting)? out|get(?:ting)? around|no",
    r"ahorr\w+|evit\w+|sin",
    r"economis\w+|evit\w+|sans",
    r"spar(?:en|t|st)|gespart|umgeh\w+|vermeid\w+|ohne|entfall\w*|entfallt|wegfall\w*",
    r"risparmi\w+|evit\w+|senza",
    r"poup\w+|evit\w+|econom\w+|sem",
)
_OWN_SHOP = any_of(
    r"(?:our|my)(?: very)? own (?:web ?shop|web ?site|online (?:shop|store)|site|shop|store|page)|(?:our|my) (?:web ?shop|web ?site|online (?:shop|store)|home ?page|farm shop|factory outlet)",
    r"nuestra (?:propia )?(?:web|pagina(?: web)?|tienda (?:online|en linea|fisica))|mi (?:web|pagina web|tienda online)",
    r"notre (?:propre )?(?:site(?: internet| web)?|boutique en ligne|e-?shop)|mon (?:propre )?site",
    r"(?:unser|mein)(?:e[mnr]?)? (?:eigene[mnr]? )?(?:online-?shop|web-?shop|webseite|website|homepage|hofladen|ladengeschaft|shop)",
    r"(?:nostr[oa]|mi[oa]) (?:propri[oa] )?(?:sito(?: web)?|negozio online|shop online|e-?commerce)",
    r"(?:noss[oa]|minha|meu) (?:propri[oa] )?(?:site|loja (?:online|virtual)|pagina)",
)
_CHEAPER = any_of(
    rf"{_BUY}|cheaper|lower|less|save|discount|half|prices?|better|instead|next time",
    r"mas barat\w+|mejor precio|ahorr\w+|descuento|precios?|la proxima",
    r"moins cher\w*|prix|remise|la prochaine|economis\w+",
    r"gunstiger|billiger|preise?|rabatt|sparen|nachstes mal",
    r"costa meno|meno|prezz[oi]|sconto|la prossima|convien\w+",
    r"mais barat\w+|preco\w*|desconto|da proxima",
)
_WARNED = ASKED + (
    r"|\b(?:never (?:pay|buy|deal|trade)|not allowed|isn'?t allowed|against the rules|forbid\w*|prohibit\w*|report(?:ed)? (?:it|this|that|the|them)|"
    r"(?:someone|somebody) (?:\w+ ){0,2}?(?:ask\w*|told|wrote|writes|offer\w*|want\w*|sa(?:ys|id)|contacted|tri(?:es|ed)|pretend\w*|sent|messaged|from|on|in)|scam\w*|phishing|fraud\w*|no est[ao] permitido|interdit\w*|verboten|vietato|proibid\w+|prohibid\w+|not possible|isn'?t possible|"
    r"shipping (?:fee|charge)|return fee|restocking|customs|(?:can'?t|cannot|won'?t) (?:sell|trade|deal|do)|we asked you|you(?:'ve| have)? written|in the claim)\b|"
    + PRINTED.replace("|printed|", "|").replace("|called|", "|")
    + r"|\bwords? \"|\bwhat (?:i|we) (?:can'?t|cannot|won'?t|don'?t)\b|\b(?:will|has|have|is|are) (?:be |been )?(?:sent|shipped|posted|delivered)\b|\bredeliver\w*|\b(?:i|we) (?:only |can |just )*(?:see|saw|looked|checked)\b"
)
_IN_ORDER = r"|\b(?:this listing|the listing|these messages|this conversation|your orders? page|through your order|in the (?:basket|cart)|at (?:the )?checkout|manufacturer|warranty)\b"
_THIS_SITE = r"(?:here|on here|this (?:site|website|app|platform|listing|market ?place)|the (?:site|website|app|platform|market ?place)|amazon|etsy|ebay|hier|aqui|ici|qui)\b"
_NOT_VIA = r"\b(?:if (?:we|you) (?:don'?t|do not|didn'?t) (?:go|order|buy|do (?:it|this)) (?:through|thru|via|over|on)|instead of (?:ordering |buying |going |paying )?(?:on|via|through|over|from)?|rather than (?:on|via|through|over|from)?|(?:and |but )?not (?:via|through|thru|over)|no more|anstatt|statt|en vez de|plutot que|invece che|em vez de)"
_URGED = r"(?:^|[.,:!?\n(-] ?|\b(?:please|pls|plz|kindly|just|can|could|to|should|must|will|would|better|you|then|rather|let'?s|also|or|so|and|i|we) )"
# To come by, to a place of the seller's.
_VISIT = any_of(
    r"(?:come|stop|drop|swing|pop|call|walk|pass)(?: on)? (?:by|to|past|over|in|into|round|around|and (?:see|view|visit|buy|get|pick))\b|visit|collect (?:it |them )?(?:from|at)|pick (?:it|them)(?: up)? (?:from|at)|buy (?:it |them )?(?:in|at|from)|see you at",
    r"pas(?:e|a|en|ate|ese|arse)|venga|ven|vengan|acer(?:que|ca)(?:se|te)|visite(?:nos)?|visita(?:nos)?",
    r"pass(?:ez|er|e)|ven(?:ez|ir)|viens|visitez|rendez(?:-nous)? visite",
    r"komm(?:en|t)?|schau(?:en|t)?|besuch(?:en|t)?|hol(?:en|t)?",
    r"pass(?:i|a|ate|are)|ven(?:ga|ire|ite)|vieni|visiti|trovarci",
    r"pass(?:e|a|ar|em)|ven(?:ha|ham)|vem|visite|apare(?:ca|ce)|vir",
)
_PLACE = any_of(
    r"(?:our|my|the) (?:\w+ ){0,2}?(?:shop|store|showroom|workshop|studio|warehouse|yard|garage|farm|factory|barn|stall|outlet|counter|depot|office|building|bakery|gallery)|round the back",
    r"(?:nuestr[ao]|mi|la|el|al) (?:\w+ )?(?:tienda|taller|local|almacen|bodega|nave|finca|mostrador|puesto)",
    r"(?:notre|mon|l'|la|au|a la|par le) ?(?:\w+ )?(?:magasin|boutique|atelier|depot|entrepot|ferme|hangar)|chez nous|chez moi",
    r"(?:unser\w*|mein\w*|im|in die|in den|in der|ins?) ?(?:\w+ )?(?:laden|geschaft|werkstatt|lager|garage|hof|atelier|halle|hofladen)|bei uns|zu uns|bei mir",
    r"(?:nostr[oa]|mi[oa]|il|la|in|dal|al) ?(?:\w+ )?(?:negozio|bottega|officina|magazzino|laboratorio|fabbrica)|da noi|da me",
    r"(?:noss[ao]|minha|meu|a|na|no|pela|pelo|aqui na) ?(?:\w+ )?(?:loja|oficina|armazem|atelier|galpao|fabrica|barraca|deposito)",
)
_OFF_RECORD = any_of(
    r"(?:in|for|with|pay|by|bring|paid) (?:\w+ )?cash|cash in hand|cheaper|without (?:the )?(?:site|fees?|commission|charges)|no (?:fees?|commission|middle ?m[ae]n)|off (?:the price|what)|knock (?:\d+|something|a \w+|off)|better price|what the (?:site|app|platform|market ?place) (?:takes|keeps|charges|wants)|charges of this|less than here|buy there",
    r"en efectivo|mas barat\w+|sin (?:comision(?:es)?|intermediarios)|mejor precio|le (?:hago|dejo) (?:un )?(?:precio|descuento)",
    r"en (?:especes|liquide|cash)|moins cher\w*|sans (?:commission|frais|intermediaire)|meilleur prix|les frais|la commission",
    r"bar (?:auf|zahl|bezahl|kass)\w*|in bar|gunstiger|billiger|ohne (?:gebuhr\w*|provision)|besserer preis",
    r"in contanti|costa meno|meno (?:caro|cara)|senza commission[ei]|non paghiamo commission[ei]|prezzo migliore|un prezzo|risparmi\w+",
    r"em dinheiro|mais barat[ao]s?|sem (?:comissao|taxas?|comissoes)|melhor preco|faco (?:um )?(?:preco|desconto)",
)
_REFUSES = r"|\b(?:can'?t|cannot|won'?t|don'?t (?:sell|offer|have|do)|not possible|allowed)\b"
_PHRASES = (
    # "order … outside the platform", "let's take it off the site"
    Phrase(
        rf"\b{_OUTSIDE}[ -]+(?:of |from |de |da |von |d')?{_HERE}",
        given=rf"\b{_DEAL}\b",
        unless=_WARNED
        + r"|\b(?:drive|walk|ship|label|picture|photo|drop|drops|leave (?:a |your |the |us )?(?:review|feedback|note|parcel))\b|\boff (?:the )?(?:app|site) (?:button|switch)|\b(?:went|go|goes|fell) off\b|\belevat\w+|\bgleis\w*",
    ),
    Phrase(
        rf"\b(?P<hit>(?:outside(?: of)?|off|fuera de|hors|en dehors de|ausserhalb|fuori|al di fuori|fora) (?:the |this |la |esta |le |du |ce |de la |der |dieser |dalla |dal |da |do |desta )?(?:market ?place|plataforma|plate-?forme|plattform|piattaforma|platform)) [^;]{{0,50}}?\b{_DEAL}\b",
        unless=_WARNED,
    ),
    Phrase(
        rf"\b(?:skip|avoid|leave|leaving|bypass|cut out|cutting out|forget|ditch|drop) {PLATFORM} ?(?:out of (?:it|this)|[^;]{{0,60}}?\b(?:us|me|direct\w*|cheaper|order|buy|deal|between|private\w*)\b)",
        unless=_WARNED,
    ),
    Phrase(
        rf"\b(?:{_BUY}|price|email|message|contact|write)\b[^;]{{0,60}}?(?P<hit>{_NOT_VIA} {_THIS_SITE})",
        refusable=False,
        unless=_WARNED + _REFUSES,
    ),
    # "Email me, not here." A parcel that "is not here" has not arrived.
    Phrase(
        rf"{_URGED}\b(?:buy|order|purchase|book|deal|pay|(?:e-?mail|message|contact|write|text|talk|reply) (?:to |with )?(?:me|us|by|direct\w*))\b[^;]{{0,60}}?(?:,|\band|\bbut) ?(?P<hit>not (?:on |in |from )?{_THIS_SITE})\W*(?:$|[.,!?)]|\b(?:please|pls|as|because|since|where|so|ok)\b)",
        form="unsure",
        refusable=False,
        unless=_WARNED + _REFUSES,
    ),
    Phrase(
        r"\b(?:do|settle|arrange|handle|close|sell|buy|agree) [^;]{0,25}?\b(?:privately|in private|off[ -](?:platform|site|app|amazon|etsy|ebay|market ?place))\b|\bgo off[ -]+(?:the )?(?:platform|site|app|market ?place)\b",
        unless=_WARNED,
    ),
    Phrase(
        r"\b(?:sin|sans|sem|senza|ohne) (?:la |le |a |las |les |die |su |sa |deren )?(?:comisi(?:on|ones)|commissions?|comiss(?:ao|oes)|commission[ei]|provision|(?:plattform|verkaufs|marktplatz)gebuhr\w*)\b",
        refusable=False,
        unless=_WARNED + r"|\b(?:ofrec\w+|no )\b[^;]{0,10}\bsin comision",
    ),
    Phrase(
        r"\b(?:do you have|have you got|do you run|tienen|tiene usted|avez-vous|haben sie|avete|tem|voces tem) (?:an? |your own |another |una |un |vuestra |votre |einen |eigenen |propria |propia )*(?:\w+ )?(?:web ?site|web ?shop|online ?shop|shop|store|pagina web|tienda|site|boutique|sito|negozio|loja)\b[^;]{0,40}?\b(?:cheaper|buy|order|direct\w*|instead|barat\w+|moins cher|gunstiger|billiger|meno|mais barat\w+)\b|\bim eigenen (?:online-?shop|web-?shop|laden)\b",
        unless=_WARNED,
    ),
    # "buy direct from us", both orders
    Phrase(rf"\b{_BUY}\b{NEAR}{{0,40}}?\b{_DIRECT}\b(?: {NEAR}{{0,12}}?{_PERSON})", unless=_WARNED + _IN_ORDER),
    Phrase(rf"\b{_BUY}\b{NEAR}{{0,25}}?{_PERSON}{NEAR}{{0,12}}? {_DIRECT}\b", unless=_WARNED + _IN_ORDER),
    Phrase(rf"\b{_DIRECT} {_PERSON}{NEAR}{{0,20}}? {_BUY}\b", unless=_WARNED + _IN_ORDER),
    Phrase(
        r"\b(?:deal|trade|sell (?:it|this|one|them)|buy (?:it|this|one|them)|settle|book you|do (?:it|this|business|a deal)|arrange (?:it|this|that)|come to us) (?:directly|direct|privately|in private|on the side|off the books|just between us|between us)\b",
        unless=_WARNED + _IN_ORDER,
    ),
    # Who takes a share is to get none.
    Phrase(
        rf"\b{_SPARE}\b {NEAR}{{0,25}}?\b(?:platform|site|marketplace|amazon|etsy|ebay|middle ?m[ae]n|selling|seller|listing|their|its|app)(?:'s)?'? (?:fees?|commissions?|cut|percentage|charges)\b",
        unless=_WARNED,
    ),
    Phrase(
        rf"\b{_SPARE}\b {NEAR}{{0,25}}?\b(?:{_FEES[3:-1]})\b [^;]{{0,40}}?\b(?:{_DIRECT}|{_DEAL})\b",
        unless=_WARNED,
        form="unsure",
    ),
    # A shop of one's own, and a reason to go there.
    Phrase(
        rf"\b(?:{_CHEAPER})\b[^;]{{0,50}}?\b{_OWN_SHOP}\b", unless=_WARNED + _IN_ORDER + r"|\bpolic|\bdon'?t sell\b"
    ),
    Phrase(
        rf"\b{_OWN_SHOP}\b[^;]{{0,50}}?\b(?:{_CHEAPER})\b", unless=_WARNED + _IN_ORDER + r"|\bpolic|\bdon'?t sell\b"
    ),
    # To be found by name.
    Phrase(
        r"\b(?:google (?:us|me|our|my|for us|the name of|\")[^;]{0,25}|(?:search(?: for)?|look) (?:for )?(?:us|our (?:\w+ )?(?:name|brand|shop|store|company)|my (?:shop|name|brand)|(?:us|me) up)\b[^;]{0,25}?\b(?:google|online|internet|search engine|web|browser)|(?:google|search engine|browser)\b[^;]{0,30}?\b(?:our|my|us|me)\b[^;]{0,20}|type (?:our|my|the name)\b[^;]{0,40}?\b(?:google|search engine|browser)|type \"[^;]{0,40}?\b(?:google|search engine|browser)|find us (?:on google|on the web|on the internet|online))",
        unless=_WARNED + r"|\b(?:review|manual|map)s?\b",
    ),
    Phrase(
        r"\b(?:(?:busqu\w+|busc\w+|encontr\w+)[^;]{0,30}?\b(?:en google|en internet)|(?:cherch\w+|trouv\w+|tapez)[^;]{0,30}?\b(?:sur google|sur internet)|(?:such\w*|find\w*)[^;]{0,30}?\b(?:bei google|im internet|uber google)|googel[nt]? sie [^;]{0,20}|googlen? sie [^;]{0,20}|(?:cerc\w+|trov\w+)[^;]{0,30}?\b(?:su google|su internet|in rete)|(?:procur\w+|pesquis\w+)[^;]{0,30}?\b(?:no google|na internet))\b",
        unless=_WARNED,
    ),
    # "between the two of us", "take this offline"
    Phrase(
        rf"\b(?:{_DEAL}|keep)\b[^;]{{0,40}}?\b(?:between (?:the two of us|you and me|us two|ourselves|us)|just the two of us|entre nosotros|entre nous|unter uns|tra (?:di )?noi|entre nos)\b",
        unless=_WARNED
        + r"|\b(?:difference|between us and|contract is|between (?:us|ourselves) (?:here|in this|on this|first))\b",
        form="unsure",
    ),
    Phrase(
        r"\b(?:(?:take|move|bring|continue|finish|settle|discuss|do) (?:this|it|that|things|the conversation|the deal|the rest|our chat)(?: one)?|continue|talk|chat) (?:\w+ )?(?:off ?line|elsewhere|somewhere else|off (?:of )?here|outside of here|away from here|outside the (?:app|site))\b",
        unless=_WARNED,
    ),
    # Come to where nobody charges for it.
    Phrase(
        rf"\b{_VISIT}\b[^;]{{0,30}}?\b{_PLACE}\b",
        given=rf"\b{_OFF_RECORD}\b",
        form="unsure",
        unless=_WARNED
        + _REFUSES
        + r"|\b(?:collect in person|click and collect|pick-?up|return\w*|refund|courier|driver|orders? page)\b",
    ),
    # In person, in place of the marketplace.
    Phrase(
        rf"\b(?:{_DEAL}|give|hand)\b[^;]{{0,40}}?\b(?:in person|face to face|de la main a la main|en mano|en persona|personlich|di persona|a mano|em maos|pessoalmente|when we meet)\b[^;]{{0,30}}?\b(?:instead of|rather than|without|not|and not|forget|sin|en vez de|sans|au lieu de|ohne|statt|senza|invece|sem|em vez)\b[^;]{{0,15}}?{_HERE}",
        refusable=False,
        unless=_WARNED + _REFUSES,
    ),
    # The sale is called off here, and made elsewhere.
    Phrase(
        r"\b(?:cancel(?: the \w+| it| this)?|take (?:it|this|that|the listing|the ad) (?:down|off)|(?:pull|end|withdraw|close|delete) the (?:listing|ad|auction)|cancel(?:a|e|en|as) (?:la venta|el pedido|a venda|o pedido)|annul\w+ la vente|stornier\w*|brechen sie den verkauf ab|quit\w+ el anuncio|retir\w+ l'annonce|togli\w* l'annuncio|tir\w+ o anuncio)\b[^;]{0,40}?\b(?:(?:i|we|you|ill)(?:'ll| will| can| could|'d)? (?:just |then )?(?:meet|pick (?:it|them) up|drive|drop by|fetch|pay (?:you |it )?(?:cash|direct\w*))|meet (?:me|you|up|at)|in person|nos vemos|paso a (?:recoger|buscar)|lo recojo|je passe|on se voit|ich hole|treffen|passo a prender\w*|ci vediamo|nos encontramos|eu (?:busco|passo))\b",
        form="unsure",
        unless=_WARNED + r"|\b(?:buy it again|order again|reorder|instead of shipping|local pick)\b",
    ),
    Phrase(
        rf"\b(?:get|grab|take|have|pick(?: it)? up)\b{NEAR}{{0,15}}? (?:from|with|through|via) (?:us|me) (?:direct|directly|straight|privately|in person)\b",
        unless=_WARNED + _IN_ORDER + r"|\b(?:reply|answer|refund|label|replacement|message|news|back)\b",
    ),
    # "Nos lo pide directamente": the person stands before the verb.
    Phrase(
        rf"\b(?:si|se|wenn sie|falls sie|nachstes mal|la proxima(?: vez)?|da proxima(?: vez)?|la prossima(?: volta)?|la prochaine fois) {NEAR}{{0,12}}?(?:nos|me|bei uns|bei mir|da noi|ci|chez nous|nous|a gente)\b{NEAR}{{0,15}}?\b{_BUY} (?:lo |la |isso |dele )?{_DIRECT}\b",
        unless=_WARNED + _IN_ORDER,
    ),
    # Who takes a share is to get none.
    Phrase(
        r"\b(?:ahorr\w+|evit\w+|saltamos|sin pagar|no pag\w+|economis\w+|epargn\w+|risparmi\w+|non pag\w+|senza pagare|poup\w+|economiz\w+|sem pagar|nao pag\w+|fug\w+|foge\w*)\b [^;]{0,15}?\b(?:comision(?:es)?|commissions?|frais (?:du site|de (?:la )?plate-?forme|d'ici|de vente)|commission[ei]|comiss(?:ao|oes)|taxas? (?:d[aeo]s?|daqui)|tarifas? de (?:la )?plataforma)\b|\b(?:spar\w+|umgeh\w+|vermeid\w+)\b[^;]{0,30}?\b(?:provision|(?:verkaufs|plattform|marktplatz|vermittlungs)?gebuhr(?:en)?)\b|\b(?:provision|(?:verkaufs|plattform|marktplatz|vermittlungs)gebuhr(?:en)?)\b[^;]{0,30}?\b(?:gespart|spar\w+|umgeh\w+|entfall\w*|wegfall\w*|fallt weg|fallen weg)\b",
        refusable=False,
        unless=_WARNED
        + r"|\b(?:paypal|banco|banque|bank|banca|retour\w*|ruckgabe|devolucion|reso|devolucao|kunden|envio|livraison|versand\w*)\b",
    ),
    Phrase(
        r"\b(?:without|no|save|saves|saving|skip|minus|avoid) (?:\w+ )?(?:charges|fees?|commission|cut|percentage) (?:of|from|for|on) (?:this|the) (?:site|platform|app|market ?place)\b|\bno (?:post(?:age)?|fees?|middle ?m[ae]n|commission),? (?:and )?no (?:fees?|post(?:age)?|middle ?m[ae]n|commission|site)\b",
        refusable=False,
        unless=_WARNED,
    ),
    Phrase(
        r"\bcancel\b[^;]{0,40}?\b(?:and|then|i(?:'?ll)?|we(?:'?ll)?|so)\b[^;]{0,30}?\b(?:privately|directly|direct|outside|on the side|cash|between us|without (?:the )?(?:site|fees?|commission))\b",
        unless=_WARNED,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield proposals to deal, buy, or talk where the marketplace does not see it."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="divert.off_platform",
    title="Dealing outside the marketplace",
    since="2026.2",
    source=("S20", "S24", "S80", "S86"),
    why=(
        "Outside the marketplace nothing is on record: no order, no proof of what was promised, and nobody who can "
        "give money back. Whoever proposes it asks the other side to do without all of that."
    ),
    reasons={
        "plain": "This proposes to deal or talk outside the marketplace.",
        "unsure": "This may propose to deal or talk outside the marketplace.",
    },
    advice="Keep the order and the conversation here, and offer a better price through a listing.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "Next time «order directly from us» and skip the fees.",
        "Can we do this deal «outside of the marketplace»?",
        "You'd «save the platform fees».",
        "Let's «take this offline».",
        "It is «cheaper in our own webshop».",
        "Just «google our name».",
        "Order by email, «not here».",
        "Message me, «not here».",
        "«Order directly from us», someone will answer.",
        "«Come by our workshop», it is cheaper there.",
        "Can you «sell it to me in person instead of on here»?",
        "«Cancel the order and I pick it up» from you.",
        "The next one you «get from me direct».",
        "«Pase por nuestro taller», le sale más barato.",
        "«Passez à l'atelier», c'est moins cher.",
        "So «sparen wir uns die Provision».",
        "Podemos cerrar el trato «fuera de la plataforma».",
        "La prochaine fois, «commandez directement chez nous».",
        "Sie können gern «direkt bei uns bestellen».",
        "La prossima volta «compri direttamente da noi».",
        "Podemos fechar o negócio «fora da plataforma».",
    ),
    accepted=(
        "We can't sell outside the marketplace, it is against the rules.",
        "You asked to buy directly from us: no, only here.",
        "The refund goes directly to your card.",
        "We ship directly from our workshop in Oslo.",
        "Please contact us directly in this conversation.",
        "No vendemos fuera de la plataforma.",
        "The bolts on the outside of the platform hold the bed.",
        "Somebody asked me to order outside the marketplace.",
        "My order is not here.",
        "Order not here yet",
        "My order shows delivered but it's not here.",
        "I ordered two and one is not here",
        "Pick the order up, we're not here on Sunday.",
        "Write the gift text in the note field, not here.",
        "You can collect it from our workshop with the code of the order.",
        "What I can't do: meet you outside of this site.",
        "To avoid the redelivery fee pick a parcel shop.",
        "Il vaso viene direttamente dal nostro laboratorio.",
    ),
    known_miss=("You know, «the bakery has a back door» too.",),
)
