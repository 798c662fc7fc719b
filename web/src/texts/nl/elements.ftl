# Wat de elementen zeggen.

## Scanner

scanner-title = Een code scannen
scanner-explains = De camera wordt gebruikt om een code te vinden. Beelden blijven op dit apparaat en worden niet bewaard.
scanner-start = Camera starten
scanner-starting = De camera wordt gestart…
scanner-looking = Houd de code in het kader
scanner-view = Camerabeeld
scanner-stop = Camera stoppen
scanner-torch-on = Licht aan
scanner-torch-off = Licht uit
scanner-other-camera = Andere camera
scanner-other-ways = Zonder camera
scanner-choose-picture = Foto kiezen
scanner-drop = Sleep een foto hierheen
scanner-paste = Plakken
scanner-text = Tekst van een code of link
scanner-use-text = Deze tekst gebruiken
scanner-reading = De foto wordt gelezen…
scanner-read = Er is een code gelezen
scanner-again = Opnieuw proberen

scanner-camera-refused = De camera mag niet worden gebruikt
    .help = Geef in de instellingen van uw browser toestemming voor deze pagina, of kies een foto van de code.
scanner-camera-missing = Er is hier geen camera
    .help = Kies een foto van de code, of plak de tekst ervan.
scanner-camera-busy = De camera is nu niet te gebruiken
    .help = Misschien gebruikt een ander programma de camera. Sluit dat en probeer het opnieuw, of kies een foto van de code.
scanner-camera-lost = De camera is uitgeschakeld
    .help = Start de camera opnieuw, of kies een foto van de code.
scanner-broken = Het lezen werkt nu niet. Probeer het opnieuw, of laad de pagina opnieuw.
scanner-several-codes = Er zijn meerdere codes in beeld. Toon één code tegelijk.
scanner-no-code = In deze foto is geen code gevonden. Probeer een scherpere foto, van dichterbij.
scanner-not-a-picture = Dit bestand kan niet als foto worden gelezen.
scanner-nothing-to-paste = Er is geen foto en geen tekst om te plakken.
scanner-paste-refused = Plakken is hier niet toegestaan. Houd het tekstveld ingedrukt om te plakken.
scanner-too-long = Deze tekst is te lang voor een code.

## Pas

pass-code = Code die de deur scant
pass-next = { $seconds ->
        [one] Nieuwe code over { $seconds } seconde
       *[other] Nieuwe code over { $seconds } seconden
    }
pass-left = { $seconds ->
        [one] Nog { $seconds } seconde geldig
       *[other] Nog { $seconds } seconden geldig
    }
pass-hint = Houd uw scherm voor de scanner en zet het helder.
pass-making = De code wordt gemaakt…
pass-renewed = Er is een nieuwe code
pass-over = De tijd van deze code is voorbij. Scan het scherm opnieuw voor een andere.
pass-specimen = Voorbeeld: geen deur accepteert deze code
pass-failed = De code kon niet worden gemaakt
pass-again = Opnieuw proberen

## Oordeel

verdict-accepted = Geaccepteerd
verdict-refused = Geweigerd
verdict-not-ready = Kan niet controleren
verdict-ageing = De vertrouwenslijst is meer dan een dag oud. Maak binnenkort verbinding met internet.
verdict-entry-first = Eerste keer binnen
verdict-entry-again = Al eerder binnen geweest, en mag weer naar binnen
# Where two passes were shown. $pass: the kind of one, $value: what it says.
verdict-shown = { $pass }: { $value }
verdict-compare = Vergelijk met het identiteitsbewijs
verdict-initial = Voornaam begint met
verdict-month = Geboren in
verdict-close = Volgende

## Toestemming

consent-title = Dit komt de deur te weten
consent-why = Waarom de deur dit vraagt
consent-show = Tonen
consent-cancel = Terug
consent-unknown = Iets wat deze versie van de wallet niet kan uitleggen. Werk de wallet bij voordat u dit toont.
# $organiser: zoals de autoriteit het heeft erkend.
consent-organiser = Gevraagd door { $organiser }, een organisator die de autoriteit heeft erkend
consent-event = Voor het evenement van { DATETIME($day, weekday: "long", day: "numeric", month: "long") }, tot { DATETIME($closes, weekday: "long", hour: "numeric", minute: "numeric") }
consent-one-entry = Wie bij dit evenement een tweede keer toont, wordt herkend en komt niet nog eens binnen. Bij geen enkel ander evenement kan iemand u herkennen.
consent-reentry = Wie bij dit evenement een tweede keer toont, wordt herkend en mag weer naar binnen. Bij geen enkel ander evenement kan iemand u herkennen.
consent-organiser-says = Waarom { $organiser } dit vraagt
consent-screen = Een scherm vraagt dit. Niemand heeft ondertekend van wie het is: antwoord alleen het scherm dat voor u staat. De code geldt alleen voor dit scherm, en één keer.

learns-day = Voor welke dag uw pas is
# $type: the kind of the pass. What it shows follows, a line each.
learns-pass = Dat u een pas van deze soort heeft: { $type }. En daarvan:
learns-admits = Dat u voldoet aan de regel “{ $rule }”
learns-admits-one-way-of-several = Dat u voldoet aan de regel “{ $rule }”, maar niet op welke manier
learns-which-of = Welke van deze uw pas bij “{ $claim }” vermeldt: { $words }
learns-claim = Dat uw pas bij “{ $claim }” dit vermeldt: { $value }
learns-yes = Dat “{ $claim }” op u van toepassing is
learns-no = Dat “{ $claim }” niet op u van toepassing is
learns-hint = De lettergroep van de eerste letter van uw voornaam en uw geboortemaand zonder het jaar, om met uw identiteitsbewijs te vergelijken
learns-this-hint = Van uw identiteitsbewijs, om mee te vergelijken: { $value }
learns-whether = Of “{ $claim }” op u van toepassing is
learns-whatever = Wat uw pas bij “{ $claim }” vermeldt, als er iets staat
learns-one-holder = Dat beide passen van één persoon zijn
learns-pseudonym = Een pseudoniem: bij dit evenement elke keer hetzelfde, bij elk ander evenement een ander
learns-nothing-else = Verder niets

## Taal

language-choose = Taal
