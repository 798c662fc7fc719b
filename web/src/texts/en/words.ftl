# Words that stand in signed data, as people say them. A word that is not here shows as it stands in the data.

## Claims

claim-tested = tested
claim-tested-on = day of the test
claim-vaccinated = vaccinated
claim-vaccinated-on = day of the vaccination
claim-age-band = age group
claim-birth-month = month of birth
claim-valid-until = valid until
claim-group = member of
claim-tier = kind of membership
claim-over-12 = 12 or older
claim-over-16 = 16 or older
claim-over-18 = 18 or older
claim-over-21 = 21 or older
claim-over-65 = 65 or older
claim-hint = hint for comparing with an ID card
claim-admits = rule

## Words of their vocabularies

word-naat = PCR or another NAAT test
word-rapid-antigen = rapid antigen test
word-mrna = mRNA vaccine
word-vector = vector vaccine
word-protein = protein vaccine
word-inactivated = inactivated vaccine
word-0-11 = 0 to 11
word-12-15 = 12 to 15
word-16-17 = 16 or 17
word-18-20 = 18 to 20
word-21-64 = 21 to 64
word-65plus = 65 or older
word-library = library
word-sports-club = sports club
word-student = student
word-basic = basic
word-full = full

## Rules and policies

rule-tested-or-vaccinated = tested or vaccinated
rule-vaccinated-and-tested = vaccinated and tested
rule-age = age
rule-health = health
rule-membership = membership
policy-entry = Entry
policy-entry-and-member = Entry for members
policy-entry-with-hint = Entry, compared with an ID card
policy-event = Event, each guest once
policy-member = Members
policy-over-18 = 18 or older
policy-vaccinated = Vaccinated
policy-vaccinated-and-tested = Vaccinated and tested

## Kinds of records and passes

type-health-record = Health record
type-age-record = Age record
type-membership-record = Membership record
type-entry-pass = Entry pass
type-health-pass = Health pass
type-age-pass = Age pass
type-membership-pass = Membership pass

## Values

value-yes = yes
value-no = no
value-none = not stated
value-day = { DATETIME($day, day: "numeric", month: "long", year: "numeric") }
value-month = { DATETIME($month, month: "long", year: "numeric") }
# $letters: one, two or three Latin letters. $month: a month of birth, without a year.
value-hint = { $letters }, born in { DATETIME($month, month: "long") }
value-month-alone = { DATETIME($month, month: "long") }
