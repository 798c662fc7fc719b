# Wat de walletpagina zegt.

person-first = Mijn wallet
person-restored = Uit een back-up
passphrase = Wachtwoordzin
keep = Behouden

## Begin

start-title = Laat zien dat aan een regel is voldaan, en niets anders
start-lead = Deze wallet bewaart uitslagen van uw laboratorium en toont aan een deur alleen wat die mag vragen.
start-promise-rule = De deur komt te weten dat aan de regel van vandaag is voldaan. Niet uw naam, niet welk laboratorium, niet of het een test of een vaccinatie was.
start-promise-offline = Tonen werkt zonder internet. Niemand hoort waar u naartoe gaat.
start-promise-here = Alles blijft op deze telefoon, verzegeld. Er is geen account.
start-waiting = Er ligt een uitslag voor u klaar. Maak uw wallet aan om hem op te halen.
start-begin = Mijn wallet aanmaken
start-restore = Ik heb een back-up

## Vergrendeld, elders, weg

locked-title = Uw wallet is vergrendeld
locked-open = Ontgrendelen
locked-opening = Wordt ontgrendeld…
locked-forgotten = Ik ben de wachtwoordzin vergeten
locked-forgotten-help = Zonder wachtwoordzin kan niemand de wallet openen. U kunt alles verwijderen en opnieuw beginnen, met een back-up of met nieuwe codes van uw laboratorium.
elsewhere-title = Uw wallet is open in een ander tabblad
elsewhere-help = Slechts één tabblad tegelijk kan hem wijzigen. Sluit het andere, of ga hier verder.
elsewhere-here = Hier verdergaan
gone-title = Alles is verwijderd
gone-help = In deze browser is niets van uw wallet over. Een back-upbestand dat u hebt bewaard, staat nog waar u het hebt neergezet.
gone-again = Opnieuw beginnen
fault-remove-help = U kunt alles uit deze browser verwijderen en opnieuw beginnen, met een back-up of met nieuwe codes van uw laboratorium.

## Overzicht

home-title = Mijn wallet
home-show = Tonen aan een deur
home-collect = Uitslag toevoegen
home-empty = Nog geen uitslagen
home-empty-help = Van uw laboratorium krijgt u een link, een QR-code of een code die u wordt voorgelezen. Daarmee haalt u uw uitslag op.
home-waiting = Er ligt een uitslag voor u klaar
home-waiting-look = Bekijken
home-not-yet = Wachten op uw laboratorium
home-not-yet-help = { $issuer } heeft nog geen uitslag. Deze wallet vraagt er vanzelf opnieuw naar zolang hij open is. Er gaat niets verloren als u hem sluit.
home-not-yet-stop = Niet langer wachten
home-interrupted = Een uitslag is nog niet helemaal hier
home-interrupted-help = De verbinding is onderbroken. Er is niets verloren.
home-go-on = Verdergaan
home-list-ageing = De vertrouwenslijst is meer dan een dag oud. Maak binnenkort verbinding met internet.
home-list-expired = De vertrouwenslijst is verlopen. Maak verbinding met internet, zodat deuren uw passen aanvaarden.
record-passes-until = Klaar om te tonen tot en met { DATETIME($day, weekday: "long", day: "numeric", month: "long") }
record-no-passes = Nog geen passen
record-more = Wat erin staat
record-passes = Passen
record-day = { DATETIME($day, weekday: "short", day: "numeric", month: "short") }
record-pass-together = { $rule } (samen met een andere uitslag van u)
record-valid-until = tot en met { DATETIME($day, day: "numeric", month: "long", year: "numeric") }
record-renew = Nu passen ophalen

## Ophalen

collect-title = Uitslag toevoegen
collect-scan = Scan de QR-code die u van uw laboratorium hebt gekregen, of plak de link.
collect-spoken = Ik heb een code die is voorgelezen
collect-issuer = Uw laboratorium
collect-code = Code
collect-code-help = Acht letters en cijfers, zoals 7XK4-M2PQ
collect-factor = Tweede code
collect-factor-help = Die kwam langs een andere weg, bijvoorbeeld in een bericht
collect-go = Ophalen
collect-confirm-title = Er ligt een uitslag voor u klaar
collect-confirm = Hij komt van { $issuer }. Zodra hij hier is, wist het laboratorium hem.
collect-confirm-for = Hij wordt bewaard in de wallet “{ $person }”.
collect-unknown-issuer = Deze link leidt niet naar een laboratorium van dit programma. Er is niets verstuurd. Vraag uw laboratorium om een nieuwe link.
collect-drop = Nu niet, link weggooien
collect-collecting = Uw uitslag wordt opgehaald…
collect-renewing = Uw passen worden opgehaald…
collect-done = Uw uitslag is hier
collect-done-help = Uw passen zijn klaar. Nieuwe komen vanzelf zolang de wallet open is.
collect-done-without-passes = Uw uitslag is veilig in deze wallet. De passen konden nu niet worden opgehaald; dat wordt vanzelf opnieuw geprobeerd.
collect-not-yet = Uw laboratorium heeft nog geen uitslag
collect-not-yet-help = Deze wallet bewaart uw code en vraagt vanzelf opnieuw zolang hij open is. U kunt hem sluiten en later terugkomen.
collect-home = Naar mijn wallet

## Tonen

doors-title = Wat vraagt de deur?
doors-help = Kies wat er bij de deur staat. U ziet wat die te weten komt voordat u iets toont.
doors-none = Er is nu niets dat u kunt tonen.
doors-scan = Een poster of een scherm scannen
doors-scan-help = Bij sommige ingangen vraagt een poster of een scherm. Scan het: u ziet wie het vraagt en wat de deur te weten komt, voordat u iets toont.
doors-others = Wat u nu niet kunt tonen
doors-renew = Nieuwe passen ophalen
show-title = Tonen aan een deur
show-done = Klaar
show-scan-again = Het scherm opnieuw scannen

## Instellingen

settings-title = Instellingen
settings-people = Mensen op deze telefoon
settings-records = Uitslagen en aanwijzing
settings-passphrase = Wachtwoordzin
settings-backup = Back-up
settings-about = Over deze wallet

people-help = Iedereen heeft een eigen wallet. De namen zijn voor u: ze verlaten deze telefoon nooit.
people-here = (open)
people-choose = { $person } openen
people-name = Naam
people-save = Opslaan
people-add = Iemand toevoegen
people-rename = { $person } hernoemen
people-remove = { $person } verwijderen
people-remove-sure = De wallet “{ $person }” wordt met alle uitslagen verwijderd. Dit kan niet ongedaan worden gemaakt.

records-none = Nog geen uitslagen.
records-forget = { $record } verwijderen
records-forget-sure = { $record } wordt met de passen verwijderd, ook die er samen met een andere uitslag waren. Dit kan niet ongedaan worden gemaakt; uw laboratorium heeft ze niet meer.
records-hint = Op mijn passen staat de aanwijzing
records-hint-help = Een groep letters met uw eerste voorletter en uw geboortemaand, voor deuren die dat met een identiteitsbewijs vergelijken. Het passenkantoor ziet die ook.

passphrase-help = Zonder wachtwoordzin opent de wallet voor wie deze browser kan gebruiken. Met een wachtwoordzin gaat hij ook op slot als u er vijf minuten niet naar kijkt.
passphrase-rule = Ten minste 8 tekens. Niemand kan hem herstellen.
passphrase-new = Nieuwe wachtwoordzin
passphrase-change = Nieuwe wachtwoordzin in plaats van de huidige
passphrase-again = Nog een keer dezelfde
passphrase-set = Wachtwoordzin instellen
passphrase-set-done = De wachtwoordzin is ingesteld.
passphrase-remove = Wachtwoordzin verwijderen
passphrase-removed = De wachtwoordzin is verwijderd.
passphrase-lock-now = Nu vergrendelen

backup-help = Een back-up is een verzegeld bestand van de wallet die open is. Bewaar het niet op deze telefoon, en de wachtwoordzin op weer een andere plek.
backup-passphrase = Wachtwoordzin van de back-up
backup-save = Back-up bewaren
backup-running = De back-up wordt verzegeld…
backup-saved = De back-up is aan uw browser gegeven om te bewaren.
restore-title = Een back-up terugzetten
restore-adds = De back-up wordt een extra wallet op deze telefoon.
restore-file = Back-upbestand
restore-passphrase = Wachtwoordzin van de back-up
restore-go = Terugzetten
restore-running = De back-up wordt geopend…
restore-done = De back-up is teruggezet en die wallet is open.

about-programme = Programma
about-list = Vertrouwenslijst
about-list-of = Nummer { $version }, van { DATETIME($time, dateStyle: "medium", timeStyle: "short") }
about-kept = Deze browser bewaart uw uitslagen, passen en de namen hierboven, verzegeld. Verder niets.
about-sent = Verstuurd worden: uw code aan het laboratorium als u ophaalt; de uitslag aan het passenkantoor als er passen worden opgehaald. Als u toont, wordt er niets verstuurd.

remove-everything = Alles verwijderen
remove-sure = Alle wallets op deze telefoon worden verwijderd: uitslagen, passen, namen en sleutels. Dit kan niet ongedaan worden gemaakt.
remove-yes = Ja, verwijderen

error-passphrase-differs = De twee wachtwoordzinnen zijn niet gelijk.
