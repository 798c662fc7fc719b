//! People of a population: drawn one by one, or all kinds of them with their exact weights.

use std::collections::BTreeMap;

use bauta_spec::attributes::{Binding, Claim, ClaimName, Claims, CredentialType, Handle, Kind, TypeName, Value};
use bauta_spec::hint::Hint;
use bauta_spec::rules::{Condition, Place, Rule};
use bauta_spec::time::{Day, Month};
use rand_core::Rng;

use super::population::{Band, ByAge, Days, Fact, Population, Record, Spread};

/// A population that was fitted to the credential types, on one day.
pub(super) struct Census<'a> {
    cells: Table<Cell>,
    initials: Option<ByAge<Table<[Hint; 12]>>>,
    held: Vec<Held<'a>>,
}

/// A person, or all of a kind.
pub(super) struct Person<'a, 'c> {
    /// The records, beside their types; none where the person holds none.
    pub(super) records: Vec<(&'a CredentialType, Option<Claims>)>,
    /// Of people of one kind: how their hints are spread. No condition can be about a hint, so it is not what makes kinds; the one that stands
    /// in the records is any.
    pub(super) hints: &'c [(Hint, f64)],
}

/// What of a person makes a difference to somebody: to a rule's conditions, or by being shown as it is.
#[derive(Default)]
pub(super) struct Matter(BTreeMap<(TypeName, ClaimName), Seen>);

#[derive(Default)]
struct Seen {
    conditions: Vec<Condition>,
    as_it_is: bool,
    ends_the_record: bool,
}

/// Why a population cannot be fitted to the types.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A record type that a rule reads and the population leaves out.
    #[error("it says nothing about records of type {0}: add who holds them and what they say")]
    NoRecord(TypeName),
    /// A claim that a rule reads and the population leaves out.
    #[error("it says nothing about {claim} in records of type {record}: add how its values are spread")]
    NoClaim {
        /// The record type.
        record: TypeName,
        /// The claim.
        claim: ClaimName,
    },
    /// A fact that a rule reads of two records of one type.
    #[error(
        "it says what one record of type {record} says, and the rule reads {claim} of two of them: write a rule that reads each fact of one of \
         them only"
    )]
    OneRecord {
        /// The record type.
        record: TypeName,
        /// The claim.
        claim: ClaimName,
    },
    /// A claim that the type does not have, of another kind, or with a word that is not in its vocabulary.
    #[error(
        "records of type {record} cannot say this under {claim}: compare the claim, its kind and its words with the type"
    )]
    Foreign {
        /// The record type.
        record: TypeName,
        /// The claim.
        claim: ClaimName,
    },
}

/// Whom of the population to look at.
#[derive(Clone, Copy)]
pub(super) enum Grain<'m> {
    /// Everybody, with every fact.
    People,
    /// One person for all who differ in nothing that matters.
    Kinds(&'m Matter),
}

/// How one of several is taken. Drawing and counting go through the same description of a person, so they cannot differ.
pub(super) trait Choose {
    fn among<'t, T>(&mut self, table: &'t Table<T>) -> &'t T;
    fn happens(&mut self, share: f64) -> bool;
}

/// Takes by chance.
pub(super) struct Drawn<R>(pub(super) R);

/// Takes every way in turn, and knows how likely it is.
pub(super) struct Walk {
    taken: Vec<(usize, usize)>,
    depth: usize,
    pub(super) weight: f64,
}

impl<'a> Census<'a> {
    pub(super) fn new(
        population: &Population,
        types: &'a [CredentialType],
        day: Day,
        grain: Grain<'_>,
    ) -> Result<Self, Misfit> {
        let fit = Fit { day, grain };
        let latest = |record: &Record| {
            let of_that_name = types.iter().filter(|listed| *listed.name() == record.type_name);
            of_that_name.max_by_key(|listed| listed.layout())
        };
        let known = population.records.iter().filter_map(|record| Some((record, latest(record)?)));
        let held: Vec<Held<'a>> =
            known.map(|(record, listed)| fit.record(record, listed)).collect::<Result<_, Misfit>>()?;
        if let Grain::Kinds(matter) = grain {
            matter.is_described_by(population)?;
        }
        let by_hint = held.iter().flat_map(Held::values).any(|(_, values)| matches!(values, Values::Hint));
        let initials = by_hint.then(|| fit.initials(&population.initials));
        let cells = fit.cells(population, &held, initials.as_ref());
        // Whom nothing is asked about need not be thought of.
        let matters = |held: &Held<'_>| match grain {
            Grain::People => true,
            Grain::Kinds(matter) => matter.reads(held.record_type.name()),
        };
        Ok(Self { cells, initials, held: held.into_iter().filter(matters).collect() })
    }

    /// The next person.
    pub(super) fn person(&self, choose: &mut impl Choose) -> Person<'a, '_> {
        let cell = choose.among(&self.cells);
        let month = usize::from(cell.born.of_year() - 1);
        let hint = match (&self.initials, cell.hints.first()) {
            (_, Some((any, _))) => Some(*any),
            (Some(by_age), None) => Some(choose.among(by_age.at(cell.years))[month]),
            (None, None) => None,
        };
        let mut record = |held: &Held<'a>| {
            let values = choose.happens(*held.share.at(cell.years)).then(|| held.values_of(cell, hint, choose));
            // Every value was checked against its kind when the population was fitted.
            (held.record_type, values.and_then(|values| Claims::new(held.record_type, values).ok()))
        };
        Person { records: self.held.iter().map(&mut record).collect(), hints: &cell.hints }
    }
}

impl Matter {
    /// A condition looks at its claim.
    pub(super) fn decides(&mut self, (record, claim): (&TypeName, &ClaimName), condition: &Condition) {
        self.seen(record, claim).conditions.push(condition.clone());
    }

    /// A claim is shown as it is.
    pub(super) fn shows(&mut self, (record, claim): (&TypeName, &ClaimName)) {
        self.seen(record, claim).as_it_is = true;
    }

    fn seen(&mut self, record: &TypeName, claim: &ClaimName) -> &mut Seen {
        self.0.entry((record.clone(), claim.clone())).or_default()
    }

    /// A rule that has no conditions and shows nothing still asks for a record.
    pub(super) fn asks_for(&mut self, record: &TypeName) {
        if let Ok(valid) = VALID_UNTIL.parse() {
            self.seen(record, &valid).ends_the_record = true;
        }
    }

    fn of(&self, record: &TypeName, claim: &ClaimName) -> Option<&Seen> {
        self.0.get(&(record.clone(), claim.clone()))
    }

    fn reads(&self, record: &TypeName) -> bool {
        self.0.keys().any(|(read, _)| read == record)
    }

    fn is_described_by(&self, population: &Population) -> Result<(), Misfit> {
        for ((record, claim), seen) in &self.0 {
            let described = population.records.iter().find(|described| described.type_name == *record);
            let described = described.ok_or_else(|| Misfit::NoRecord(record.clone()))?;
            let has_claim = described.facts.iter().flat_map(|fact| &fact.claims).any(|(name, _)| name == claim);
            let assumed = claim.as_str() == VALID_UNTIL && seen.conditions.is_empty() && !seen.as_it_is;
            if !has_claim && !assumed {
                return Err(Misfit::NoClaim { record: record.clone(), claim: claim.clone() });
            }
        }
        Ok(())
    }
}

impl Population {
    /// Whether what is said of one record of a type says enough of two, for a rule that reads two of one type.
    pub(super) fn describes_two(&self, rule: &Rule) -> Result<(), Misfit> {
        let [record, other] = rule.from() else { return Ok(()) };
        if record != other {
            return Ok(());
        }
        let described = self.records.iter().filter(|described| described.type_name == *record);
        for fact in described.flat_map(|described| &described.facts) {
            let read = |place: Place| {
                let claims = rule.facts().filter(move |read| read.record == place).map(|read| &read.claim);
                claims.into_iter().find(|claim| fact.claims.iter().any(|(name, _)| name == *claim))
            };
            if let (Some(_), Some(claim)) = (read(Place::First), read(Place::Second)) {
                return Err(Misfit::OneRecord { record: record.clone(), claim: claim.clone() });
            }
        }
        Ok(())
    }
}

impl Seen {
    /// Two values with one signature are the same to everybody on `day`.
    fn signature(&self, value: &Value, day: Day) -> (Vec<bool>, Option<Vec<u8>>) {
        let holds = self.conditions.iter().map(|condition| condition.holds(value, day));
        let not_ended = self.ends_the_record && matches!(value, Value::Day(last) if day <= *last);
        (holds.chain([not_ended]).collect(), self.as_it_is.then(|| value.message()))
    }
}

/// Ends a record. Where a population does not say otherwise, records have not ended.
const VALID_UNTIL: &str = "valid_until";

struct Held<'a> {
    record_type: &'a CredentialType,
    share: ByAge<f64>,
    nothing_known: Vec<Value>,
    facts: Vec<FittedFact>,
}

struct FittedFact {
    share: ByAge<f64>,
    values: Vec<(usize, Values)>,
}

enum Values {
    Hint,
    BirthMonth,
    Of(ByAge<Table<Value>>),
}

impl Held<'_> {
    fn values(&self) -> impl Iterator<Item = &(usize, Values)> {
        self.facts.iter().flat_map(|fact| &fact.values)
    }

    fn values_of(&self, cell: &Cell, hint: Option<Hint>, choose: &mut impl Choose) -> Vec<Value> {
        let mut values = self.nothing_known.clone();
        for fact in &self.facts {
            if choose.happens(*fact.share.at(cell.years)) {
                for (index, spread) in &fact.values {
                    values[*index] = match spread {
                        Values::Hint => hint.map_or(Value::Absent, Value::Hint),
                        Values::BirthMonth => Value::Month(cell.born),
                        Values::Of(by_age) => choose.among(by_age.at(cell.years)).clone(),
                    };
                }
            }
        }
        values
    }
}

/// People who were born in one month.
struct Cell {
    born: Month,
    years: u8,
    /// Of kinds only, and only where hints matter.
    hints: Vec<(Hint, f64)>,
}

/// Fits parts of a population to a type.
struct Fit<'m> {
    day: Day,
    grain: Grain<'m>,
}

impl Fit<'_> {
    fn record<'a>(&self, record: &Record, record_type: &'a CredentialType) -> Result<Held<'a>, Misfit> {
        let nothing_known = record_type.claims().iter().map(|claim| match claim.kind {
            Kind::Handle => Value::Handle(Handle::new([0; Handle::LEN])),
            Kind::Binding => Value::Binding(Binding::new([0; Binding::LEN])),
            Kind::Day if claim.name.as_str() == VALID_UNTIL => Value::Day(self.day),
            _ => Value::Absent,
        });
        let facts = record.facts.iter().map(|fact| self.fact(fact, record_type)).collect::<Result<Vec<_>, Misfit>>()?;
        Ok(Held {
            record_type,
            share: record.held.clone(),
            nothing_known: nothing_known.collect(),
            facts: facts.into_iter().filter(|fact| !fact.values.is_empty()).collect(),
        })
    }

    fn fact(&self, fact: &Fact, record_type: &CredentialType) -> Result<FittedFact, Misfit> {
        let mut values = Vec::new();
        for (name, spread) in &fact.claims {
            let foreign = || Misfit::Foreign { record: record_type.name().clone(), claim: name.clone() };
            let index = record_type.index_of(name.as_str()).ok_or_else(foreign)?;
            let claim = record_type.claim(name.as_str()).ok_or_else(foreign)?;
            let fitted = self.values(spread, claim, record_type.name()).ok_or_else(foreign)?;
            let matters = match self.grain {
                Grain::People => true,
                Grain::Kinds(matter) => matter.of(record_type.name(), name).is_some(),
            };
            if matters {
                values.push((index, fitted));
            }
        }
        Ok(FittedFact { share: fact.share.clone(), values })
    }

    fn values(&self, spread: &Spread, claim: &Claim, record: &TypeName) -> Option<Values> {
        let table = |by_age: ByAge<Option<Vec<(Value, f64)>>>| {
            let merged = by_age.try_map(|items| items.map(|items| self.merged(items, record, &claim.name)).ok_or(()));
            merged.ok().map(Values::Of)
        };
        let code = |word: &str| match &claim.kind {
            Kind::Code(vocabulary) => vocabulary.code_of(word).map(Value::Code),
            _ => None,
        };
        let on = |spread: &[Days], day: fn(Day, u16) -> Day| {
            let evenly = |days: &Days| {
                let weight = days.weight / (f64::from(days.to - days.from) + 1.0);
                (days.from..=days.to).map(move |number| (number, weight)).collect::<Vec<_>>()
            };
            let is_day = matches!(claim.kind, Kind::Day);
            let each = spread.iter().flat_map(evenly).map(|(days, weight)| (Value::Day(day(self.day, days)), weight));
            is_day.then(|| each.collect())
        };
        match (spread, &claim.kind) {
            (Spread::Hint, Kind::Hint) => Some(Values::Hint),
            (Spread::BirthMonth, Kind::Month) => Some(Values::BirthMonth),
            (Spread::WordOfAge(by_age), _) => {
                table(by_age.map(|word: &String| code(word).map(|value| vec![(value, 1.0)])))
            }
            (Spread::Words(by_age), _) => table(by_age.map(|words: &Vec<(String, f64)>| {
                words.iter().map(|(word, weight)| Some((code(word)?, *weight))).collect()
            })),
            (Spread::DaysAgo(by_age), _) => table(by_age.map(|days: &Vec<Days>| on(days, Day::minus))),
            (Spread::DaysAhead(by_age), _) => table(by_age.map(|days: &Vec<Days>| on(days, Day::plus))),
            (Spread::Yes(by_age), Kind::Flag) => {
                table(by_age.map(|yes: &f64| Some(vec![(Value::Flag(true), *yes), (Value::Flag(false), 1.0 - *yes)])))
            }
            _ => None,
        }
    }

    /// Values that are the same to everybody become one.
    fn merged(&self, items: Vec<(Value, f64)>, record: &TypeName, claim: &ClaimName) -> Table<Value> {
        match self.grain {
            Grain::People => Table::new(items),
            Grain::Kinds(matter) => {
                Table::merged(items, |value| matter.of(record, claim).map(|seen| seen.signature(value, self.day)))
            }
        }
    }

    fn initials(&self, by_age: &ByAge<Vec<(char, f64)>>) -> ByAge<Table<[Hint; 12]>> {
        let table = |letters: &Vec<(char, f64)>| {
            let hints = letters.iter().filter_map(|(letter, weight)| Some((hints(*letter)?, *weight))).collect();
            Table::merged(hints, |hints| hints[0])
        };
        by_age.map(table)
    }

    fn cells(
        &self,
        population: &Population,
        held: &[Held<'_>],
        initials: Option<&ByAge<Table<[Hint; 12]>>>,
    ) -> Table<Cell> {
        let today = self.day.month().number();
        let born_in = |band: &Band| {
            let ages = f64::from(band.to - band.from) + 1.0;
            let (years, weight) = (band.from..=band.to, band.weight / ages);
            years.flat_map(move |years| (0..12).map(move |month| (years, month, weight))).collect::<Vec<_>>()
        };
        let cells = population.ages.iter().flat_map(born_in).map(|(years, month, weight)| {
            let born = Month::new(today.saturating_sub(12 * u16::from(years) + month));
            let weight = weight * population.months[usize::from(born.of_year() - 1)];
            (Cell { born, years, hints: Vec::new() }, weight)
        });
        let Grain::Kinds(matter) = self.grain else { return Table::new(cells.collect()) };
        let changes = changes(held, initials);
        let months: Vec<&Seen> = held
            .iter()
            .flat_map(|held| held.values().map(move |values| (held, values)))
            .filter(|(_, (_, values))| matches!(values, Values::BirthMonth))
            .filter_map(|(held, (index, _))| {
                matter.of(held.record_type.name(), &held.record_type.claims().get(*index)?.name)
            })
            .collect();
        let kind = |cell: &Cell| {
            let bracket = changes.partition_point(|change| *change <= cell.years);
            let by_months: Vec<_> =
                months.iter().map(|seen| seen.signature(&Value::Month(cell.born), self.day)).collect();
            (bracket, by_months)
        };
        let mut kinds: BTreeMap<_, Vec<(Cell, f64)>> = BTreeMap::new();
        cells.filter(|(_, weight)| *weight > 0.0).for_each(|cell| kinds.entry(kind(&cell.0)).or_default().push(cell));
        let merged = kinds.into_values().filter_map(|cells| {
            let weight = cells.iter().map(|(_, weight)| weight).sum();
            let hints = initials.map(|initials| spread_hints(&cells, initials)).unwrap_or_default();
            let (any, _) = cells.into_iter().next()?;
            Some((Cell { hints, ..any }, weight))
        });
        Table::new(merged.collect())
    }
}

fn spread_hints(cells: &[(Cell, f64)], initials: &ByAge<Table<[Hint; 12]>>) -> Vec<(Hint, f64)> {
    let mut weights: BTreeMap<Hint, f64> = BTreeMap::new();
    for (cell, weight) in cells {
        for (hints, share) in initials.at(cell.years).shares() {
            *weights.entry(hints[usize::from(cell.born.of_year() - 1)]).or_default() += weight * share;
        }
    }
    let total: f64 = weights.values().sum();
    weights.into_iter().map(|(hint, weight)| (hint, weight / total)).collect()
}

/// The ages at which anything changes that is left.
fn changes(held: &[Held<'_>], initials: Option<&ByAge<Table<[Hint; 12]>>>) -> Vec<u8> {
    let mut changes: Vec<u8> = initials.into_iter().flat_map(ByAge::changes).collect();
    for held in held {
        changes.extend(held.share.changes());
        changes.extend(held.facts.iter().flat_map(|fact| fact.share.changes()));
        for (_, values) in held.values() {
            if let Values::Of(by_age) = values {
                changes.extend(by_age.changes());
            }
        }
    }
    changes.sort_unstable();
    changes.dedup();
    changes
}

fn hints(letter: char) -> Option<[Hint; 12]> {
    let mut hints = [Hint::of(&letter.to_string(), 1).ok()?; 12];
    for (month, hint) in (1..).zip(&mut hints) {
        *hint = Hint::of(&letter.to_string(), month).ok()?;
    }
    Some(hints)
}

/// Things with weights, the sum of which is 1; those of no weight are left out.
pub(super) struct Table<T> {
    items: Vec<T>,
    // Invariant: ascending; at each item the weight of it and of all before it; the last is 1.
    up_to: Vec<f64>,
}

impl<T> Table<T> {
    fn new(weighted: Vec<(T, f64)>) -> Self {
        let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        let (mut items, mut up_to, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (item, weight) in weighted.into_iter().filter(|(_, weight)| *weight > 0.0) {
            sum += weight / total;
            items.push(item);
            up_to.push(sum);
        }
        Self { items, up_to }
    }

    /// The items, each with its own weight.
    fn shares(&self) -> impl Iterator<Item = (&T, f64)> {
        let before = [0.0].into_iter().chain(self.up_to.iter().copied());
        self.items.iter().zip(self.up_to.iter().zip(before).map(|(up_to, before)| up_to - before))
    }

    /// One item for all with the same key.
    fn merged<K: Ord>(weighted: Vec<(T, f64)>, key: impl Fn(&T) -> K) -> Self {
        let mut merged: BTreeMap<K, (T, f64)> = BTreeMap::new();
        for (item, weight) in weighted.into_iter().filter(|(_, weight)| *weight > 0.0) {
            merged.entry(key(&item)).and_modify(|(_, sum)| *sum += weight).or_insert((item, weight));
        }
        Self::new(merged.into_values().collect())
    }
}

impl<R: Rng> Choose for Drawn<R> {
    fn among<'t, T>(&mut self, table: &'t Table<T>) -> &'t T {
        let at = self.fraction();
        let index = table.up_to.partition_point(|up_to| *up_to <= at);
        // The last sum may be a hair below 1.
        &table.items[index.min(table.items.len() - 1)]
    }

    fn happens(&mut self, share: f64) -> bool {
        self.fraction() < share
    }
}

impl<R: Rng> Drawn<R> {
    /// From 0 to just below 1: as many bits as a float has.
    fn fraction(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Walk {
    pub(super) fn begin() -> Self {
        Self { taken: Vec::new(), depth: 0, weight: 1.0 }
    }

    /// To the next way; `false` after the last.
    pub(super) fn advance(&mut self) -> bool {
        while let Some((taken, of)) = self.taken.pop() {
            if taken + 1 < of {
                self.taken.push((taken + 1, of));
                self.depth = 0;
                self.weight = 1.0;
                return true;
            }
        }
        false
    }

    fn take(&mut self, of: usize) -> usize {
        if self.depth == self.taken.len() {
            self.taken.push((0, of));
        }
        let (taken, _) = self.taken[self.depth];
        self.depth += 1;
        taken
    }
}

impl Choose for Walk {
    fn among<'t, T>(&mut self, table: &'t Table<T>) -> &'t T {
        let taken = self.take(table.items.len());
        let before = taken.checked_sub(1).map_or(0.0, |before| table.up_to[before]);
        self.weight *= table.up_to[taken] - before;
        &table.items[taken]
    }

    fn happens(&mut self, share: f64) -> bool {
        if share <= 0.0 || share >= 1.0 {
            return share >= 1.0;
        }
        let happens = self.take(2) == 0;
        self.weight *= if happens { share } else { 1.0 - share };
        happens
    }
}
