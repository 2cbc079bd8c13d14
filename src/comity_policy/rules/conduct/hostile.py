"""conduct.hostile: sneering, blaming or shouting at a buyer (sellers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity_policy.model import Rule, Span
from comity_policy.reading import Phrase, Reading

_PHRASES = (
    # Telling somebody off for not reading, thinking or looking.
    Phrase(
        r"\b(?:learn (?:how )?to read|didn'?t (?:even )?bother to|(?:can'?t|cannot|can|do|did|don'?t) you (?:even |actually |ever )+(?:read|look|think|know|listen)|(?:did|do|can) you (?:not |n't )?(?:bother|bothered) to read|if you (?:had|'d) (?:bothered|taken the time|actually read|read (?:it|the|properly))|had you (?:bothered|actually|read)|next time,? (?:try reading|read (?:the|before|properly))|try reading|reading (?:is|helps)|use your (?:eyes|brain|head)|open your eyes|do your (?:homework|research)|it'?s written (?:right there )?in (?:plain|big|bold)|which part of|what part of|how many times (?:do|must|should|have)|for the (?:last|third|fourth|fifth|tenth|hundredth|umpteenth) time)\b"
    ),
    # Out of patience with somebody.
    Phrase(
        r"\b(?:i'?m|we'?re|i am|we are) (?:so |really |just |getting )*(?:done|tired|sick|fed up|finished)(?: and tired)?(?: of| with)? (?:explaining|your (?:\w+ )?(?:complaints?|messages|moaning|whining|excuses|questions|nonsense|attitude)|repeating|you\b|people like|hearing)|\bstop (?:blaming|accusing|lying|pretending)\b|^\W*(?:oh,? )?(?:no,? |not |great,? )?you again\W*(?:$|what)|\bread (?:the|your) (?:damn |bloody |f\w+ )?(?:manual|instructions|description|listing)\b\W*(?:!|before (?:you )?(?:complain|writ|moan|ask))|\bread\. the\b|\bhold your hand\b|\b(?:better|other) things to do than\b|\b(?:you(?:'re| are)|u r) (?:just |only )*(?:clearly |obviously )(?:just |only )*(?:looking for|after|trying|fishing for|wanting)\b|\bwhat did you do,? (?:drop|throw|run|put|sit|use|leave|wash|drown)\b|\b(?:drop|throw) it in (?:the|a) (?:river|lake|bath|bin)\?|\bless of a pain\b|\bcheapest customers?\b|\bsince you (?:clearly|obviously|apparently) (?:can'?t|cannot|don'?t|didn'?t)\b|\bbefore you (?:start )?(?:complain|whine|moan|accuse)\w*\b",
        unless=r"\b(?:sorry|thank\w*|please read)\b",
        refusable=False,
    ),
    # The same in the other languages.
    Phrase(
        r"\b(?:lesen sie (?:doch |bitte |erst |mal |endlich |gefalligst )*(?:gefalligst|endlich|erst mal)|gefalligst|(?:zwei|drei|vier|funf|zehn)mal (?:erklart|geschrieben|gesagt)|was (?:genau )?verstehen sie (?:daran |denn |eigentlich )*nicht|schon wieder sie|haben sie nichts besseres zu tun|sie (?:wollen|suchen) (?:doch )?nur (?:etwas )?(?:umsonst|geld)|ein minimum an verstand|wer lesen kann)\b|\b(?:minimo di cervello|niente di meglio da fare|ancora lei|di nuovo lei|le istruzioni si leggono|legga le istruzioni prima|gliel'ho (?:gia )?(?:detto|spiegato|scritto) (?:\w+ )?volte|quante volte|si svegli|le ho gia (?:detto|spiegato) (?:tre|due|mille))\b|\b(?:que pereza de|increible la gente|compra lo mas barato|otra vez usted|usted otra vez|no tiene nada mejor que hacer|ya se lo (?:dije|explique|he dicho|he explicado) (?:\w+ )?veces|lea (?:bien )?(?:antes|la descripcion)(?: de (?:comprar|quejarse|escribir))|un minimo de cerebro|a ver si aprende)\b|\b(?:encore vous|vous n'avez rien de mieux a faire|je vous l'ai (?:deja )?(?:dit|explique) (?:\w+ )?fois|un minimum de (?:cervelle|jugeote|bon sens)|lisez (?:donc )?(?:la description|la notice|l'annonce) avant|encore une fois,? lisez|vous le faites expres|quand on ne sait pas lire|faut savoir lire)\b|\b(?:voce de novo|outra vez a senhora|outra vez o senhor|nao tem nada melhor (?:para|pra) fazer|ja (?:lhe |te )?(?:disse|expliquei) (?:\w+ )?vezes|um minimo de cerebro|leia (?:bem )?(?:a descricao|antes|o anuncio)(?: de| antes)|aprenda a)\b",
        refusable=False,
    ),
    # Blame.
    Phrase(
        r"\b(?:(?:it'?s|it is|this is|that'?s|that is|is|was) (?:entirely |completely |all |clearly |obviously |100% )?(?:your (?:own )?(?:fault|mistake|problem|doing|stupidity)|on you\b)|you(?:'ve)? (?:only )?(?:got|have) (?:only )?yourself to blame|(?:you )?(?:should|could) have (?:thought of that|known better|read)|not (?:my|our) (?:problem|fault)|you(?:'ve| have)? (?:obviously|clearly) (?:broke|broken|did|didn'?t|don'?t|never|have no|can'?t|damaged|dropped|misused)|user error|you people (?:always|never|are|just)|people like you|customers? like you|buyers? like you)\b",
        unless=r"\b(?:love|appreciate|thank\w*|great|wonderful|glad|grateful|need more)\b",
        refusable=False,
    ),
    # Sneering.
    Phrase(
        r"\b(?:congratulations,? you|well done,? you|(?:not|isn'?t|it'?s not) (?:exactly )?rocket science|even a (?:child|toddler|monkey|\w+[ -]year[ -]old)|any (?:idiot|fool|normal person|sane person)|like a normal person|nobody else (?:has )?complain\w*|no one else (?:has )?complain\w*|everyone else (?:manages|managed|can|seems)|you'?re the (?:only|first) (?:one|person|customer|buyer) (?:who|that|to)|what (?:did|do) you expect (?:for|at)|get (?:over it|a life)|grow up|(?:please|just|you (?:should|need to)|kindly) calm down|calm yourself|stop (?:whining|moaning|crying|wasting|pestering|bothering|harassing|complaining)|wast(?:e|ing) (?:my|our) time|don'?t be (?:ridiculous|silly|so|childish|dramatic)|are you (?:serious|joking|kidding)\?|seriously\?|give me a break|boo hoo|cry me|spare (?:me|us) (?:the|your)|how (?:hard|difficult) can it be|oh please|(?:some of us|i) have better things to do|i don'?t care (?:what|if|how|about)|suit yourself|take it or leave it|deal with it|tough luck|whatever you say|good luck with that)\b",
        unless=r"\b(?:children can|pleasure|we also)\b",
        refusable=False,
    ),
    # Calling the other side a liar without the word.
    Phrase(
        r"\b(?:(?:your|this|that) (?:little |sob |so-called |made-up )+(?:story|stories|tale|problem|complaint)|(?:nice|funny|good) (?:try|story)|you(?:'re| are) (?:just |only |obviously |clearly )*(?:lying|making (?:it|this|that) up|trying (?:to scam|it on|to get (?:a|it) (?:free|for free))|being (?:difficult|ridiculous|unreasonable|dramatic|childish))|stop lying|we (?:all )?know (?:your|that) (?:kind|type|game|trick)|another one who|professional (?:complainer|victim|returner))\b",
        refusable=False,
    ),
    # The same in other languages.
    Phrase(
        r"\b(?:(?:aprenda|aprende) a leer|supiera leer|si (?:hubiera|se hubiera|usted hubiera) (?:leido|molestado|mirado)|(?:no )?sabe(?:s)? (?:usted )?leer|es (?:solo )?(?:su|tu) (?:propia )?culpa|no es (?:mi|nuestro) problema|problema suyo|no nos haga perder|(?:me |nos )?(?:hace|haces|haciendo) perder el tiempo|calmese|calmate|hasta un nino|cuantas veces|madure|deje de (?:quejarse|molestar|lloriquear)|que esperaba por|gente como (?:usted|tu))\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?:apprenez a lire|si vous aviez (?:lu|pris la peine)|avant de vous plaindre|(?:savez|sais)[ -](?:vous|tu) lire|c'est (?:de )?(?:votre|ta) (?:propre )?faute|(?:pas|plus) (?:mon|notre) probleme|perdre (?:mon|notre) temps|calmez-vous|meme un enfant|combien de fois (?:faut|dois|devons)|arretez de (?:vous plaindre|pleurnicher|mentir)|vous vous attendiez a quoi|les gens comme vous|vous n'avez (?:qu'a|pas lu))\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?:lernen sie (?:erst ?mal )?(?:zu )?lesen|lesen (?:kann|konnen|hilft|bildet|musste man)|(?:konnen|kannst) (?:sie|du) (?:nicht|uberhaupt|denn) (?:nicht )?lesen|(?:wenn|hatten) sie (?:die beschreibung |das |richtig |vorher )*gelesen|(?:ihre|deine) eigene schuld|selbst schuld|selber schuld|nicht (?:mein|unser) problem|ihr problem|(?:stehlen|rauben|verschwenden) (?:sie|uns|mir|unsere|meine)|meine zeit|jedes kind|wie oft (?:soll|muss|noch)|was (?:erwarten sie|haben sie erwartet)|leute wie sie|kunden wie sie|beruhigen sie sich|regen sie sich ab|horen sie auf zu)\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?:impari a leggere|sapesse leggere|se (?:lei )?avesse letto|(?:non )?sa(?:i)? leggere|e (?:solo )?colpa (?:sua|tua)|non e (?:un )?(?:mio|nostro) problema|problema suo|perdere (?:altro )?tempo|si calmi|anche un bambino|quante volte (?:devo|dobbiamo)|la smetta|smettila|cosa si aspettava|gente come lei|clienti come lei)\b",
        refusable=False,
    ),
    Phrase(
        r"\b(?:aprenda a ler|soubesse ler|se (?:a senhora |o senhor |voce )?tivesse lido|(?:nao )?sabe ler|a culpa e (?:so )?(?:sua|tua)|(?:nao e|o) problema (?:meu|nosso|seu)|perder (?:o (?:meu|nosso) )?tempo|acalme-se|se acalme|ate uma crianca|quantas vezes (?:tenho|preciso|temos)|pare de (?:reclamar|chorar|mentir)|o que (?:e que )?esperava|gente como voce|clientes como voce)\b",
        refusable=False,
    ),
)


def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterator[Span]:  # noqa: ARG001
    """Yield blame, sneers and telling off."""
    yield from reading.phrases(_PHRASES)


RULE = Rule(
    id="conduct.hostile",
    title="Hostile tone",
    since="2026.2",
    source=("S1", "S25", "S29"),
    why=(
        "A dispute is settled by a calm tone and an offer. A sneer or a blame makes a claim out of a question, and "
        "it is what the marketplace reads when it decides."
    ),
    reasons={
        "plain": "This may sound as if you blame or mock the buyer.",
        "unsure": "This may sound hostile.",
    },
    advice="Say what you can do now: refund, replacement, or what you still need to know.",
    gate=_PHRASES,
    find=find,
    flagged=(
        "«Learn to read», the size is in the listing.",
        "It broke and «it's your own fault».",
        "Please «stop wasting» our time.",
        "«For the last time», it fits.",
        "«Nobody else complained» about it.",
        "«I'm done explaining» this to you.",
        "«Stop blaming» us.",
        "«What did you do, drop» it?",
        "«Lesen Sie gefälligst» die Anleitung.",
        "«No es nuestro problema».",
        "«Apprenez à lire».",
        "Das ist «Ihr Problem».",
        "«Impari a leggere».",
        "«Aprenda a ler».",
    ),
    accepted=(
        "I am sorry it broke. That was our fault.",
        "Could you read the number on the label for me?",
        "It is not your fault, the label was wrong.",
        "Calm colours, and the fabric is easy to wash.",
        "Sorry for the wait, the courier lost it.",
        "Please read the manual first, page 3 shows the valve.",
        "You can stop the timer with the left button.",
        "Bitte lesen Sie die Nummer auf dem Etikett vor.",
    ),
    known_miss=("How fascinating, «a towel that should not get wet».",),
)
