# Wat de controlepagina zegt.

choose-title = Wat vraagt deze deur?
choose-help = Kies één keer. De vraag blijft daarna vijf minuten staan, zodat niemand twee vragen krijgt.
choose-none = Op de vertrouwenslijst staat niets dat een deur vandaag mag vragen. Maak verbinding met internet, zodat ze wordt bijgewerkt.
choose-learns = Wat u te weten komt
choose-learns-again = Met een poster ook: of dezelfde gast al eerder bij dit evenement is binnengekomen
choose-open = De deur openen: { $policy }
choose-fresh = Elke bezoeker een nieuwe code tonen: { $policy }
choose-poster = Er hangt een poster bij de ingang: { $policy }
choose-ways-help = Met een nieuwe code op dit scherm, of met de poster van een organisator, scannen bezoekers eerst en tonen dan hun antwoord: kopieën daarvan zijn waardeloos.
keeps-nothing = Dit apparaat bewaart de vertrouwenslijst en uw instellingen. Van wat er wordt gescand, bewaart het niets.

list-fresh = Vertrouwenslijst van { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-amber = Maak binnenkort verbinding met internet: de vertrouwenslijst is meer dan een dag oud. Ze is van { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-red = Maak verbinding met internet: de vertrouwenslijst is verlopen en elke code wordt geweigerd. Ze is van { DATETIME($time, dateStyle: "medium", timeStyle: "short") }

poster-title = De poster bij de ingang
poster-help = Scan de poster van de organisator die hier hangt, of kies de afbeelding of de tekst ervan als bestand. Bezoekers antwoorden daarop, en deze deur neemt alleen die antwoorden aan.
poster-check = Is dit de poster die hier hangt?
poster-organiser = Organisator
poster-day = Dag van het evenement
poster-from = Gaat open
poster-until = Sluit
poster-value-day = { DATETIME($day, weekday: "long", day: "numeric", month: "long") }
poster-value-time = { DATETIME($time, weekday: "long", hour: "numeric", minute: "numeric") }
poster-why = Waarom dit wordt gevraagd
poster-other = Een andere poster
poster-before = Is er bij dit evenement nog niemand binnengelaten, bij geen enkele deur?
poster-before-help = Deze deur onthoudt wie er binnenkwam tot de pagina wordt gesloten, en geen andere deur weet ervan. Wie eerder is binnengelaten, zou hier nog eens binnen kunnen komen.
poster-nobody = Nog niemand: open de deur
poster-somebody = Wel iemand, bij deze deur: ga verder
poster-open = De deur openen

scan-opens-in = { $seconds ->
        [one] Gaat open over { $seconds } seconde
       *[other] Gaat open over { $seconds } seconden
    }. Codes van daarvoor kunnen hier al getoond zijn.
scan-question = De vraag aan bezoekers tonen
scan-question-help = Wie dit met een wallet scant, hoeft de vraag niet te zoeken. Er staat alleen in welke vraag het is.
scan-question-code = Wat deze deur vraagt, om met een wallet te scannen
scan-fresh-help = Bezoekers scannen dit met hun wallet en tonen dan hun antwoord aan de camera. Na elk antwoord, en elke twee minuten, is het een andere code.
scan-fresh-code = Een nieuwe vraag van deze deur, om met één wallet te scannen
scan-fresh-none = De vraag wordt gemaakt…
scan-poster = Poster van { $organiser } voor { DATETIME($day, weekday: "long", day: "numeric", month: "long") }, tot { DATETIME($closes, weekday: "long", hour: "numeric", minute: "numeric") }
scan-mute = Geen geluid
scan-kiosk = Volledig scherm
scan-kiosk-leave = Twee seconden vasthouden om te stoppen
scan-other-question = Iets anders vragen
scan-locked-until = Mogelijk vanaf { DATETIME($time, timeStyle: "short") }
