//! The wallet for a page in a browser: conversions, and no decision. What goes out is JSON of [`crate::view`], what is thrown is the
//! JSON of a [`Problem`]; `web/src/wallet.ts` gives both their types.
//!
//! Clock readings come in as seconds since 1970. Randomness is the browser's.

use bauta_spec::Problem;
use bauta_spec::attributes::TypeName;
use bauta_spec::issuance::{IssuerUrl, Offer};
use bauta_spec::qr::Picture;
use bauta_spec::sealed::{self, Cost, Passphrase};
use bauta_spec::time::Moment;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::errand::{self, Pickup};
use crate::exchange::{Body, Call, Reply};
use crate::present::{self, LastShown, choose};
use crate::renew::{self, HintWish};
use crate::task::{Outcome, Save, Task};
use crate::vault::{Source, Vault};

type Thrown<T> = Result<T, JsValue>;

/// What a page's storage is sealed under.
#[wasm_bindgen]
pub struct StorageKey(sealed::StorageKey);

#[wasm_bindgen]
impl StorageKey {
    /// From 32 random bytes.
    pub fn from(bytes: &[u8]) -> Thrown<Self> {
        let bytes = bytes.try_into().map_err(|_| thrown(Problem::new("key_length")))?;
        Ok(Self(sealed::StorageKey::new(bytes)))
    }

    /// The key sealed under a passphrase, for a person who wants one.
    pub fn lock(&self, passphrase: String) -> Thrown<Vec<u8>> {
        let passphrase = Passphrase::typed(passphrase).for_a_new_file().map_err(thrown)?;
        self.0.lock(passphrase.bytes(), Cost::recommended(), &mut rng()).map_err(thrown)
    }

    /// The 32 bytes that were locked.
    pub fn unlock(locked: &[u8], passphrase: String) -> Thrown<Vec<u8>> {
        let key = sealed::StorageKey::unlock(locked, Passphrase::typed(passphrase).bytes()).map_err(thrown)?;
        Ok(key.expose().to_vec())
    }
}

/// One person's wallet.
#[wasm_bindgen]
pub struct Wallet {
    vault: Vault,
    /// A screen shows one pass minute after minute: its signature is verified once.
    last: LastShown,
}

#[wasm_bindgen]
impl Wallet {
    /// A new one. `root` is the authority's key in hexadecimal, `list` a current trust list, `source` where newer ones come from.
    pub fn create(root: &str, list: &[u8], source: &str, now: f64) -> Thrown<Self> {
        let root = root.parse().map_err(|_| thrown(Problem::new("root_malformed")))?;
        let source = Source::Url(address(source)?);
        Vault::new(root, source, list, moment(now), &mut rng()).map(Self::of).map_err(thrown)
    }

    /// Opens what [`Wallet::seal`] gave.
    pub fn open(sealed: &[u8], key: &StorageKey) -> Thrown<Self> {
        Vault::open_with(&key.0, sealed).map(Self::of).map_err(thrown)
    }

    /// The wallet as it is to be kept. Save after every change, and before the next call is sent.
    pub fn seal(&mut self, key: &StorageKey) -> Thrown<Vec<u8>> {
        self.vault.seal_with(&key.0, &mut rng()).map_err(thrown)
    }

    /// How often it was sealed.
    pub fn revision(&self) -> f64 {
        self.vault.revision() as f64
    }

    /// A sealed copy under a passphrase of its own, which the command line opens too.
    pub fn backup(&self, passphrase: String) -> Thrown<Vec<u8>> {
        let passphrase = Passphrase::typed(passphrase).for_a_new_file().map_err(thrown)?;
        let (kind, cost) = (sealed::Kind::Backup, Cost::recommended());
        self.vault.seal(kind, passphrase.bytes(), cost, &mut rng()).map_err(thrown)
    }

    /// The wallet of a backup.
    pub fn restore(file: &[u8], passphrase: String) -> Thrown<Self> {
        let passphrase = Passphrase::typed(passphrase);
        Vault::open(sealed::Kind::Backup, passphrase.bytes(), file).map(Self::of).map_err(thrown)
    }

    /// Programme and age of the list.
    pub fn programme(&self) -> String {
        json(&self.vault.trust().summary(self.vault.root()))
    }

    /// What fetches the newest list.
    pub fn trust_call(&self) -> Thrown<String> {
        match self.vault.source() {
            Source::Url(url) => Ok(call_json(&Call::trust_list(url))),
            Source::File(_) => Err(thrown(Problem::new("source_is_a_file"))),
        }
    }

    /// Takes a newer list, and says whether it was one.
    pub fn advance(&mut self, list: &[u8], now: f64) -> Thrown<String> {
        self.vault.advance(list, moment(now)).map(|advance| json(&advance)).map_err(thrown)
    }

    /// From the link or QR text of an offer.
    pub fn collect(&self, link: String, now: f64) -> Thrown<Errand> {
        let offer: Offer = link.trim().parse().map_err(|_| thrown(Problem::new("link_malformed")))?;
        Ok(self.errand(errand::Errand::from_offer(offer).map_err(thrown)?, now))
    }

    /// From a short code and its second factor. `issuer` is an address or an offer's link without a code.
    pub fn collect_spoken(&self, issuer: &str, code: &str, second_factor: &str, now: f64) -> Thrown<Errand> {
        let issuer = match issuer.trim().parse::<Offer>() {
            Ok(offer) => offer.issuer,
            Err(_) => address(issuer)?,
        };
        let pickup = Pickup::spoken(code, second_factor).map_err(|_| thrown(Problem::new("code_malformed")))?;
        Ok(self.errand(errand::Errand::new(issuer, pickup), now))
    }

    /// The collections that were interrupted, to be gone on with.
    pub fn interrupted(&self, now: f64) -> Thrown<Vec<Errand>> {
        let errands = self.vault.interrupted().map_err(|_| thrown(Problem::new("wallet_malformed")))?;
        Ok(errands.into_iter().map(|errand| self.errand(errand, now)).collect())
    }

    /// The labs that have no result yet.
    pub fn waiting(&self) -> String {
        json(&self.vault.waiting_views())
    }

    /// The collections whose lab may be asked again now.
    pub fn due(&self, now: f64) -> Thrown<Vec<Errand>> {
        let errands = self.vault.due(moment(now)).map_err(|_| thrown(Problem::new("wallet_malformed")))?;
        Ok(errands.into_iter().map(|errand| self.errand(errand, now)).collect())
    }

    /// Gives the interrupted collections up, and those that wait for a lab.
    pub fn forget_interrupted(&mut self) {
        self.vault.forget_interrupted();
    }

    /// Gives up waiting for labs.
    pub fn forget_waiting(&mut self) {
        self.vault.forget_waiting();
    }

    /// Fetches the passes of a record, from its issuer unless `office` is another address.
    pub fn renewal(&self, record: usize, office: Option<String>) -> Thrown<Errand> {
        let office = office.as_deref().map(address).transpose()?;
        Task::renew(&self.vault, record, office).map(Errand).map_err(thrown)
    }

    /// Fetches the passes that two records give together and neither alone, for each two that lack them. To be asked for when every record has
    /// been renewed alone.
    pub fn renewals_together(&self, office: Option<String>, now: f64) -> Thrown<Vec<Errand>> {
        let office = office.as_deref().map(address).transpose()?;
        let pairs = self.vault.lacking_together(moment(now)).into_iter();
        let task = |pair| Task::renew_together(&self.vault, pair, office.clone()).map(Errand).map_err(thrown);
        pairs.map(task).collect()
    }

    /// When to renew in the background.
    pub fn next_renewal(&self, now: f64) -> f64 {
        renew::next_time(moment(now), &mut rng()).unix() as f64
    }

    /// Records and passes.
    pub fn records(&self) -> String {
        json(&self.vault.record_views())
    }

    /// Removes a record and its passes.
    pub fn forget(&mut self, record: usize) -> Thrown<()> {
        self.vault.forget(record).map(drop).ok_or_else(|| thrown(Problem::new("no_such_record")))
    }

    /// Whether renewals ask for the hint.
    pub fn hint_wish(&self) -> bool {
        self.vault.hint_wish() == HintWish::Include
    }

    /// Asks for the hint from the next renewal on, or no longer.
    pub fn set_hint_wish(&mut self, include: bool) {
        self.vault.wish_for_hint(if include { HintWish::Include } else { HintWish::LeaveOut });
    }

    /// What doors may ask today.
    pub fn policies(&self, now: f64) -> String {
        json(&self.vault.policy_views(moment(now)))
    }

    /// What a door will learn.
    pub fn learns(&self, policy: &str, now: f64) -> Thrown<String> {
        Ok(json(&choice(&self.vault, policy, now)?.learns()))
    }

    /// The policy that a door's question names.
    pub fn asked(&self, question: &str) -> Thrown<String> {
        self.vault.asked(question.trim()).map(|policy| policy.id().to_string()).map_err(thrown)
    }

    /// A code for this minute.
    pub fn show(&mut self, policy: &str, now: f64) -> Thrown<Showing> {
        let Self { vault, last } = self;
        let choice = choice(vault, policy, now)?;
        shown(&choice, last, vault, now)
    }

    /// Whatever was scanned at an entrance: a door's question, a poster, or a challenge on a screen.
    pub fn read(&self, scanned: &str) -> Thrown<Ask> {
        self.vault.read(scanned.trim_end_matches(['\r', '\n'])).map(Ask).map_err(thrown)
    }

    /// Who asks for what, why, and whether it is answered.
    pub fn ask_view(&self, ask: &Ask, now: f64) -> Thrown<String> {
        self.vault.ask_view(&ask.0, moment(now)).map(|view| json(&view)).map_err(thrown)
    }

    /// What that door will learn.
    pub fn learns_from(&self, ask: &Ask, now: f64) -> Thrown<String> {
        self.vault.choose(&ask.0, moment(now)).map(|choice| json(&choice.learns())).map_err(thrown)
    }

    /// A code for this minute, bound to what was scanned.
    pub fn answer(&mut self, ask: &Ask, now: f64) -> Thrown<Showing> {
        let Self { vault, last } = self;
        let choice = vault.choose(&ask.0, moment(now)).map_err(thrown)?;
        shown(&choice, last, vault, now)
    }

    fn of(vault: Vault) -> Self {
        Self { vault, last: LastShown::default() }
    }

    fn errand(&self, errand: errand::Errand, now: f64) -> Errand {
        Errand(Task::collect(errand, &self.vault, moment(now)))
    }
}

/// What was scanned at an entrance, read and verified.
#[wasm_bindgen]
pub struct Ask(present::Ask);

fn shown(choice: &present::Choice<'_>, last: &mut LastShown, vault: &Vault, now: f64) -> Thrown<Showing> {
    let showing = choice.show_again(last, vault.secret(), moment(now), &mut rng()).map_err(thrown)?;
    let text = showing.text();
    let picture = Picture::of(&text).map_err(|_| thrown(Problem::new("too_much_for_a_code")))?;
    Ok(Showing { text, picture, good_until: showing.good_until().plus(1).start() })
}

fn choice<'a>(vault: &'a Vault, policy: &str, now: f64) -> Thrown<present::Choice<'a>> {
    let policy = vault.policy(policy).ok_or_else(|| thrown(Problem::new("no_such_policy")))?;
    choose(policy, vault.records(), vault.trust(), moment(now)).map_err(thrown)
}

/// A collection or a renewal.
#[wasm_bindgen]
pub struct Errand(Task);

#[wasm_bindgen]
impl Errand {
    /// What to send next; none at the end.
    pub fn call(&self) -> Option<String> {
        self.0.call().map(call_json)
    }

    /// Takes the answer, and says whether the wallet has changed: then save it before the next call.
    pub fn reply(&mut self, status: u16, body: Vec<u8>, wallet: &mut Wallet, now: f64) -> Thrown<bool> {
        let save =
            self.0.answer(&Reply::new(status, body), &mut wallet.vault, moment(now), &mut rng()).map_err(thrown)?;
        Ok(save == Save::Now)
    }

    /// Whether what it is for is in the wallet, so that no failure from here on is a loss.
    pub fn is_safe(&self) -> bool {
        self.0.is_safe()
    }

    /// What came of it; none before the end.
    pub fn outcome(&self) -> Option<String> {
        self.0.outcome().map(|outcome| json(&OutcomeView::from(outcome)))
    }
}

/// A code at the door.
#[wasm_bindgen]
pub struct Showing {
    text: String,
    picture: Picture,
    good_until: Moment,
}

#[wasm_bindgen]
impl Showing {
    /// What a scanner reads.
    pub fn text(&self) -> String {
        self.text.clone()
    }

    /// How many dots a side has.
    pub fn size(&self) -> usize {
        self.picture.width()
    }

    /// Row by row, 1 for a dark dot.
    pub fn modules(&self) -> Vec<u8> {
        self.picture.dots().map(u8::from).collect()
    }

    /// The second from which on a door whose clock agrees refuses it.
    pub fn good_until(&self) -> f64 {
        self.good_until.unix() as f64
    }
}

#[derive(Serialize)]
struct CallView<'a> {
    method: &'static str,
    url: &'a str,
    accept: &'a str,
    #[serde(rename = "contentType", skip_serializing_if = "Option::is_none")]
    content_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bearer: Option<&'a str>,
}

fn call_json(call: &Call) -> String {
    let (method, content_type, body) = match call.body() {
        Body::None => ("GET", None, None),
        Body::Form(form) => ("POST", Some("application/x-www-form-urlencoded"), Some(form.as_str())),
        Body::Json(json) => ("POST", Some("application/json"), Some(json.as_str())),
    };
    json(&CallView { method, url: call.url(), accept: call.accept(), content_type, body, bearer: call.bearer() })
}

#[derive(Serialize)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum OutcomeView {
    Collected {
        told: bool,
    },
    NotYet {
        again: u64,
    },
    Renewed {
        record_type: String,
        other_type: Option<String>,
        office: String,
        passes: usize,
        first_day: String,
        last_day: String,
    },
}

impl From<&Outcome> for OutcomeView {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Collected => Self::Collected { told: true },
            Outcome::CollectedUntold(_) => Self::Collected { told: false },
            Outcome::NotYet(again) => Self::NotYet { again: again.unix() },
            Outcome::Renewed { record_type, other_type, office, passes, first, last } => Self::Renewed {
                record_type: record_type.to_string(),
                other_type: other_type.as_ref().map(TypeName::to_string),
                office: office.to_string(),
                passes: *passes,
                first_day: first.to_string(),
                last_day: last.to_string(),
            },
        }
    }
}

fn address(text: &str) -> Thrown<IssuerUrl> {
    text.trim().parse().map_err(|_| thrown(Problem::new("address_malformed")))
}

/// Milliseconds and fractions do not count; a negative number is 1970.
fn moment(seconds: f64) -> Moment {
    Moment::from_unix(seconds as u64)
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("views are texts, numbers and lists, which have a JSON form")
}

fn thrown(problem: impl Into<Problem>) -> JsValue {
    JsValue::from_str(&problem.into().to_json())
}
