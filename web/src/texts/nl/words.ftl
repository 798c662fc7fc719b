# Woorden uit ondertekende gegevens, zoals mensen ze zeggen. Een woord dat hier niet staat, verschijnt zoals het in de gegevens staat.

## Kenmerken

claim-tested = getest
claim-tested-on = dag van de test
claim-vaccinated = gevaccineerd
claim-vaccinated-on = dag van de vaccinatie
claim-age-band = leeftijdsgroep
claim-birth-month = geboortemaand
claim-valid-until = geldig tot en met
claim-group = lid van
claim-tier = soort lidmaatschap
claim-over-12 = 12 jaar of ouder
claim-over-16 = 16 jaar of ouder
claim-over-18 = 18 jaar of ouder
claim-over-21 = 21 jaar of ouder
claim-over-65 = 65 jaar of ouder
claim-hint = aanwijzing om met een identiteitsbewijs te vergelijken
claim-admits = regel

## Woorden bij die kenmerken

word-naat = PCR-test of andere NAAT-test
word-rapid-antigen = antigeensneltest
word-mrna = mRNA-vaccin
word-vector = vectorvaccin
word-protein = eiwitvaccin
word-inactivated = geïnactiveerd vaccin
word-0-11 = 0 tot en met 11 jaar
word-12-15 = 12 tot en met 15 jaar
word-16-17 = 16 of 17 jaar
word-18-20 = 18 tot en met 20 jaar
word-21-64 = 21 tot en met 64 jaar
word-65plus = 65 jaar of ouder
word-library = bibliotheek
word-sports-club = sportvereniging
word-student = student
word-basic = basis
word-full = volledig

## Regels en vragen

rule-tested-or-vaccinated = getest of gevaccineerd
rule-vaccinated-and-tested = gevaccineerd en getest
rule-age = leeftijd
rule-health = gezondheid
rule-membership = lidmaatschap
policy-entry = Toegang
policy-entry-and-member = Toegang voor leden
policy-entry-with-hint = Toegang, vergeleken met een identiteitsbewijs
policy-event = Evenement, elke gast één keer
policy-member = Leden
policy-over-18 = 18 jaar of ouder
policy-vaccinated = Gevaccineerd
policy-vaccinated-and-tested = Gevaccineerd en getest

## Soorten bewijzen en passen

type-health-record = Gezondheidsbewijs
type-age-record = Leeftijdsbewijs
type-membership-record = Lidmaatschapsbewijs
type-entry-pass = Toegangspas
type-health-pass = Gezondheidspas
type-age-pass = Leeftijdspas
type-membership-pass = Lidmaatschapspas

## Waarden

value-yes = ja
value-no = nee
value-none = niet vermeld
value-day = { DATETIME($day, day: "numeric", month: "long", year: "numeric") }
value-month = { DATETIME($month, month: "long", year: "numeric") }
value-hint = { $letters }, geboren in { DATETIME($month, month: "long") }
value-month-alone = { DATETIME($month, month: "long") }
