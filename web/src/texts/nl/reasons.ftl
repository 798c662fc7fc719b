# Waarom een deur nee zegt: de reden, en in .help wat u kunt doen.

reason-unreadable = Dit is geen leesbare Bauta-code
    .help = Maak het scherm schoon of helderder en scan opnieuw.
reason-malformed = De code is beschadigd of niet door een Bauta-wallet gemaakt
    .help = Open de pas opnieuw en scan de nieuwe code.
reason-several-codes = Er zijn meerdere codes in beeld
    .help = Toon één code tegelijk.
reason-newer-format = De wallet gebruikt een nieuwer formaat
    .help = Werk deze controle-app bij.
reason-mode-unsupported = Deze controle-app kan dit soort code nog niet lezen
    .help = Toon de pas op een telefoon, en niet op papier.
reason-other-policy = De code is een antwoord op een andere vraag
    .help = Kies in de wallet wat deze deur vraagt.
reason-pass-count = De code toont een ander aantal passen dan deze deur vraagt
    .help = Scan de vraag van deze deur, en toon de nieuwe code.
reason-other-mode = De code antwoordt op een andere manier dan deze deur vraagt
    .help = Scan de code die deze deur toont, en toon de nieuwe.
reason-other-poster = De code is een antwoord op een andere poster
    .help = Scan de poster die hier hangt, en toon de nieuwe code.
reason-other-nonce = De code is geen antwoord op wat dit scherm toont
    .help = Scan het scherm, en toon de nieuwe code.
reason-nonce-used = Op wat het scherm toonde, is al geantwoord
    .help = Scan het scherm opnieuw, en toon de nieuwe code.
reason-nonce-expired = Wat het scherm toonde, is te oud
    .help = Scan wat het nu toont, en toon de nieuwe code.
reason-mode-refused = Een code die alleen wordt getoond, is hier niet genoeg
    .help = Gebruik de manier die hier wordt aangeboden.
reason-policy-not-met = De pas voldoet niet aan wat hier wordt gevraagd
    .help = Toon een pas die wel voldoet.
reason-unknown-key = De uitgever staat niet op de vertrouwenslijst van deze deur
    .help = Maak verbinding met internet, zodat de lijst wordt bijgewerkt. Helpt dat niet, dan is de uitgever niet erkend.
reason-withdrawn = De pas is ingetrokken
    .help = Vernieuw de wallet met internetverbinding en toon de nieuwe pas.
reason-not-in-force = De pas geldt niet op de dag waarvoor hij gemaakt is
    .help = Vernieuw de wallet met internetverbinding en toon de nieuwe pas.
reason-specimen = Dit is een voorbeeld, geen echte pas
    .help = Het is alleen bedoeld om te oefenen.
reason-day-past = De pas is voor een dag die voorbij is
    .help = Vernieuw de wallet met internetverbinding en toon de pas van vandaag.
reason-day-future = De pas is voor een dag die nog moet komen
    .help = Controleer de datum van de telefoon en toon de pas van vandaag.
reason-clock-behind =
    { $minutes ->
        [one] De code is oud, of de klok van de telefoon loopt ongeveer een minuut achter
       *[other] De code is oud, of de klok van de telefoon loopt ongeveer { $minutes } minuten achter
    }
    .help = Maak een nieuwe code. Helpt dat niet, zet dan de klok van de telefoon goed.
reason-clock-ahead =
    { $minutes ->
        [one] De klok van de telefoon loopt ongeveer een minuut voor
       *[other] De klok van de telefoon loopt ongeveer { $minutes } minuten voor
    }
    .help = Zet de klok van de telefoon goed en maak een nieuwe code.
reason-already-shown = Deze code is al eerder getoond
    .help = Maak een nieuwe code in de wallet.
reason-already-entered = Deze gast is al eerder binnengekomen
    .help = Elke gast komt één keer binnen.
reason-proof-invalid = De code klopt niet
    .help = Maak een nieuwe code en scan opnieuw.
reason-just-restarted = Deze deur is net geopend
    .help = De app kan nog niet weten wat eerder is getoond. Scan over ongeveer twee minuten een nieuwe code; als een poster of een scherm de vraag stelt, over ongeveer zes.
reason-memory-full = Deze deur kan niet meer codes onthouden
    .help = Wacht een paar minuten, of open een tweede deur.
reason-poster-not-open = De poster bij deze deur is nu niet geopend
    .help = Hang de poster van vandaag op.
reason-organiser-withdrawn = De autoriteit heeft de organisator van deze poster ingetrokken
    .help = Haal de poster weg en vraag het de autoriteit.
reason-poster-of-other-list = De organisator van deze poster heeft een andere vertrouwenslijst dan deze deur
    .help = Een van beide is vals. Haal de poster weg en meld het bij de autoriteit.
reason-entries-unknown = Deze deur kan niet weten wie er binnenkwam voordat zij startte
    .help = Bevestig dat er niemand was, of laat mensen binnen bij een deur die het weet.
reason-entries-unreachable = De lijst van wie er binnenkwam, antwoordt niet
    .help = Scan opnieuw. Gebeurt het nog eens, kijk dan naar het apparaat waarop de lijst staat.
reason-trust-expired = De vertrouwenslijst van deze deur is verlopen
    .help = Maak verbinding met internet, zodat de lijst wordt bijgewerkt.
reason-clock-before-list = De klok van dit apparaat loopt achter op de vertrouwenslijst
    .help = Zet de klok van dit apparaat goed.
reason-programme-over = Het programma is beëindigd
    .help = Er wordt niets meer gecontroleerd.
reason-policy-withdrawn = Wat deze deur vraagt, geldt vandaag niet
    .help = Kies een andere vraag, of maak verbinding met internet, zodat de vertrouwenslijst wordt bijgewerkt.
reason-internal = De controle is mislukt
    .help = Scan opnieuw. Gebeurt het nog eens, meld het dan.

## Storingen bij het scannen

reason-reader-failed = De code kon niet worden gelezen
    .help = Scan opnieuw.
reason-camera-stalled = De camera geeft geen beeld meer
    .help = De camera wordt opnieuw gestart: toon de code nog een keer.
