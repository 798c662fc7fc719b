# Wat er misging in een wallet of met een vertrouwenslijst, en wat u kunt doen.

error-internal = Er ging hier iets mis. Er is niets veranderd. Probeer het opnieuw, en meld het als het weer gebeurt.

## Ophalen

error-link-malformed = Dit is geen ophaallink. Scan de code of open de link die u van het laboratorium hebt gekregen.
error-link-without-code = In deze link staat geen code. Typ de korte code en de tweede code die u van het laboratorium hebt gekregen.
error-code-malformed = Dit is geen ophaalcode. Controleer elke letter en elk cijfer.
error-address-malformed = Dit is niet het adres van een laboratorium.
error-declined-code = Deze code geldt niet: er staat een typefout in, hij is te oud of hij is al gebruikt. Controleer de code of vraag het laboratorium om een nieuwe.
error-declined-too-often = Dit is te vaak geprobeerd. Er is niets verloren: probeer het over een paar minuten opnieuw.
error-declined-token = Dat duurde te lang. Probeer het opnieuw.
error-declined-taken-by-another = Een andere wallet heeft met deze code al opgehaald. Was u dat niet zelf, meld het dan meteen bij het laboratorium.
error-declined-denied = Voor dit bewijs komen er geen passen meer: het is ingetrokken of verlopen. Vraag het na bij het laboratorium.
error-declined-nonce = Dat duurde te lang. Probeer het opnieuw.
error-declined-proof = De dienst aanvaardt het bewijs van deze wallet niet. Controleer of de klok van dit apparaat goed staat en probeer het opnieuw.
error-declined-other-list = De dienst gebruikt een andere vertrouwenslijst of een andere dag. Controleer of de klok van dit apparaat goed staat en probeer het over een paar minuten opnieuw.
error-declined-busy = De dienst kan nu niet antwoorden. Er is niets verloren: probeer het later opnieuw.
error-declined-status = De dienst weigert (status { $status }). Probeer het later opnieuw.
error-declined-unreadable = Wat daar antwoordt, is niet de verwachte dienst, of een andere versie ervan.

## Bewijzen en passen die binnenkwamen

error-record-malformed = Wat het laboratorium stuurde, is geen bewijs. Er is niets bewaard: meld het bij het laboratorium.
error-record-not-a-record = Het laboratorium ondertekende met een sleutel die geen bewijzen mag ondertekenen. Er is niets bewaard: meld het bij het laboratorium.
error-record-foreign-claim = Wat het laboratorium stuurde, vermeldt dingen die niet in zo’n bewijs mogen staan. Er is niets bewaard: meld het bij het laboratorium.
error-record-other-type = Het laboratorium stuurde een ander soort bewijs dan het had gezegd. Er is niets van bewaard: meld het bij het laboratorium.
error-record-binding = Wat het laboratorium stuurde, is voor een andere wallet gemaakt. Er is niets bewaard: meld het bij het laboratorium.
error-record-signature = De handtekening van het laboratorium klopt niet. Er is niets bewaard: meld het bij het laboratorium.
error-record-ended = Dit bewijs is verlopen. Vraag het laboratorium om een nieuwe uitslag.
error-passes-malformed = Wat het passenkantoor stuurde, is geen antwoord. Er is niets bewaard: meld het bij de autoriteit.
error-passes-count = Het passenkantoor stuurde een ander aantal passen dan iedereen krijgt. Er is niets bewaard: meld het bij de autoriteit.
error-passes-other-list = Er kwam intussen een nieuwere vertrouwenslijst. Vernieuw opnieuw.
error-passes-missing = Het passenkantoor liet een pas weg voor { DATETIME($day, day: "numeric", month: "long") } waar u recht op hebt. Er is niets bewaard: meld het bij de autoriteit.
error-passes-undue = Het passenkantoor stuurde een pas voor { DATETIME($day, day: "numeric", month: "long") } waar u geen recht op hebt. Er is niets bewaard: meld het bij de autoriteit.
error-passes-signature = De handtekening van het passenkantoor voor { DATETIME($day, day: "numeric", month: "long") } klopt niet. Er is niets bewaard: meld het bij de autoriteit.
error-passes-facts = De gegevens van dit bewijs kunnen niet worden verborgen, daarom wordt er geen pas van gemaakt. Meld het bij het laboratorium.
error-key-unknown = De sleutel van dit bewijs staat niet of niet meer op de lijst van de autoriteit. Vraag het laboratorium om een nieuwe uitslag.
error-key-withdrawn = De autoriteit heeft de sleutel van dit bewijs ingetrokken. Vraag het laboratorium om een nieuwe uitslag.
error-key-not-in-force = De sleutel van dit bewijs geldt vandaag niet. Vraag het laboratorium om een nieuwe uitslag.
error-key-specimen = De sleutel van dit bewijs is alleen om te oefenen.

## Tonen

error-policy-not-in-force = Deuren mogen dit vragen van { DATETIME($first, day: "numeric", month: "long") } tot en met { DATETIME($last, day: "numeric", month: "long") }, en vandaag niet.
error-needs-poster = Hierop antwoordt u alleen waar een poster of een scherm erom vraagt. Scan wat daar wordt getoond.
error-poster-not-certified = Deze poster is niet van een organisator die de autoriteit voor die dag heeft erkend. Er is niets getoond: antwoord er niet op, en meld het ter plaatse.
error-not-this-way = Dit mag niet op deze manier worden gevraagd, daarom wordt er niet op geantwoord. Meld het ter plaatse.
error-split-view = De organisator van deze poster heeft een andere vertrouwenslijst van versie { $version } dan u. Een van beide is vals. Er is niets getoond: meld het bij de autoriteit.
error-organiser-withdrawn = De autoriteit heeft de organisator van deze poster ingetrokken. Er is niets getoond: meld het bij de ingang.
error-poster-not-yet = Deze poster is nog niet geopend. Scan hem opnieuw als de ingang opengaat, of zet de klok van dit apparaat goed.
error-poster-over = Deze poster is gesloten. Scan die van vandaag, of zet de klok van dit apparaat goed.
error-event-not-today = Deze poster is voor { DATETIME($day, day: "numeric", month: "long") }, en niet voor vandaag. Scan die van vandaag.
error-no-poster = Dit is geen poster van een organisator.
error-poster-refused = Deze poster is niet van een organisator die de autoriteit voor die dag heeft erkend. Vraag de organisator om een andere.
error-poster-of-other-list = De organisator van deze poster heeft een andere vertrouwenslijst van versie { $version } dan deze deur. Een van beide is vals. De poster hangt niet: meld het bij de autoriteit.
error-no-pass = Geen van uw passen vermeldt wat er wordt gevraagd. Vernieuw, of haal een uitslag op die dat wel doet.
error-not-today = Uw passen hiervoor zijn niet voor vandaag. Vernieuw met internetverbinding.
error-outdated = De autoriteit vraagt om nieuwe passen. Vernieuw met internetverbinding.
error-no-hint = Deze deur vergelijkt met uw identiteitsbewijs, en op uw pas ontbreekt de aanwijzing daarvoor. Zet die aan en vernieuw; ontbreekt ze dan nog, vraag er dan om bij het laboratorium.
# $type: the kind of the pass that is missing.
error-no-pass-of-two = Er worden twee van uw passen samen gevraagd. Deze ontbreekt, dus er is niets getoond: { $type }. Vernieuw, of haal een uitslag op die de pas geeft.
error-not-today-of-two = Er worden twee van uw passen samen gevraagd. Deze is niet voor vandaag: { $type }. Vernieuw met internetverbinding.
error-outdated-of-two = Er worden twee van uw passen samen gevraagd, en de autoriteit vraagt om een nieuwe van deze soort: { $type }. Vernieuw met internetverbinding.
error-no-hint-of-two = Er worden twee van uw passen samen gevraagd en met uw identiteitsbewijs vergeleken. Op deze ontbreekt de aanwijzing daarvoor: { $type }. Zet die aan en vernieuw; ontbreekt ze dan nog, vraag er dan om bij het laboratorium.
error-policy-unfit = Deze vraag past niet bij het soort pas dat u heeft. Vernieuw; als dat niet helpt, meld het bij de ingang.
error-pass-does-not-hold = Deze pas klopt niet. Vernieuw met internetverbinding.
error-pass-malformed = Deze pas kan niet worden getoond. Vernieuw met internetverbinding.
error-too-much-for-a-code = Dit is te veel voor één code.
error-question-malformed = Dit is niet de vraag van een deur. Scan de code die de deur toont, of kies uit de lijst.
error-question-unknown = Deze vraag staat niet op de vertrouwenslijst van deze wallet. Maak verbinding met internet, zodat de lijst wordt bijgewerkt, of kies uit de lijst.
error-no-such-policy = Deze vraag staat niet meer op de vertrouwenslijst.
error-no-such-record = Dit bewijs is hier niet meer.

## Vertrouwenslijsten

error-trust-too-large = Wat binnenkwam, is te lang voor een vertrouwenslijst. Probeer het later opnieuw.
error-trust-malformed = Wat binnenkwam, is geen vertrouwenslijst. Probeer het later opnieuw.
error-trust-wrong-root = De vertrouwenslijst hoort bij een andere hoofdsleutel. Meld het bij de beheerder van deze pagina.
error-trust-bad-signature = De handtekening van de vertrouwenslijst klopt niet. Probeer het later opnieuw.
error-trust-bad-statement = Een deel van de vertrouwenslijst is niet ondertekend zoals het moet. Meld het bij de autoriteit.
error-trust-delegate-not-in-force = De vertrouwenslijst is ondertekend door iemand die daar toen niet toe bevoegd was. Meld het bij de autoriteit.
error-trust-retired-delegate = De vertrouwenslijst is ondertekend door iemand die intussen is vervangen. Probeer het later opnieuw.
error-trust-inconsistent = De delen van de vertrouwenslijst passen niet bij elkaar. Meld het bij de autoriteit.
error-trust-published-test-key = Op de vertrouwenslijst staat een sleutel die iedereen kent. Meld het bij de autoriteit.
error-trust-older = De vertrouwenslijst die binnenkwam, is versie { $got }; versie { $have } is hier al.
error-trust-fork = Er zijn twee verschillende vertrouwenslijsten van versie { $version } of later in omloop. Meld het bij de autoriteit.
error-trust-issued-earlier = De vertrouwenslijst is een latere versie met een eerdere datum. Meld het bij de autoriteit.
error-trust-missing-withdrawal = In de nieuwere vertrouwenslijst ontbreekt een intrekking. Meld het bij de autoriteit.
error-trust-other-programme = Dit is de vertrouwenslijst van een ander programma.
error-trust-older-programme = De vertrouwenslijst bevat instellingen die al vervangen zijn. Meld het bij de autoriteit.
error-trust-expired = De vertrouwenslijst is verlopen. Maak verbinding met internet, zodat ze wordt bijgewerkt.
error-trust-clock-before-issue = De klok van dit apparaat loopt achter op de vertrouwenslijst. Zet de klok goed.
error-root-malformed = Deze pagina noemt geen geldige hoofdsleutel. Meld het bij de beheerder.
error-root-published = Deze pagina noemt een hoofdsleutel waarmee iedereen kan ondertekenen. Meld het bij de beheerder.
error-source-is-a-file = Deze wallet haalt de vertrouwenslijst uit een bestand, en dat kan een webpagina niet lezen.

## Wat verzegeld is

error-wrong-passphrase-or-damaged = De wachtwoordzin is onjuist, of het bestand is beschadigd.
error-passphrase-empty = Een wachtwoordzin mag niet leeg zijn.
error-passphrase-too-short = Deze wachtwoordzin is te kort: neem ten minste { $shortest } tekens.
error-passphrase-needed = Om dit te openen is een wachtwoordzin nodig.
error-not-sealed = Dit is geen reservekopie van een wallet.
error-sealed-other-version = Dit is met een andere versie gemaakt. Werk deze app bij.
error-sealed-other-kind = Dit bestand is iets anders dan een reservekopie van een wallet.
error-sealed-cut-short = Dit bestand is niet volledig. Kies het hele bestand.
error-sealed-too-long = Dit bestand is te groot voor een wallet.
error-sealed-too-costly = Om dit te openen is meer geheugen nodig dan dit apparaat zou moeten geven. Het is niet met deze app gemaakt.
error-no-memory = Dit apparaat heeft te weinig geheugen vrij. Sluit andere pagina’s en probeer het opnieuw.
error-wallet-malformed = Dit gaat open, maar het is geen wallet van deze versie. Werk deze app bij.
error-key-length = De sleutel van de opslag heeft niet de juiste lengte.

## Opslag van deze browser

error-storage-damaged = Wat deze browser heeft bewaard, is beschadigd. Zet uw reservekopie terug, of begin opnieuw.
error-storage-rolled-back = Er is iets ouders teruggezet in plaats van uw wallet. Zet uw reservekopie terug, of begin opnieuw.
error-storage-unavailable = Deze browser laat de pagina niets bewaren. Verlaat de privémodus of gebruik een andere browser.
error-storage-full = Op dit apparaat is geen ruimte meer. Maak ruimte vrij en probeer het opnieuw: er is niets verloren.

## Instelling en netwerk

error-configuration-missing = Deze pagina is nog niet ingesteld. Meld het bij de beheerder.
error-configuration-wrong = Deze pagina is verkeerd ingesteld ({ $field }). Meld het bij de beheerder.
error-list-missing = De vertrouwenslijst kan nu niet worden opgehaald (status { $status }). Probeer het later opnieuw.
error-unreachable = { $host } is niet bereikbaar. Er is niets verloren: probeer het opnieuw als u online bent.
error-unreadable-reply = Het antwoord is langer dan het mag zijn. Probeer het later opnieuw.
error-wasm-missing = Een deel van deze pagina kon niet worden geladen. Maak verbinding met internet en laad de pagina opnieuw.
