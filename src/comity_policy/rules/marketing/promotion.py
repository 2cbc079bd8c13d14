"""marketing.promotion: selling more in a message that serves an order (sellers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import ASKED, SPOKEN_OF, any_of

_SUM = r"(?:\d{1,2} ?(?:%|percent|per cent|prozent|por ciento|pour cent|per cento|euros?|dollars?|pounds?|usd|gbp|eur|reais)|(?:[$\x{a3}\x{20ac}]|r\$) ?\d{1,3}|\d{1,3} ?[$\x{a3}\x{20ac}]|half(?: price)?|a (?:fifth|quarter|tenth|third)|ein (?:funftel|viertel|drittel|zehntel)|two for one|2 (?:for|pour|por|per|fur) 1|[2-4] ?x ?[123]\b)"
_DISCOUNT = any_of(
    rf"(?:vouchers?|coupons?) (?:of|worth|for) {_SUM}",
    r"\b(?:minus|meno|menos|moins) \d{1,2} ?%",
    rf"{_SUM} (?:off|discount|cheaper|less|rebate|de descuento|menos|mas barat[ao]s?|dto|de (?:reduction|remise)|en moins|moins cher\w*|rabatt|gunstiger|billiger|nachlass|weniger|di sconto|in meno|de desconto|sparen|ahorr\w+|economis\w+|a menos|mais barat[ao]s?)\b",
    r"\b(?:2 (?:for|pour|por|per|fur) 1|two for one|(?:tod[ao]|alles|tout|tutto|tudo) (?:con|mit|a|avec|com) (?:un )?\d{1,2} ?%|half price|[2-4]x[123]|mitad de precio|moitie prix|halber preis|meta prezzo|metade do preco)\b",
)
_NEXT = any_of(
    r"(?:next|following|future|second|2nd|another|other) (?:order|orders|purchase|purchases|basket|buy|one|crate|item|set|pack|mat|mug|pair|box|bottle|bag|skein|jar|visit)|new (?:order|orders|purchase|purchases|basket|set|pack)",
    r"(?:proxim[ao]s?|siguientes?|futur[ao]s?) (?:compras?|pedidos?|\w+)",
    r"prochaine?s? (?:commandes?|achats?|\w+)|futur(?:e|s|es)? (?:commandes?|achats?)",
    r"nachste[nrs]? (?:bestellung|einkauf|kauf|\w+)",
    r"prossim[aoie] (?:acquist[oi]|ordin[ei]|\w+)",
)
# In "20% off all blankets" the first is a price; the shop, a time or "our" makes an offer of it.
_EACH = r"(?:all|any|tod[ao]s?|tout(?:e|es)?|tous|alle[ns]?|tutt[oaie])"
_ALL = any_of(
    r"our|my|this (?:week|weekend|month)|today|now|until|till|storewide|everything|for you|for readers|first come|just in",
    r"nuestr[ao]s?|tienda|esta semana|hasta|hoy",
    r"notre|nos|boutique|cette semaine|jusqu'(?:a|au)|aujourd'hui",
    r"unser\w*|ganze\w*|diese woche|bis (?:sonntag|zum|ende)|nur heute|stammkunden",
    r"nostr[oaie]|negozio|catalogo|questa settimana|fino a|solo oggi",
    r"noss[ao]s?|loja|esta semana|ate (?:domingo|ao|o)|so hoje",
)
_NOT_OURS = (
    SPOKEN_OF
    + "|"
    + ASKED
    + (
        r"|\b(?:you ordered|your order (?:is|was|has)|no (?:coupon|discount|voucher|code)|(?:coupon|discount|code|voucher)\w* (?:was|did|does)|does the|from the marketplace|"
        r"you (?:saw|see)|as you asked|since you ask|proof|banner|voucher cards?|loyalty|deduct\w*|partial|refund\w*|crack|scratch|damaged|broken|dent|delay|compensat\w*|in the listing|"
        r"thing on the|(?:the )?(?:phone company|maker|manufacturer)|rubber stamp|deducted|restocking|"
        r"reembols\w+|rembours\w+|erstatt\w*|ruckerstatt\w*|rimbors\w+|danad\w+|abime\w*|beschadig\w*|rott[ao]|danific\w+|por el (?:golpe|aranazo)|en compensacion|als ausgleich)\b"
    )
)
# The price as the listing has it, which everybody may name.
_ON_PAGE = (
    _NOT_OURS
    + r"|\b(?:in|on) (?:this|the) (?:listing|page|cart|basket)|\b(?:automatic\w*|by itself|built in|quantity|listing|on this page|at checkout|from \d+ (?:pcs|pieces)|subscribe and save|already (?:has|includes?)|(?:free|prepaid) (?:return )?label|(?:on|auf|en|dans|nel|nella|no) (?:der |dem |la |l'|el )?(?:artikelseite|angebotsseite|anuncio|ficha|annonce|scheda|pagina|warenkorb|carrito|panier|carrello|carrinho)|hours?|hrs|minutes?)\b"
)
_CODES = _NOT_OURS + (
    r"|\b(?:pin|postal|zip|access|security|pairing|login|error|tracking|qr|bar|area|unlock|gate|door|download|licen[cs]e|activation|colou?r|"
    r"hs|reset|factory|verification|batch|model|part|sku|ean|item|product)[ -]?(?:code|card|number)\b|\bcode (?:on|from|in|is on|at) "
    r"(?:the|your)\b|\bcode words?\b|\bmicrosoft\b|\bcoupon (?:two|three|\d)|\bcodigo (?:postal|de (?:barras|error|activacion))|\bcode (?:postal|erreur)|\bcodice (?:fiscale|di errore|postale)"
)
_ABOUT_ORDER = (
    ASKED
    + r"|\b(?:return|shipping|refund|warranty|our|shop|store) polic|\bpolicy\b|\bvideo\b|\bphotos?\b|\bmessage|\bmanual|\binstruction|\bdrawing|\bupdate\b|\banswer\b"
)
# More for the price of less.
_BUNDLE = any_of(
    r"(?:3 for 2|4 for 3|5 for 4|two for one|three for two|four for three|(?:[2-9]|two|three|four) for the price of (?:[1-9]|one|two|three))\b|buy (?:one|two|three|[1-9]),? (?:and )?get (?:one|two|[1-9]|a)\b|second (?:one|pair|item) (?:is )?(?:half|free|at)",
    r"llev[ae]s? (?:\w+ )?[2-9],? (?:y )?pag[aue]+s? [1-9]|el segundo (?:\w+ )?(?:gratis|a mitad)|segunda unidad",
    r"[2-9] (?:pour le prix de|achete\w* (?:=|,)?) ?[1-9]|(?:le|la) (?:deuxieme|2e|seconde?) (?:article |piece )?(?:offerte?|gratuite?|a moitie|a -)",
    r"(?:[2-9]|zwei|drei) zum preis von (?:[1-4]|zwei|einem)\b|(?:das|der|die) zweite\w* (?:\w+ )?(?:gratis|umsonst|zum halben)",
    r"prendi [2-9],? (?:e )?paghi [1-9]|(?:il|la) second[oa] (?:\w+ )?(?:e |in )?(?:gratis|omaggio|a meta)",
    r"lev[ea] [2-9],? (?:e )?pag[aue]+ [1-9]|(?:o segundo|a segunda) (?:\w+ )?(?:gratis|a metade|sai de graca)",
)
# When it ends, or what it is called.
_SEASON = any_of(
    r"(?:only |just )?(?:today|tonight|tomorrow)(?: only)?|this (?:week|weekend|month|sunday|saturday|friday)|all (?:week|month|weekend)|last chance|for a limited time|while stocks? lasts?|black (?:friday|week)|cyber (?:monday|week)|flash sale|clearance|prime day|(?:winter|summer|spring|autumn|mid-season|end-of-season|christmas|easter|anniversary|birthday|opening|launch) (?:sale|deals?|offers?|special)|on sale|the big sale|promo(?:tion)?",
    r"solo (?:hoy|esta semana|este mes|este fin)|esta semana|este (?:mes|fin de semana)|ultim[ao]s? (?:dias?|oportunidad)|rebajas|liquidacion|oferta(?:s)? (?:de|especial)|promocion(?:es)?|hasta agotar|buen fin",
    r"(?:seulement )?aujourd'hui|cette semaine|ce (?:mois|week-end)(?:-ci)?|derniers? jours?|derniere chance|soldes|promo(?:tion)?s?|foire|liquidation|vente (?:privee|flash)|braderie",
    r"nur (?:heute|noch|diese woche|bis)|diese woche|diesen monat|dieses wochenende|letzte chance|schlussverkauf|wsv|ssv|aktion\w*|sonderangebot\w*|rausverkauf|raumungsverkauf|zur eroffnung|solange (?:der )?vorrat|ausverkauf",
    r"solo (?:oggi|questa settimana|per oggi)|questa settimana|questo (?:mese|weekend|fine settimana)|ultimi giorni|ultima occasione|saldi|svendita|promozion[ei]|offert[ae] (?:speciale|del)|fino a(?:d)? esaurimento|sottocosto",
    r"so (?:hoje|esta semana)|somente hoje|esta semana|este mes|neste (?:mes|fim)|ultim[ao]s? (?:dias?|chance|oportunidade)|saldos|promoc(?:ao|oes)|liquidacao|queima|enquanto durar",
)
_LESS = rf"(?:{_DISCOUNT}|\b{_BUNDLE})"
_PER_CENT = r"(?:(?:^|[ (])-\d{1,2} ?%|\b\d{1,2} ?% (?:auf|sur|en|em|su|sobre|on)\b)"
_PARCEL = r"|\b(?:your (?:new|replacement|order|parcel|refund)|replacement|ersatz\w*|parcel|paquete|pedido|colis|pacco|ordine|encomenda|paket|sendung|label|part|label|date|number|address|claim|one has|ones?)\b"
_PHRASES = (
    # A code, and what it takes off.
    Phrase(
        r"\b(?:codice|codigo|code|coupon|cupon|cupom|gutscheincode|rabattcode|voucher|promo)(?: code)?:? ?[\"']?[a-z]{3,}-?\d{1,3}\b[\"']?(?:[^;]{0,50}?(?:%|\boff\b|discount|descuento|rabatt|remise|reduction|sconto|desconto|less|save|spar\w*|next|ahorr\w*|euros?|[$\x{a3}\x{20ac}]))",
        unless=_CODES,
    ),
    Phrase(
        rf"\b(?:use|enter|with|take|type|try|apply|quote)(?: the| this| our| your| my)? (?:\w+ )?(?:code|coupon|voucher|promo|word)\b[^;]{{0,40}}?(?:{_SUM}|\boff\b|\bdiscount)",
        unless=_CODES,
    ),
    Phrase(
        rf"(?:{_DISCOUNT})[^;]{{0,40}}?\b(?:with|code|with the word|mit|avec|con|com|codigo|codice|word)\b:? (?:the )?(?:code |word )?[\"']?[a-z]{{4,}}-?\d{{0,3}}\b",
        unless=_CODES
        + r"|\b(?:with|mit|avec|con|com) (?:free|this|that|your|our|some|small|light|slight|damage\w*|defect\w*|delivery)\b",
    ),
    Phrase(
        rf"\b(?:with )?[a-z]{{4,}}[1-9]\d? [^;]{{0,25}}?\b(?:save|saves|makes|takes|gives|gets|cheaper|sparen|spart|ahorra\w*|per (?:il|un)|para)\b[^;]{{0,30}}?(?:{_SUM}|cheaper)",
        unless=_CODES,
    ),
    Phrase(
        r"\b(?:coupon|discount code|promo code|voucher code|rabattcode|gutscheincode|codigo de descuento|code promo|codice sconto|cupom|codigo de desconto|cupon)\b[^;]{0,40}?[a-z]{3,}\d{1,3}\b",
        unless=_CODES,
    ),
    # Less for what is bought next, or for everything.
    Phrase(
        rf"{_SUM} (?:off|discount|rabatt|reduction|cheaper|less|rebate|de \w+|di \w+|in meno|menos|en moins|auf|sobre|sur|su)?\b[^;]{{0,50}}?\b{_NEXT}\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b{_NEXT}\b[^;]{{0,40}}?(?:{_DISCOUNT}|{_SUM})",
        unless=_NOT_OURS
        + r"|\b(?:nachste\w* (?:woche|tag\w*|montag|wochen)|proxim[ao] (?:semana|lunes|vez|mes)|prochaine (?:semaine|fois)|prossim[ao] (?:settimana|volta)|next one (?:is|costs))\b",
    ),
    Phrase(
        rf"(?:{_DISCOUNT}|\bspecial offer|\blaunch (?:offer|discount)|\bbest deal)[^;]{{0,60}}?\b(?:{_ALL})\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b(?:all (?:our|the|my|\w+ and)|our|matching|other|everything|tod[ao]s (?:nuestr|noss|l|[ao]s)\w*|tous? (?:nos|les)|toute (?:la|notre)|alle (?:unsere )?|tutt[oaie] (?:i|le|il)?|unsere \w+|enjoy|save|spend|stammkunden)\b[^;]{{0,40}}?(?:{_DISCOUNT}|\bon sale\b|\breduced\b|\bcheaper (?:this|until|now))",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b(?:in|from|at|na|en|dans|nel|im) (?:our|my|nuestra|notre|nostro|nossa|unserem|la|a) ?(?:shop|store|tienda|boutique|negozio|loja|laden)\b[^;]{{0,30}}?(?:{_DISCOUNT})|(?:{_DISCOUNT})[^;]{{0,40}}?\b(?:in|on|na|en la|dans la|nel|im) (?:our |my |nuestra |notre |nostro |nossa |unserem |whole |entire )*(?:shop|store|range|tienda|boutique|negozio|loja|laden|sortiment)\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"-\d{{1,2}} ?% (?:on|off|sur|auf|su|sobre|em|en)\b[^;]{{0,30}}?\b(?:{_ALL}|{_EACH})\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b(?:loyal|returning|regular) customers?\b[^;]{{0,40}}?{_SUM}|{_SUM}[^;]{{0,20}}?\b(?:loyal|returning|regular) customers?\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        rf"\b(?:first|this|all) (?:week|month|weekend)\b[^;]{{0,10}}?{_SUM} ?(?:off|discount|cheaper)|\bthe first \d+ (?:pieces|orders|customers)[^;]{{0,25}}?{_SUM}|\bspend (?:over |more than )?[^;]{{0,10}}?\d+ and you get\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        r"\b(?:buy|take|order|get) (?:\d|two|three|one)\b[^;]{0,30}?\b(?:get|third|second|fourth|fifth|1|one)\b[^;]{0,10}?\bfree\b",
        unless=_NOT_OURS
        + r"|\bin the (?:listing|cart)|\bpage|\bfree (?:deal |offer )?(?:be(?:en)? )?(?:applied|apply|applies|work(?:s|ed)?)\b",
    ),
    Phrase(
        rf"\bdon'?t miss (?:out on )?(?:our|the|this|these)\b[^;]{{0,40}}?(?:{_SUM}|\brange\b|\bsales?\b|\bdeals?\b|\boffers?\b|\bcollection\b)|\b(?:shop|order|buy) again\b[^;]{{0,20}}?{_SUM}",
        refusable=False,
        unless=_NOT_OURS,
    ),
    # Lists to join, shops to follow.
    Phrase(
        r"\b(?:subscribe|sign up|join|register|enrol|suscrib\w+|inscri\w+|iscriv\w+|abonn\w+|anmeld\w+|melden sie sich|melde dich|assin\w+|inscrev\w+|apuntat\w+)\b[^;]{0,40}?\b(?:newsletter|mailing list|updates|vip|club|list|deals|offers|coupon|discount|monthly box|boletin|infolettre|rundbrief|lista|liste)\b",
        unless=SPOKEN_OF + r"|\bunsubscribe|warranty|how (?:do|can) i|\bprice list\b|\bwant to (?:un)?subscribe",
    ),
    Phrase(
        r"\bfollow (?:us|our (?:shop|store)|my (?:shop|store)|the (?:shop|store))\b[^;]{0,30}?\b(?:for|and|to)\b[^;]{0,20}?\b(?:deals?|drops?|sales?|news|offers?|new|coupons?|discounts?|first|updates)\b",
        unless=_NOT_OURS,
    ),
    # Other things of the shop.
    Phrase(
        r"\b(?:check out|check|have a look at|take a look at|look at|see|browse|discover|visit|explore)\b[^;]{0,20}?\b(?:our|my) (?:other|new|latest|shop|store ?front|store|whole|full|autumn|winter|spring|summer|holiday|collection|range|catalog\w*|bestsell\w*|rest|more)\b[^;]{0,40}",
        unless=_ABOUT_ORDER,
    ),
    Phrase(
        r"\b(?:ech[ea]\w*|mir[ea]\w*|visit[ea]\w*|descubr[ae]\w*|conozca|vea|decouvrez|jetez un (?:oeil|\w+il) a|regardez|visitez|venez voir|schauen sie|schau|entdecken sie|entdecke|besuchen sie|stobern sie|dia un'occhiata|dai un'occhiata|guard[ia]|scopr[ia]|visit[ia]|veja|conheca|espreite|visite|confira)\b[^;]{0,25}?\b(?:nuestr[ao]s?|notre|nos|unser\w*|nostr[aoie]|noss[ao]s?) (?:nuev\w+|otr\w+|tienda|coleccion|catalogo|gama|nouve\w+|autres|boutique|collection|gamme|catalogue|neue\w*|andere\w*|shop|kollektion|sortiment|laden|nuov\w+|altr\w+|negozio|collezione|nov\w+|outr\w+|loja|colecao)\b",
        unless=_ABOUT_ORDER,
    ),
    Phrase(
        r"\bhave (?:you|u) (?:also |already )?(?:seen|tried|discovered)(?: also| already)? (?:our|my)\b[^;]{0,40}",
        unless=_ABOUT_ORDER,
    ),
    Phrase(
        r"\bthe (?:winter|summer|spring|autumn|new) (?:collection|range) (?:has|have|is|are) (?:arrived|here|out|in|now)\b|\b(?:new (?:arrivals|collection|range|line|products|models?|colou?rs)|(?:summer|winter|spring|autumn|black friday|christmas|holiday|flash|clearance|anniversary|mid-season) (?:sale|collection|deals?))\b[^;]{0,40}?\b(?:now|out|here|arriv\w+|start\w*|in our|in the shop|drop\w*|in stock|available|live|this|until|from|up to|goes)\b",
        unless=_NOT_OURS + r"|\?",
    ),
    Phrase(
        r"\b(?:my|our) new (?:\w+ ){0,2}?(?:collection|range|line|series|edition)\b[^;]{0,30}?\b(?:drops?|lands?|arriv\w+|starts?|launch\w*|comes? out|goes live|is (?:out|here|live|in)|just)\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        r"\b(?:unsere? neue[ns]? \w+ [^;]{0,25}?\b(?:ist|sind) (?:da|jetzt|ab|endlich)|notre nouvelle (?:collection|gamme) |nos nouve\w+ \w+ (?:sont|arrivent)|nuestra nueva coleccion|(?:ya )?(?:ha|han) llegado (?:nuestr|la nueva|las nuevas|los nuevos)\w*|la nostra nuova (?:collezione|linea)|sono arrivat[ei] (?:i nuovi|le nuove|i nostri)|nossa nova (?:colecao|linha)|(?:ja )?chegaram? (?:a nova|as novas|os novos|nossa)\w*|(?:nos|nuestras|unser\w*|i nostri|nossas?|grandes|grosse\w*) (?:\w+ )?(?:rebajas|soldes|schlussverkauf|sonderangebote?|angebotswoche|saldi|saldos|promocoes|promociones|promozioni))\b",
        unless=_NOT_OURS,
    ),
    Phrase(r"\bnew (?:arrivals|in our (?:shop|store|range))\b", unless=_NOT_OURS + r'|"'),
    Phrase(
        r"\b(?:refer|bring|invite|recommend us to) (?:a |your |us to )?friends?\b[^;]{0,50}|\b(?:invit\w+|recomiend\w+|recomend\w+|parrain\w+|empfehl\w*|werben sie|port\w+|indiqu\w+) (?:a )?(?:un |une |einen |ein |um |uma )?(?:amig[oa]s?|ami\b|amie?s?|freund\w*|amic[oa])\b[^;]{0,50}",
        unless=_NOT_OURS + r"|\brefer to\b|\bbring your friends? (?:over|round|along)\b",
    ),
    Phrase(
        r"\b(?:you (?:may|might|will|'ll|would) (?:also )?(?:like|love|enjoy|be interested in)|we (?:also|highly) recommend)\b[^;]{0,15}?\b(?:our|my|the new|matching|these)\b[^;]{0,40}",
        unless=_NOT_OURS + r"|\byou (?:need|asked|wanted)",
    ),
    Phrase(
        r"\b(?:(?:le|te) (?:puede|podria|va a) (?:interesar|gustar) (?:tambien )?nuestr\w+|tambien le (?:gustara|interesara)|vous aimerez (?:aussi|sans doute)|(?:pourrai\w+|devrai\w+) (?:aussi |egalement )?vous plaire|konnte (?:ihnen|dir) auch gefallen|(?:das|dazu) (?:passt|passen) perfekt (?:zu )?unser\w*|(?:potrebbe|potrebbero) (?:anche )?(?:piacerle|interessarle|piacerti|interessarti)|(?:voce )?(?:tambem )?(?:vai|pode) (?:tambem )?(?:gostar|adorar) d[aeo]s? noss\w+)\b",
        unless=_NOT_OURS,
    ),
    Phrase(
        r"\b(?:(?:our|other) customers also (?:love|buy|like|bought)\b[^;]{0,40}|(?:we|i) recommend (?:our partner|my friend'?s?|you our)\b[^;]{0,40}|my friend'?s shop sells\b[^;]{0,40})"
    ),
    Phrase(
        r"\b(?:unsere? partner\w*|nuestr[oa]s (?:amigos|socios|partners?)|nos (?:partenaires|amis)|notre partenaire|i nostri (?:amici|partner)|nossos (?:parceiros|amigos)|our (?:partners?|friends at|sister shop))\b[^;]{0,30}?\b(?:hat|haben|fanno|fazem|dao|font|geben|machen|hacen|hacen|dan|verkauf\w+|tienen?|venden?|ont|propos\w+|hanno|vendono|tem|vendem|sells?|has|have|makes?|offers?)\b",
        unless=_NOT_OURS
        + r"|\b(?:versand|logisti\w+|livraison|transport\w*|carrier|delivery|shipping|envio|spedizion\w+)",
    ),
    Phrase(r"\b(?:exclusive|special) (?:offers?|deals?|discounts?)\b[^;]{0,30}", unless=_NOT_OURS + r"|\?"),
    Phrase(
        r"\badd (?:it|one|them|this) to your (?:cart|basket|next order)\b",
        unless=_NOT_OURS + r"|\b(?:if|when|once|just|option)\b",
    ),
    Phrase(rf"\b{_BUNDLE}\b", unless=_ON_PAGE + r"|\bappl(?:y|ied|ies)\b"),
    Phrase(rf"\b(?:{_SEASON})\b[^;]{{0,50}}?(?:{_LESS}|{_PER_CENT})", form="unsure", unless=_ON_PAGE),
    Phrase(rf"(?:{_LESS}|{_PER_CENT})[^;]{{0,40}}?\b(?:{_SEASON})\b", form="unsure", unless=_ON_PAGE),
    # A code to be named.
    Phrase(
        r"\b(?:mit (?:dem )?(?:code|gutschein)|avec le code|con (?:el )?codigo|con (?:il )?codice|com o (?:codigo|cupom)|con (?:el )?cupon|(?:use|enter|quote|apply|with) (?:the )?(?:discount |promo )?code) [\"']?[a-z]{3,}-?\d{1,3}\b",
        unless=_CODES,
    ),
    Phrase(
        rf"\b(?:code|codigo|codice|cupom|cupon|gutschein\w*|coupon|voucher)\b[^;]{{0,25}}?\b{_NEXT}\b",
        unless=_CODES,
    ),
    # Buy, and get more.
    Phrase(
        rf"\b(?:buy|order|add|take|grab|spend)\b[^;]{{0,45}}?\b(?:and|to|we'?ll|you'?ll) (?:also )?(?:get|save|receive|earn|enjoy)\b[^;]{{0,25}}?(?:{_SUM}|\bfree\b(?: \w+)?)",
        unless=_ON_PAGE + r"|\b(?:review|rating|feedback|stars?|return|keep)\b",
    ),
    Phrase(
        r"\b(?:customers|buyers|people|others|those) who (?:bought|buy|ordered|liked?|loved?)\b[^;]{0,30}?\balso\b[^;]{0,30}",
        unless=_NOT_OURS,
    ),
    # Plans and clubs.
    Phrase(
        r"\b(?:subscribe to|sign up (?:for|to)|join|set up an?|start an?|become (?:a member|part) of) (?:our |my |the |your )?(?:\w+ ){0,2}?(?:plan|club|box|subscription|programme?|vip|waiting list|community|loyalty \w+|rewards? \w+)\b",
        unless=_NOT_OURS + r"|\byour account\b|\b(?:end|cancel|pause|skip)\b|\?$|\byou (?:are|were)\b",
    ),
    Phrase(
        r"\b(?:follow|subscribe to|bookmark|save) (?:us|our (?:shop|store|page)|my (?:shop|store|page)|the (?:shop|store))\b[^;]{0,30}?\b(?:miss|never|first|new|drops?|launch\w*|when)\b",
        refusable=False,
        unless=_NOT_OURS,
    ),
    Phrase(
        r"\b(?:sig(?:a|ue|an)(?:nos)?|seguinos|suivez(?:-nous)?|folg(?:en|t|e)|segui(?:teci|ci)|siga(?:-nos)?) (?:a |sie |uns |nuestra tienda|notre boutique|unserem (?:shop|laden)|il nostro negozio|a nossa loja)?\b[^;]{0,40}?\b(?:ofertas?|novedades|offres?|nouveautes|angebote?|neuheiten|rabatte|offerte|novita|promoc\w+|novidades|descontos?|descuentos?|sconti)\b",
        unless=_NOT_OURS,
    ),
    # What has come in.
    Phrase(
        r"\b(?:our|my|the) (?:[a-z]+ ){0,3}?(?:collection|range|catalogue|season|drop|selection|sale|calendars?) (?:has|have|is|are) (?:just |now |finally )*(?:landed|arrived|dropped|here|out|live|online|back|open|begun|started|launched)\b",
        unless=_NOT_OURS + r"|\?",
    ),
    Phrase(
        r"\b(?:nuev[ao]s?|nouve(?:lle|aux|lles|au)|neue[nsr]?|nuov[aeoi]|nov[ao]s?|winter|fruhjahrs|herbst|sommer|weihnachts)-?(?: \w+)? ?(?:coleccion(?:es)?|temporada|linea|gama|catalogo|collections?|gammes?|saison|catalogues?|kollektion|linie|katalog|saison|modelle|collezion[ei]|stagione|linea|colec(?:ao|oes)|linha)\b[^;]{0,60}?\b(?:llego|llegaron|ya|mira\w*|descubr\w+|pid\w+|ven|entra|esta|disponible|arriv\w+|decouvr\w+|demand\w+|la|ligne|da|jetzt|endlich|online|anfordern|eingetroffen|entdeck\w+|schau\w*|arrivat[aeio]|scopr\w+|richied\w+|online|disponibil\w+|chegou|chegaram|conhec\w+|veja|confira|peca)\b",
        unless=_NOT_OURS + r"|\?",
    ),
    Phrase(
        r"\b(?:ya )?(?:llego|llegaron|ha llegado|han llegado|esta aqui|est arrivee?|sont arrivee?s|ist (?:da|eingetroffen)|sind (?:da|eingetroffen)|e arrivat[ao]|sono arrivat[ei]|chegou|chegaram|ja chegaram) (?:la |las |los |el |le |les |il |gli |i |a |as |os |o |die |unsere )?(?:nuev\w+ |nouve\w+ |neue\w* |nuov\w+ |nov\w+ )?(?:temporada|coleccion|catalogo|collection|catalogue|kollektion|katalog|collezione|colecao|ofertas|rebajas|soldes|saldi|saldos|promo\w+)\b",
        unless=_NOT_OURS + r"|\?",
    ),
)
# What is innocent as an answer, and promotion where nobody has asked.
_TOLD = ("proactive", "insert", "shipment", "review_request")
_UNASKED = (
    Phrase(
        r"\b(?:(?:our|my) new (?:[a-z]+ ){1,3}?|new (?:[a-z]+ )?[a-z]+s )(?:have |has |'ve )?(?:just |now |finally )?(?:landed|dropped|arrived|launch(?:ed|es|ing)?|went live|go live|goes live|(?:are|is) (?:in|out|here|live|online|available)(?: now)?\W*(?:$|[!.,:]))",
        unless=_NOT_OURS + _PARCEL + r"|\?",
    ),
    Phrase(
        r"\b(?:sono arrivat[ei]|chegaram|han llegado|ya llegaron|sont arrivee?s|sont de retour|sind eingetroffen|neu eingetroffen|neu im (?:shop|sortiment))\b[^;]{0,30}",
        form="unsure",
        unless=_NOT_OURS + _PARCEL,
    ),
    Phrase(rf"(?:{_DISCOUNT})[^;]{{0,60}}?\b{_EACH}\b", form="unsure", unless=_NOT_OURS),
    Phrase(
        rf"{_LESS}|{_PER_CENT}",
        form="unsure",
        unless=_ON_PAGE
        + r"|\b(?:your (?:order|refund|purchase)|refunded|size|tall|charge|litres?|strength|speed|battery|capacity)\b",
    ),
    Phrase(
        r"\bfree [a-z]+(?: [a-z]+)? (?:on|with|for) (?:all|every|any|each|orders?|your next)\b[^;]{0,40}|\bfree (?:shipping|delivery|engraving|gift) (?:on|over|above|from)\b",
        unless=_ON_PAGE,
    ),
    Phrase(
        r"\b(?:from|ab|desde|a partir de|a partire da) (?:just |only |nur |solo )?(?:[$\x{a3}\x{20ac}] ?\d+|\d+(?:[.,]\d\d)?(?: ?[$\x{a3}\x{20ac}]| euros?| dollars?)?)\b[^;]{0,40}?\b(?:first come|come (?:and|in)|venez|pas[ae]|pasate|schau\w*|komm\w*|ven(?:ga|ha|ite)|shop|tienda|boutique|laden|negozio|loja|this week)\b",
        form="unsure",
        unless=_ON_PAGE,
    ),
    Phrase(
        r"\b\d for (?:[$\x{a3}\x{20ac}] ?)?\d{1,3}\b[^;]{0,20}?\b(?:until|till|this|today|only|now|sunday|weekend)\b",
        form="unsure",
        unless=_ON_PAGE,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield discounts on other purchases, coupons, newsletters, new arrivals and cross-selling."""
    yield from reading.phrases(_PHRASES)
    if reading.draft.purpose in _TOLD:
        yield from reading.phrases(_UNASKED)


RULE = Rule(
    id="marketing.promotion",
    title="Marketing and promotion",
    since="2026.1",
    source=("S18", "S60", "S64", "S76", "S80"),
    why=(
        "A buyer gave an address so that one order can be served. Offers in those messages teach buyers to ignore "
        "them, and then they miss the one about a delay or a recall."
    ),
    reasons={
        "plain": "This promotes other or later purchases. Messages serve the order or the question at hand.",
        "unsure": "This may promote other or later purchases.",
    },
    advice="Remove the offer. Answering a question about another article is fine when the buyer has asked it.",
    gate=(*_PHRASES, *_UNASKED),
    find=find,
    flagged=(
        Example("We have «20% off all» blankets.", purpose="proactive"),
        "«Use code STORK15 for 15%» off your next order!",
        "«Sign up for our newsletter» and be first.",
        "While you wait, «check out our autumn collection».",
        "«Refer a friend and you both get 5 euros».",
        "All irons «minus 20% until» Friday.",
        "«Buy two, get one free today».",
        "«Order 50 shirts and get 10 caps free».",
        "«Customers who bought this also bought our soap».",
        "«Join our coffee club» and never run out.",
        Example("Your lamp is on its way. «Our new shades have landed»!", purpose="shipment"),
        "«Nur heute: alles minus 20 %»!",
        "«Leve 3, pague 2» até domingo.",
        "«La deuxième offerte cette semaine».",
        "By the way, «all our wiper blades are 20% off» until Sunday.",
        "«New arrivals» every week!",
        "«10 % de descuento en su próxima compra».",
        "«-15 % sur toute» la boutique.",
        "Mit «HERBST15 sparen Sie 15 %» auf alle Lampen.",
        "«Iscriviti alla newsletter» e non perdi niente.",
        "«Visite a nossa loja», há novidades.",
    ),
    accepted=(
        "We have 20% off all blankets.",
        "Bring your friends over to the house party with this speaker.",
        "There is no coupon for this order, sorry.",
        "Buy two get one free applied? I only see one.",
        "I refunded 20% of the price for the crack.",
        "The code on the label is 4471, use it for the warranty.",
        "You asked about a lid: yes, it is in this listing.",
        "The sticker says SALE because that is the name of the lake.",
        "Your second parcel is on its way.",
        "From 10 pieces the price in the basket drops by 8 % by itself.",
        "The second half of the refund was made today.",
        Example("The new hinges arrived at our workshop, yours goes out today.", purpose="order_problem"),
        "The new colours you asked about are in.",
        "Le devolvemos el 10 % por el golpe en la caja.",
        "Die nächste Lieferung kommt am Montag.",
    ),
    known_miss=("A bird told me that «on Friday everything black costs less with us».",),
)
