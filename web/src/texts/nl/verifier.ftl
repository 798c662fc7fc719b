# Wat de controlepagina zegt.

choose-title = Wat vraagt deze deur?
choose-help = Kies één keer. De vraag blijft daarna vijf minuten staan, zodat niemand twee vragen krijgt.
choose-none = Op de vertrouwenslijst staat niets dat een deur vandaag mag vragen. Maak verbinding met internet, zodat ze wordt bijgewerkt.
choose-learns = Wat u te weten komt
choose-open = De deur openen: { $policy }
keeps-nothing = Dit apparaat bewaart de vertrouwenslijst en uw instellingen. Van wat er wordt gescand, bewaart het niets.

list-fresh = Vertrouwenslijst van { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-amber = Maak binnenkort verbinding met internet: de vertrouwenslijst is meer dan een dag oud. Ze is van { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
list-red = Maak verbinding met internet: de vertrouwenslijst is verlopen en elke code wordt geweigerd. Ze is van { DATETIME($time, dateStyle: "medium", timeStyle: "short") }

scan-opens-in = { $seconds ->
        [one] Gaat open over { $seconds } seconde
       *[other] Gaat open over { $seconds } seconden
    }. Codes van daarvoor kunnen hier al getoond zijn.
scan-question = De vraag aan bezoekers tonen
scan-question-help = Wie dit met een wallet scant, hoeft de vraag niet te zoeken. Er staat alleen in welke vraag het is.
scan-question-code = Wat deze deur vraagt, om met een wallet te scannen
scan-mute = Geen geluid
scan-kiosk = Volledig scherm
scan-kiosk-leave = Twee seconden vasthouden om te stoppen
scan-other-question = Iets anders vragen
scan-locked-until = Mogelijk vanaf { DATETIME($time, timeStyle: "short") }
