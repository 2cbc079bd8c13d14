"""payment.off_platform: money that is to go past the marketplace, either way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Example, Rule, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.rules._words import ASKED, MONEY, SPOKEN_OF, any_of
from comity_policy.text.masks import words_of

# Means that only work outside a marketplace's checkout.
_MEANS = any_of(
    r"pay ?pal|zelle|venmo|cash ?app|western union|money ?gram|revolut|transferwise|skrill|bizum|monzo|lydia|wero|satispay|post ?epay|paytm|mb ?way|multibanco|mercado ?pago",
    r"bitcoins?|btc|usdt|ethereum|crypto(?:currency)?|swish|vipps|twint|interac|e-?transfer|payoneer|apple ?(?:pay|cash)|google ?pay|gpay|alipay|pix|paysafe(?:card)?|paylib|nequi|yape",
    r"(?:bank|wire|direct|sepa|instant|money) ?(?:transfer|wire)|bank to bank|wire|t/t|friends (?:and|&|n|'n') family|f&f|bank(?:ing)? app|money orders?",
    r"(?:bank)?uberweisung|virement(?: bancaire)?|transferencia(?: bancaria)?|bonifico(?: bancario)?|ricarica|giroconto|vorkasse",
)
_SURE_MEANS = r"(?:pay ?pal|venmo|zelle|revolut|monzo|cash ?app|bizum|usdt|bitcoins?|western union|money ?gram|bank transfer|paytm|satispay|mb ?way|twint|wero)"
_CARD = r"(?:gift ?cards?|gift codes?|vouchers?|prepaid (?:visa|mastercard|cards?)|steam cards?|(?:amazon-?)?gutschein(?:e|en|code)?|geschenkkarten?|tarjetas? (?:de )?regalo|cartes? cadeau|buon[oi] regalo|carta regalo|cart(?:ao|oes)[- ]presente|vale[- ]presente)"
_ACCOUNT = r"(?:pay ?pal|venmo|zelle|cash ?app|revolut|monzo|bank|iban|skrill)"
_PAY = any_of(
    r"pay|pays|paying|paid|send|sends|sending|refund|refunds|refunding|wire|transfer|transfers|settle|reimburse|deposit|give|make|move|return|compensate|repay|top up|cover|take|get|receive|put|do|come",
    r"pag\w+|abon\w+|envi\w+|mand\w+|devolv\w+|devuelv\w+|reembols\w+|hacemos|hago|ingres\w+|transfier\w+|transferir",
    r"pay\w+|regl\w+|rembours\w+|vers\w+|envoy\w+|envoi\w*|vire[zr]?|faire|fais|faites",
    r"zahl\w*|bezahl\w*|uberweis\w*|schick\w*|erstatt\w*|send\w*|geben|machen",
    r"rimbors\w+|invi\w+|faccio|facciamo|vers\w+|restitu\w+|fare",
    r"transfir\w+|faco|fazemos|fazer|deposit\w+|reembols\w+",
)
_BY = r"(?:by|via|through|with|over|using|on|per|in|as|thru|w/|to|into|from|mit|por|par|con|com|en|auf|tramite|sur|para|su|attraverso|pelo|pela|no|na|uber|un|una|um|uma|ein|eine)"
# "The card" is what one pays with here, not what something is printed on.
_QUOTED = SPOKEN_OF.replace("|sign|card)", "|sign)")
_INSIDE = (
    _QUOTED
    + "|"
    + ASKED
    + (
        r"|\bi see (?:u|you) (?:offer|ask|want)|\bfit (?:an? |the )?(?:\w+ )?(?:\w+ )?gift cards?"
        r"|\b(?:at (?:the |your |our )?checkout|in the checkout|original (?:payment|card|method)|i(?:'ve| have)? (?:already )?paid (?:with|by|via|through)|"
        r"paid with my|was paid|did (?:you|they|the seller|it|my refund) (?:\w+ )?(?:refund|pay|return|send|go|issue)\b[^;:,.]{0,60}|(?:always|already) paid|you paid|payment options?|payment methods?|offered at|listed as|from my (?:checking|savings|current|own)|(?:my|a|the) balance (?:on|in|from|of)|"
        r"your staff|sms|golpe|estafa|arnaque|truffa|betrug\w*|driver|courier|customs|duty|duties|"
        r"metodo de pago|medio de pago original|moyen de paiement|zahlungsart|zahlungsmittel|metodo di pagamento|metodo de pagamento|(?:ya|yo|lo|la|que|cuando|porque|ayer|eu|ja) pague (?:con|por)|pague (?:con|por) \w+ (?:y|pero|el|la|hace|ayer)|pagaste|pago usted|ha pagado|voce pagou|pagou com|vous avez paye|avez regle|bezahlt haben|haben sie bezahlt|hai pagato|ha pagato|terminal|maquina de cart\\w+|bezahlt habe|ho pagato|j'ai paye|paguei)\b"
    )
)
# Payment at the marketplace's own checkout: the means stands right beside the place.
_AT_CHECKOUT = any_of(
    r"here\?|(?:at|in|through|via) (?:the |your |our |this )?(?:\w+ )?checkout|on (?:this|the) (?:page|site|website|marketplace|platform)|(?:in|through) the app|when (?:i|you) (?:order|check out)",
    r"aqui\?|en (?:esta|la) (?:pagina|web|plataforma)|en (?:este|el) (?:sitio|checkout|carrito)|al (?:finalizar|hacer|confirmar|tramitar|realizar) (?:la |el |mi |su )?(?:compra|pedido)|al momento de (?:la compra|comprar|pagar)",
    r"ici ?\?|sur (?:cette|la) (?:page|plate-?forme)|sur (?:ce|le) site|(?:au moment|lors) d(?:e la|u|e l'|e) ?(?:commande|paiement|achat|commander)|(?:a la|en) caisse|dans le panier",
    r"hier\?|(?:auf|uber) (?:dieser|der|die|diese) (?:seite|webseite|plattform)|an der kasse|(?:im|beim|wahrend des) (?:bestellvorgang\w*|bestellen|bezahlvorgang|bezahlen|checkout|warenkorb)|bei der bestellung|uber die kasse",
    r"qui ?\?|(?:su|in) questa pagina|su questo sito|sul sito|sulla piattaforma|al momento del(?:l'|la )?(?: ?ordine| ?acquisto| ?pagamento)|alla cassa|(?:al|nel) (?:checkout|carrello)",
    r"aqui\?|n(?:a|esta) (?:pagina|plataforma)|n(?:o|este) (?:site|checkout|carrinho)|(?:ao|na hora de) (?:finalizar|fechar|fazer) (?:a compra|o pedido|a encomenda)|no momento d[ao] (?:compra|pedido|encomenda)",
)
_TOO = r"(?:(?:directly|too|also|as well|right|bezahlen|zahlen|auch|direkt|tambien|directamente|aussi|directement|anche|direttamente|tambem|diretamente|card|(?:or|o|ou|oder|and|y|e|et|und) [a-z]+) )"
_AT_OWN_CHECKOUT = rf"|\b(?:{_MEANS}|{_CARD}) {_TOO}{{0,2}}{_AT_CHECKOUT}|\b{_AT_CHECKOUT} {_TOO}?(?:mit|per|via|uber|with|by|con|com|par) {_MEANS}\b|\b(?:nehmen|akzeptieren|accept\w*|take|acept\w+|accett\w+|aceit\w+|prenez) [^;,]{{0,12}}?{_AT_CHECKOUT} {_TOO}?{_MEANS}\b"
_ELSEWHERE = _INSIDE
_INSIDE += _AT_OWN_CHECKOUT
_REFUNDED = r"|\b(?:appear|arrive|show|see|shows|reach|back (?:on|in)|credited|days|statement|delete|share|automatically|dias|jours|tage|werktage|giorni)\b"
_PHRASES = (
    Phrase(
        rf"\b{_PAY}\b[^;]{{0,60}}?\b{_BY}\s+(?P<hit>(?:your |my |our |the |a |an |ur |his |her |il |la |el |le |o |su |tu |votre |ihr |ihre |seu |suo )?(?:{_MEANS}|wise|{_ACCOUNT} account)\b)",
        unless=_INSIDE,
    ),
    # Who is to be paid in person is not paid at a checkout, whatever page is named.
    Phrase(
        rf"\b(?:pay|send|transfer|wire|owe)\b(?: [a-z0-9$.]+){{0,3}} (?:me|us) {_BY} (?P<hit>(?:your |my |our )?{_MEANS})\b",
        form="unsure",
        unless=_ELSEWHERE,
    ),
    Phrase(
        rf"\b{_PAY} (?:(?:you|u|ya|me|us|it|them) )?(?P<hit>bank to bank|f&f|(?:as )?friends (?:and|&|n) fam\w*|ppl (?:gift|f&f))\b",
        unless=_INSIDE,
    ),
    Phrase(r"\b(?P<hit>ppl (?:gift|f&f)|pay ?pal gift)\b", unless=_INSIDE),
    Phrase(
        r"\b(?:send|pay|by|via|use|take|do|accept) (?P<hit>pp|p\.p\.)\b", unless=r"\b(?:p&p|postage|packing|pages?)\b"
    ),
    Phrase(
        rf"\b(?P<hit>{_MEANS})(?: ?(?:/|or|and|&) ?(?:{_MEANS}|eth|cash))? (?:is all|welcomed?|accepted|taken|would be|possible\?)",
        unless=_INSIDE + r"|\b(?:wire|crypto)\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:apple|google|i ?tunes|steam|razer|xbox) (?:gift )?cards?)\b[^;]{0,60}?\b(?:scratch\w*|codes?|pictures? of|can give|paying me)\b",
        form="unsure",
        unless=_INSIDE + r"|\b(?:holders?|box|tin|envelopes?|design|printed|wallet|fits?)\b",
    ),
    Phrase(
        r"\b(?P<hit>pay (?:the |our |my |your )?(?:drivers?|fitters?|man|lads?|guys?|boys?|son|brother|nephew|cousin) (?:in )?(?:cash|notes))\b"
    ),
    # Money that is described.
    Phrase(
        r"\b(?P<hit>paper with (?:\w+ )?presidents(?: on it)?|app (?:of|with) the two p'?s|(?:blue )?p twice|(?:big )?green dollar (?:thing|app|sign)|coins that live (?:on|in) \w+|cold hard cash|folding money|people you know['\"]? option|cash in (?:an |the |a )?envelope)\b",
        form="unsure",
    ),
    Phrase(
        r"\b(?P<hit>(?:through|thru|over|via|but|use|by) (?:our|my) (?:own )?bank)\b", form="unsure", unless=_INSIDE
    ),
    Phrase(
        r"\b(?:come|came|coming|here|there|price|cheaper|less|discount|deal|up) (?:\w+ ){0,3}?(?:with|w/|for|in) (?P<hit>(?:\w+ )?cash)\b",
        form="unsure",
        unless=_INSIDE + r"|\bcash (?:register|drawer|box|machine|back|desk)",
    ),
    Phrase(
        rf"\b(?:per|mit|via|uber) (?P<hit>{_MEANS}) (?:zu )?(?:be)?zahl\w*",
        unless=_INSIDE,
    ),
    Phrase(
        rf"\b(?:make|do|need|want|send|request|propose)\b[^;]{{0,15}}? (?P<hit>(?:a |an |the )?{_MEANS}(?: to (?:my|our|your)[ a-z]{{0,20}})?)\b",
        unless=_INSIDE
        + r"|\b(?:wire|crypto)\b[^;]{0,20}\b(?:cutter|brush|rope|mesh|paper|tape|set|wallet|harness|rack|basket|length|shelf|hanger)|\bwire (?:length|cut|size|gauge)",
    ),
    Phrase(
        rf"\b(?P<hit>{_SURE_MEANS} (?:me|you|u|us|it|the|ya|over)\b|wire (?:me|you|u|us|it (?:2|to|over|into)|the (?:money|rest|deposit|balance|amount|\d+)|\d+)\b)",
        unless=SPOKEN_OF,
    ),
    Phrase(
        rf"\b(?P<hit>{_MEANS} (?:only|is (?:fine|ok|okay|best|easier|easiest|quickest|quicker|good|possible)|works|preferred|too|or (?:{_MEANS}|cash)))\b",
        unless=_INSIDE + r"|\b(?:wire|crypto)\b",
    ),
    Phrase(
        rf"\b(?:take|accept|prefer|use|offer|got|have|can do|aceptan?|acepta\w*|acceptez|prenez|nehmen|akzeptieren|accett\w+|aceit\w+|tienen?|teneis|tem|avete|haben)\b[^;]{{0,20}}?(?P<hit>\b{_MEANS}\b(?: only| too)?)",
        unless=_INSIDE + r"|\bwire\b|\bcrypto wallet\b",
    ),
    Phrase(
        rf"\b(?:payment|deposit|refund|money|difference|rest|half|amount|price|fee|balance|\d+ (?:pesos|euros?|reais)|remboursement|zahlung|pago|pagamento|pagamento|rimborso|dinero|dinheiro|geld|argent|soldi|resto|rest)\b[^;]{{0,40}}?\b{_BY} (?P<hit>(?:your |my |our |the |a )?(?:{_MEANS}|wise|{_ACCOUNT} account)\b)",
        unless=_INSIDE,
    ),
    Phrase(
        rf"\b(?P<hit>(?:your|ur) (?:{_ACCOUNT} (?:account(?: details| number)?|details|handle|tag)|iban)|(?:your|my|our|ur) (?:pay ?pal|venmo|zelle|cash ?app|revolut|monzo|cashtag|iban|sort code)(?: (?:account|id|e-?mail|handle|tag|address))?)\b",
        unless=_INSIDE + _REFUNDED,
    ),
    Phrase(
        r"\b(?:(?:su|tu|mi|nuestra|vuestro|votre|ton|mon|notre|ihre?|deine?|meine?|unsere?|il suo|la sua|il mio|le sue|seu|sua|teu|meu|nosso|o seu|a sua|um|una|un|les?|die|le|los|os) (?:iban|rib|clabe|chave pix|pix|bizum|pay ?pal|kontonummer|bankverbindung|kontodaten|coordinate bancarie|coordonnees bancaires|datos bancarios|dados bancarios|nib|numero de cuenta|numero de conta|mb ?way|post ?epay|satispay)|iban [a-z]{2}\d{2})\b",
        unless=_INSIDE + r"|\b(?:automatically|credited|dias|jours|werktage|giorni)\b",
    ),
    Phrase(
        rf"\b(?:mejor|besser|lieber|plutot|meglio|melhor|better|rather) (?:by|per|por|par|con|com|mit|via|tramite) {_MEANS}\b|\b(?:hacer|haga|haz|faire|faites|fare|faccia|fazer|faca|machen sie) (?:un |una |uma |eine |um )?(?:transferencia|virement|bonifico|pix|bizum|uberweisung)\b",
        unless=_INSIDE,
    ),
    Phrase(
        rf"\bbuy\b[^;]{{0,20}}?(?P<hit>{_CARD}\b[^;]{{0,40}}?\b(?:send|give|read|text|show|scratch)\b[^;]{{0,30}}?\b(?:codes?|picture|photo|back|numbers?)\b)",
        unless=_INSIDE,
    ),
    Phrase(
        r"\b(?P<hit>friends (?:and|&|n|'n') family|pay ?pal (?:freunde|amis|amigos|amici|friends))\b",
        unless=r"\b(?:for|with|from|tell|told|among|of|my|our|your|all) (?:my |our |your |all )?friends (?:and|&) family\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|paid|paying|refund|send|give|bring|take|accept|prefer|put|settle|get|leave|deposit)\b[^;]{0,30}?\b(?:in cash|cash (?:in hand|on (?:collection|pick ?up|delivery|the door)|to|when|at|only|with)|cash))\b",
        unless=_INSIDE
        + r"|\bcash (?:register|drawer|box|machine|back|desk|price|crop|flow|tin|tray|advance)|\bpetty cash|\bno cash|prepaid|\bcash (?:payment|on delivery)\b|\bpay (?:on|for) cash\b",
    ),
    Phrase(
        r"\b(?:pag\w+|abon\w+|regl\w+|pay\w+|zahl\w*|bezahl\w*|dar\w*|do|da|devolv\w+|devuelv\w+|rembours\w+|rimbors\w+|reembols\w+|geb\w*|mit|cobr\w+)\b[^;]{0,30}?\b(?P<hit>en efectivo|en metalico|en especes|en liquide|en cash|in bar|bar auf die hand|bargeld|in contanti|contanti|em dinheiro|dinheiro vivo|em especie)\b|\b(?:bar auf die hand|de la main a la main|bar bezahl\w+|barzahlung)\b",
        unless=_INSIDE
        + r"|\b(?:gebuhr|zoll|nachnahme|postbot(?:e|en|in)|brieftrager\w*|carter[oa]|repartidor(?:a|es)?|aduanas?|fact(?:eur|rice)|livreu(?:r|se)|douanes?|postin[oa]|corriere|dogana|carteir[oa]|estafeta|alfandega)\b",
    ),
    Phrase(
        r"\b(?P<hit>cash in hand|cash on (?:collection|pick ?up)|cash in (?:the|an) (?:envelope|parcel|box|letter)|half\b[^;]{0,30}?\bin cash)\b",
        unless=r"\bsaid\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:cash|money|notes?|bank ?notes?|bills?|pounds?|euros?|dollars?|tenner|fiver)\b[^;]{0,30}?\b(?:in|inside|into|under) (?:the|an|your|my|a|next)[^;]{0,15}?(?:envelope|parcel|letter|lid|birthday card))\b",
        unless=r"\b(?:missing|hidden|delivery note|tear)\b",
    ),
    Phrase(
        rf"\b(?:slip|put|tuck|stick|enclose|hide|mail|post)\b[^;]{{0,15}}?(?P<hit>(?:{MONEY}|\d+ (?:dollar|euro|pound)|tenner|fiver|twenty)(?: bank)?(?: ?notes?| bills?)\b[^;]{{0,20}}?\b(?:in|inside|into|with|under|behind)\b)",
        unless=_INSIDE,
    ),
    Phrase(
        rf"\b(?:pay|send|refund|give|mail|settle|compensate|{_PAY})\b[^;]{{0,40}}?\b(?:with|by|via|in|as|of|an?|you|me|mit|par|con|com|en|einem|einen|una?|une|um) (?P<hit>(?:\w+ ){{0,2}}?{_CARD})\b",
        form="unsure",
        unless=_INSIDE
        + rf"|\b{_CARD} (?:message|note|text|greeting|wording)s?\b|\b(?:holders?|box|tin|envelopes?|design|printed|product|listing|bought|amazing)\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|send|transfer|wire|refund|terms)\b[^;]{0,60}?\b(?:to|into|on) (?:my|our|your|the shop'?s|the seller'?s) (?:own )?(?:bank|building society|account at the bank|(?:bank|business|company) account))\b",
        unless=_INSIDE + r"|\b(?:quotation|needn'?t|don'?t)\b",
    ),
    Phrase(
        r"\b(?P<hit>(?:pay|settle|payment|refund|money|terms)\b[^;]{0,60}?\b(?:outside (?:of )?(?:the|this) (?:marketplace|site|platform|app|website|checkout)|off (?:the )?(?:platform|site|marketplace)|without the (?:site|platform|checkout|marketplace)|not (?:through|via|over|by) the (?:site|platform|checkout|marketplace)|privately|directly between us))\b",
        unless=_INSIDE,
    ),
    Phrase(
        r"\b(?:pag\w+|zahl\w+|bezahl\w+|uberweis\w+|rembours\w+|reembols\w+|rimbors\w+|regl\w+)\b[^;]{0,40}?\b(?P<hit>(?:fuera de|al margen de|hors|en dehors d[eu]|ausserhalb|fuori da\w*|por fora d[ao]|fora d[ao])(?: l[ae]| der| des| dieser)? ?(?:plataforma|pagina|web|plate-?forme|site|plattform|seite|piattaforma|sito|amazon|ebay|etsy))\b",
        unless=_INSIDE,
    ),
    Phrase(
        r"\b(?P<hit>(?:by|via|with|per|a|send (?:a|the)) cheques?|cheque (?:in the post|to my|made out)|par cheque|por cheque|con assegno|per scheck)\b",
        unless=_INSIDE + r"|\bcheque ?book",
    ),
)
# Said where a courier takes the money for the marketplace, too; then a buyer only says what was chosen.
_AT_THE_DOOR = r"\b(?P<hit>(?:pay\w*|paid|prefer|take|accept|want|like)\b[^;]{0,20}?\bcash (?:payment|on delivery)|pay (?:on|for) cash)\b"
_OF_THE_COURIER = (
    _INSIDE
    + r"|\b(?:post(?:man|woman|ie)|mail(?:man|woman)|mail carrier|post office)\b|\bcash on delivery (?:fee|charge|cost)s?\b"
)
_ASKED_BY = {
    "seller": Phrase(_AT_THE_DOOR, form="unsure", unless=_OF_THE_COURIER),
    "buyer": Phrase(
        _AT_THE_DOOR,
        form="unsure",
        unless=_OF_THE_COURIER
        + r"|\bi(?:'?d|'?ll| would| will)?(?: (?:rather|just|only|also|like|want|to|do|prefer|pay|in|with|by|on|for|a))* cash\b",
    ),
}


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield offers of and requests for payment or refund outside the checkout."""
    yield from reading.phrases((*_PHRASES, _ASKED_BY[reading.draft.role]))
    yield from reading.hidden("pay")


RULE = Rule(
    id="payment.off_platform",
    title="Payment outside the marketplace",
    since="2026.1",
    source=("S7", "S24", "S49", "S71"),
    why=(
        "Money that does not pass through the marketplace cannot be given back by it. Off-site payment is the "
        "commonest way in which buyers are cheated, and it leaves an honest seller without proof."
    ),
    reasons={
        "plain": "This speaks of paying or refunding outside the marketplace.",
        "unsure": "This may be a payment or refund outside the marketplace.",
    },
    advice="Pay and refund through the order only, and remove the other way of payment.",
    gate=(*_PHRASES, *_ASKED_BY.values(), words_of("pay")),
    find=find,
    flagged=(
        "If it fails on this page, pay me by «PayPal».",
        "Better not on this page, pay me by «PayPal» instead of on the site.",
        "Please pay me by «PayPal» and I ship today.",
        "I'll «Venmo you» the 45 difference",
        "We refund you 12 to «your PayPal account».",
        "i take «zelle» or whatever",
        "A deposit by «bank transfer» is needed before I cut the leather.",
        "Can I «pay in cash» when I collect it?",
        "pay w/ «p a y p a l» pls",
        "same thing with «re volu t», no fee",
        "ok deal, «z3lle»",
        "Puede pagarme por «Bizum».",
        "Je vous rembourse par «virement bancaire».",
        "Wir erstatten Ihnen 20 Euro per «Überweisung».",
        "Il rimborso glielo faccio con «bonifico».",
        "Pode pagar por «MB Way»?",
        "Customs are strict, pay me by «bank transfer».",
        "This card says it all: pay me by «bank transfer».",
        "Don't hesitate to pay by «bank transfer».",
        "N'hésitez pas à payer par «virement bancaire».",
        "Zögern Sie nicht, per «Überweisung» zu zahlen.",
        "Non esiti a pagare con «bonifico».",
        "No se preocupe, pague por «Bizum».",
    ),
    accepted=(
        Example("Can I pay with PayPal on this page?", role="buyer"),
        Example("¿Se puede pagar con PayPal en esta página?", role="buyer"),
        Example("Posso pagare con PostePay al momento dell'ordine?", role="buyer"),
        Example("Vocês aceitam Pix no checkout do site?", role="buyer"),
        Example("Peut-on payer par PayPal sur ce site ?", role="buyer"),
        Example("Kann ich auf dieser Seite mit PayPal bezahlen?", role="buyer"),
        "Sí, puede pagar con PayPal al finalizar la compra.",
        "Ja, Sie können im Bestellvorgang mit PayPal zahlen.",
        Example("¿Puedo pagar con tarjeta regalo en esta página?", role="buyer"),
        Example("Pagué en efectivo al cartero por la aduana.", role="buyer"),
        "We put a gift card message with the parcel as you wished.",
        Example("I paid the cash on delivery fee to the postman.", role="buyer"),
        "I paid with my PayPal card at your checkout.",
        "I can't take a bank transfer, it is against the rules.",
        "The refund goes back to your original payment method.",
        "Is the gift card holder made of leather?",
        "The cash register has a steel drawer.",
        "Please don't send money by PayPal, use the checkout.",
        "No aceptamos pagos por transferencia.",
        "I can refund you through the order, not by PayPal.",
        "Zahlung per PayPal bieten wir nicht an.",
        "El pago por PayPal no lo aceptamos.",
        Example("Ya pagué con PayPal y sigue pendiente.", role="buyer"),
        "Il pagamento con bonifico non lo accettiamo.",
        "O pagamento por PayPal não aceitamos.",
        "Le paiement par virement bancaire n'est pas accepté.",
        "The customs officer wanted to be paid by bank transfer.",
        Example("Did you refund to my card or by PayPal?", role="buyer"),
        "Der Betrag kommt in drei Tagen auf Ihr Bankkonto zurück.",
    ),
    known_miss=("We settle it «with coins that live on computers».",),
)
