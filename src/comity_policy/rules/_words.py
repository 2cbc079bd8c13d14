"""The words that rules share, in English, Spanish, French, German, Italian and Portuguese.

Every name is a piece of a pattern over folded text: lower case, no accents, `ß` read as `ss`.
"""

from __future__ import annotations


def any_of(*pieces: str) -> str:
    """Return one group that matches any of ``pieces``."""
    return f"(?:{'|'.join(pieces)})"


REVIEW = any_of(
    r"reviews?|feed ?backs?|ratings?|testimonials?|write-?ups?",
    r"resenas?|valoraci(?:on|ones)|calificaci(?:on|ones)|opini(?:on|ones)|comentarios?",
    r"avis|evaluations?|commentaires?|temoignages?",
    r"(?:[1-5]-)?(?:produkt|kunden|verkaufer|sterne?-?)?(?:bewertung|rezension)(?:en)?",
    r"recension[ei]|valutazion[ei]",
    r"avaliac(?:ao|oes)|resenhas?|opini(?:ao|oes)",
    r"\x{8bc4}\x{4ef7}|\x{597d}\x{8bc4}",
)
STAR = r"(?:stars?|sterne?n?|estrellas?|etoiles?|stell[ae]|stelline|estrelas?)"
FIVE_STARS = any_of(
    rf"\b(?:5|five|cinco|cinq|funf|cinque)(?:/5)?(?: (?:bright|gold|golden|shiny|full|little|lovely|big|shining))?[ -]{STAR}|\b5stars?",
    r"\bfull (?:marks|stars)\b|\btop marks\b|\bfive out of five\b",
)
LOW_STARS = any_of(
    rf"\b(?:1|2|3|one|two|three|a single|single|un[ae]?|una sola|deux|ein(?:en|em|e|er)?|due|dos|duas|uma)[ -](?:single |lonely |measly )?{STAR}",
    rf"\b[123]{STAR}",
)
GOOD = any_of(
    r"positive|good|great|nice|excellent|glowing|kind|favou?rable|perfect|best|lovely|top|high|higher|better",
    r"positiv[ao]s?|buen[ao]?s?|excelentes?|bonit[ao]s?|favorables?",
    r"positi(?:fs?|ves?)|bon(?:ne)?s?|excellente?s?|meilleure?s?",
    r"positive[nrs]?|gute[nrs]?|tolle[nrs]?|beste[nrs]?",
    r"positiv[aeio]|buon[aeio]?|bell[aeo]|ottim[aeo]|miglior[ei]?",
    r"boas?|bom|bons|melhor(?:es)?|otim[ao]s?",
)
BAD = any_of(
    r"negative|bad|poor|low|lower|critical|unfair|harsh|terrible|awful|horrible|nasty|scathing|worst|unfavou?rable|ugly|damning|angry",
    r"negativ[ao]s?|mal[ao]s?|pesim[ao]s?",
    r"negati(?:fs?|ves?)|mauvaise?s?|assassins?|pires?",
    r"negative[nrs]?|schlechte[nrs]?|miese[nrs]?|vernichtende[nrs]?",
    r"negativ[aeio]|cattiv[aeio]|brutt[aeio]|pessim[aeio]",
    r"mas|mau|ruim|ruins",
)
# What may stand between "your" and "review".
KIND_OF_REVIEW = any_of(
    GOOD,
    BAD,
    LOW_STARS,
    FIVE_STARS,
    r"old|original|recent|first|last|earlier|previous|existing|current|little|public|online|honest|quick|short|neutral",
    r"product|seller|shop|store|amazon|etsy|ebay|google|critical|mixed|entire|\d[ -]?star|full|ersten?|letzten?|alten?",
)
# Writing one: "leave", "write", "post" …
LEAVE = any_of(
    r"leav(?:e|es|ing)|writ(?:e|es|ing)|post(?:s|ing)?|giv(?:e|es|ing)|drop(?:ping)?|complet(?:e|ing)|submit(?:ting)?|publish(?:ing)?|shar(?:e|ing)|add",
    r"dej(?:a|e|ar|as|es|an|en|ad|anos|enos|arnos|adnos|ando)|escrib(?:e|a|ir|es|as|an|irnos|enos|anos|iendo)|pon(?:er|ga|gan|nos|me|ganos|dreis?)|publi(?:ca|que|car|cas|carla)|d(?:a|ar|arnos|anos|enos)",
    r"laiss(?:ez|er|e|es|ant)|ecri(?:re|vez|s|vant)|mett(?:ez|re|ant)|publi(?:ez|er|e)|donn(?:ez|er|e|ant)|post(?:ez|er|e)|deposez|deposer",
    r"schreib(?:e|en|st|t)?|hinterlass(?:e|en|t|est)?|abg(?:e|i)b(?:en|st|t)|geb(?:en|t)|gib|verfass(?:e|en|t)",
    r"lasci(?:a|are|ate|ando|arci|ateci|aci|o|ano)?|scriv(?:i|a|ere|ete|endo|erci)|mett(?:i|a|ere|ete)|pubblic(?:a|are|hi)|d(?:ai|are|arci|acci)",
    r"d[ea](?:r|em)?-nos|deix(?:e|a|ar|em|es|ando|ar-nos|e-nos)|escrev(?:a|er|e|endo)|publi(?:que|car)|post(?:e|ar)|coloqu?[ae]r?",
)
# Changing one; the past only where a wish or a condition stands before it.
CHANGE = any_of(
    r"chang(?:e|ing)|updat(?:e|ing)|edit(?:ing)?|revis(?:e|ing)|amend(?:ing)?|modify(?:ing)?|alter(?:ing)?|correct(?:ing)?|adjust(?:ing)?|rewrit(?:e|ing)|rais(?:e|ing)|upgrad(?:e|ing)|increas(?:e|ing)|improv(?:e|ing)|bump(?:ing)?(?: up)?|reconsider(?:ing)?|re-?think(?:ing)?|revisit(?:ing)?|soften(?:ing)?|replac(?:e|ing)|reverse|lift|kill|fix",
    r"remov(?:e|ing)|delet(?:e|ing)|withdraw(?:ing)?|tak(?:e|ing) (?:down|back|away|off)|retract(?:ing)?|eras(?:e|ing)|pull(?:ing)?(?: down)?|cancel(?:l?ing)?|rescind(?:ing)?|get rid of|drop(?:ping)?",
    r"(?:cambi|modific|actualiz|edit|retir|elimin|borr|quit|revis|reconsider|rectific|suprim)(?:a|e|ar|es|as|an|en|ir|ais|eis|ara|ase|aras|arla|arlo|iera|iese|ando)|modifique[ns]?|rectifique[ns]?|corr[ie](?:ge|ja|gir|jan|jas)|quites?|quiten|quitar",
    r"(?:modifi|chang|retir|supprim|effac|enlev|annul|reconsider|rectifi|rehauss|remont)(?:ez|er|e|es|iez|ant)|corrig(?:ez|er|iez)|revoir|revoyez|mett(?:re|ez) a jour",
    r"(?:ver|ab)?ander(?:n|t|e|st)|losch(?:en|e|t|st)|geloscht|geandert|entfern(?:en|t|e|st)|zuruck(?:zu)?(?:nehmen|ziehen)|zuruckgezogen|anpassen|angepasst|korrigier(?:en|t|e|st)|uberarbeite(?:n|t)?|aktualisier(?:en|t|e|st)|uberdenk(?:en|t|e|st)|(?:he)?rausnehm(?:en|t)|verbesser(?:n|t|e)|nachbesser(?:n|t)",
    r"(?:cambi|modific|aggiorn|elimin|cancell|ritir|riconsider|corregg|rettific)(?:a|are|i|hi|ate|asse|ando|ere|ete|arla|assi)|rimuov(?:i|a|ere|ete|esse)|togli(?:ere|e|a|ete|erla)?|tolga|rived(?:ere|a|i)|migliorar(?:e|la)",
    r"(?:mud|alter|modific|atualiz|edit|retir|apag|elimin|remov|reconsider|melhor|tir)(?:e|a|ar|em|er|es|asse|esse|ando|a-la|ar-la)|remova|modifique|retifique|corrij[ae]|corrigir|exclu(?:a|ir|i)|rever|reveja",
)
YOUR = any_of(
    r"your|ur|yr|the|that|this|it'?s|those|these",
    r"su|sus|tu|tus|vuestr[ao]s?|la|el|esa|ese|esta|las",
    r"votre|vos|ton|tes|cet|cette|l'|le|les|ces",
    r"ihre[nr]?|deine[nr]?|eure|die|diese|den|der",
    r"(?:la |le )?(?:sua|tua|vostra|sue|tue|vostre)|quella|questa|quel",
    r"(?:a |o )?(?:sua|tua|vossa|seu|teu)|essa|aquela|a|o",
)
MONEY = r"(?:(?:[$\x{a3}\x{20ac}]|usd|eur|gbp|r\$) ?\d+(?:[.,]\d+)?|\d+(?:[.,]\d+)? ?(?:[$\x{a3}\x{20ac}%]|(?:usd|eur|gbp|euros?|dollars?|pounds?|quid|bucks|percent|per ?cent|prozent|reais|dolares|por ciento|pour cent|per cento)\b))"
# Something of value, given besides what was bought.
GIFT = any_of(
    MONEY,
    r"(?:\b(?:gift ?cards?|gift codes?|gifts?|presents?|freebies?|freebie|vouchers?|coupons?|cash ?back|cash|money back|discounts?|rebates?|reward\w*|prizes?|prize draw|bonus\w*|store credit|credit|free|for nothing|no cost|no charge|on the house|half price|refund\w*|reimburs\w+|extend\w*|extra (?:year|months?)|\d+ (?:extra |more )?months|(?:longer|double|lifetime|extended) (?:the |your )?(?:guarantee|warranty)|return (?:you )?(?:all |the |your )+money|(?:whole|full) price|raffle|lucky draw|give ?aways?|extra (?:warranty|guarantee)|years? extra|surprise|treat|we pay|paypal|spare|complimentary|store points|points)\b)",
    r"(?:\b(?:regal(?:o|os|amos|aremos|itos?)|gratis|gratuit[ao]s?|descuentos?|cupon(?:es)?|vales?|reembols\w+|tarjetas? regalo|obsequi\w+|sorteos?|detallito|devolve(?:mos|remos)|le devuelvo)\b)",
    r"(?:\b(?:cadeaux?|gratuit(?:e|es|s|ement)?|offert(?:e|es|s)?|offr(?:ons|irons|e)|bons? d'achat|remises?|reductions?|rembours\w+|cartes? cadeau|tirage au sort|surprise)\b)",
    r"(?:\b(?:geschenk\w*|schenken|gutschein\w*|kostenlos\w*|gratis\w*|rabatt\w*|ruckerstatt\w*|erstatt\w*|umsonst|pramie\w*|verlosung|dankeschon|zugabe|guthaben)\b)",
    r"(?:\b(?:regal(?:o|i|iamo|ino|ini)|omaggi[o]?|scont[oi]|buon[oi] (?:sconto|regalo|acquisto|da)|rimbors\w+|premi[o]?|sorpresa)\b)",
    r"(?:\b(?:presentes?|brindes?|oferecemos|oferta|descontos?|cupo(?:m|ns)|vales?|reembols\w+|sorteios?|cashback|mimo)\b)",
    r"\x{7ea2}\x{5305}|\x{8fd4}\x{73b0}",
)
# The marketplace, as people call it while they speak of leaving it.
PLATFORM = any_of(
    r"(?:the |this |that |your |my |our )?(?:big |whole )?(?:market ?place|platform|web ?site|site|app|chat|amazon|etsy|ebay|middle ?m[ae]n|checkout|listing)\b",
    r"(?:la |esta |el |este |del )?(?:plataforma|pagina|web|sitio|mercado|intermediarios?)\b",
    r"(?:la |cette |le |ce |l'|du )?(?:plate-?forme|site|marketplace|appli(?:cation)?|intermediaires?)\b",
    r"(?:der |die |das |den |dem |dieser |diese |diesem |dieses )?(?:plattform|marktplatz\w*|seite|webseite|portals?|verkaufsplattform)\b",
    r"(?:la |questa |il |questo |dalla |dal |della |del |sulla |sul )?(?:piattaforma|sito|intermediari[o]?)\b",
    r"(?:a |esta |o |este |da |desta |do |deste |pela |pelo )?(?:plataforma|site|aplicativo|intermediarios?)\b",
)
# The other side's question or proposal, told again so as to answer it.
ASKED = any_of(
    r"\byou(?:'d| had| have|'ve)? (?:asked|offered|propose|proposed|suggest|suggested|wanted|mention\w*|wrote|said)\b|\bas you ask|\bsince you ask|\byour (?:question|idea|proposal|suggestion|request|offer)\b|\b(?:was|were|been) (?:asked|told|offered)\b|\bis (?:that|this|it) (?:really )?(?:you|from you|real|normal|allowed|true|genuine)\b|\bclaim(?:s|ed|ing)? to be\b|\bpretend\w*",
    r"\b(?:pregunta(?:ba|bas|ste|s)|propuso|propone usted|alguien|(?:me|nos) (?:han? )?(?:pid(?:en|io|ieron|e)|ofreci\w+|dij(?:o|eron)|escribi\w+|llego|llegado)|he recibido|recibi|es (?:verdad|cierto|normal)|no es posible|no esta permitid[oa]|no se (?:puede|permite)|prohibid[oa])\b",
    r"\b(?:vous (?:demandez|proposez|m'avez|avez demande|aviez)|quelqu'un|on m'a|j'ai recu|est-ce (?:vous|normal|vrai)|n'est pas (?:possible|autorise|permis)|ne sont pas (?:possibles|autorises|permis)|interdite?s?)\b",
    r"\b(?:sie (?:fragen|fragten|hatten gefragt|haben gefragt|schlagen|schrieben)|jemand|angeblich|ist das (?:normal|echt|von ihnen|erlaubt)|(?:ist|sind|geht) (?:leider |hier )*nicht (?:moglich|erlaubt|gestattet)|geht (?:leider |hier )*nicht|nicht erlaubt|verboten|untersagt)\b",
    r"\b(?:mi (?:ha|hanno) (?:chiesto|scritto|proposto|offerto|detto)|lei chiede|chiedeva|qualcuno|ho ricevuto|mi e arrivat[oa]|e (?:vero|normale)|non e (?:possibile|consentit[oa]|permess[oa])|vietat[oa])\b",
    r"\b(?:perguntou|propos|alguem|me (?:pediram|mandaram|ofereceram|disseram)|recebi|e verdade|nao e (?:possivel|permitid[oa])|proibid[oa])\b",
)
# A printed text that is spoken about, not said.
PRINTED = r"\b(?:says|saying [\"\']|reads|the prints?|printed|engrav\w*|text (?:for|on|is)|titled?|called|(?:on|onto|for|in|from|of|at|is|was) (?:the|a|my|our|your) (?:book|song|album|film|movie|mug|shirt|t-shirt|print|poster|sticker|sign|card)|wording|topper|lettering|aufdruck|aufschrift|gravur\w*|inscripcion|grabado|texte|gravure|scritta|incisione|gravacao|estampa\w*)\b"
# The same, or words in quotes: what a product or a card says.
SPOKEN_OF = PRINTED + r"|\x{ab} ?[^\x{bb}]{3,80}\x{bb}|\"[^\" ]+ [^\"]{2,80}\""
# A gap inside one clause: words and hyphens, no comma.
NEAR = r"[a-z0-9 '\"/-]"
# People that hatred is aimed at.
PEOPLE = any_of(
    r"wom[ae]n|females?|girls|trans(?:gender)?|gays?|lesbians?|homosexuals?|queers?|blacks?|disabled|muslims?|islam|immigrants?|migrants?|foreigners?|refugees?|jews?|jewish|asians?|mexicans?|indians|arabs?|africans?|gyps(?:y|ies)",
)
# Words quoted so as to object to them.
QUOTED = r"\"[^\"]{3,}\"|(?:^| )'[^']{3,}'(?: |$|[.,!?])|\b(?:calling|call (?:me|people|them|her|him)|called (?:me|us|him|her)|saying|(?:he|she|driver|courier|neighbou?r) (?:said|called|told|shouted|threatened))\b"
