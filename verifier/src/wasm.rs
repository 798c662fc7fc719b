//! The door for a page in a browser: conversions, and no decision. What goes out is JSON, what is thrown is the JSON of a [`Problem`];
//! `web/src/verifier.ts` gives both their types.
//!
//! A panic here is a trap: the page sees an exception, shows red, and starts over with a fresh instance.

use bauta_spec::Problem;
use bauta_spec::attributes::Value as Claimed;
use bauta_spec::qr::Picture;
use bauta_spec::time::Moment;
use bauta_spec::trust::Freshness;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde::Serialize;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use crate::venue::{Known, Screen, Venue};
use crate::{Asking, Before, Entry, Refusal, Shown, Verified};

type Thrown<T> = Result<T, JsValue>;

/// A root key and a list that holds for it, before a door is open.
#[wasm_bindgen]
pub struct List(Known);

#[wasm_bindgen]
impl List {
    /// `root` is the authority's key in hexadecimal. The list may have expired.
    pub fn of(root: &str, list: &[u8]) -> Thrown<Self> {
        Known::of(root, list).map(Self).map_err(thrown)
    }

    /// Takes a newer list, and says whether it was one.
    pub fn advance(&mut self, list: &[u8], now: f64) -> Thrown<String> {
        self.0.advance(list, moment(now)).map(|advance| text_of(&advance)).map_err(thrown)
    }

    /// Programme and age of the list.
    pub fn trust(&self) -> String {
        text_of(&self.0.summary())
    }

    /// What a door may ask today.
    pub fn policies(&self, now: f64) -> String {
        text_of(&self.0.policies(moment(now)))
    }

    /// Who has made the poster of that text, for which policy and until when, as JSON: to be read before it is hung up.
    pub fn poster(&self, text: &str) -> Thrown<String> {
        let poster = self.0.poster(text.trim_end_matches(['\r', '\n'])).map_err(thrown)?;
        Ok(asking(&Asking::Poster(Box::new(poster))).to_string())
    }
}

/// A venue's door.
#[wasm_bindgen]
pub struct Door(Venue);

#[wasm_bindgen]
impl Door {
    /// `root` is the authority's key in hexadecimal, `list` a trust list, `policy` the name of what is asked.
    pub fn open(root: &str, list: &[u8], policy: &str, now: f64) -> Thrown<Self> {
        Venue::open(root, list, policy, moment(now), &mut UnwrapErr(SysRng)).map(Self).map_err(thrown)
    }

    /// In place of a door that failed, with the `memory` of that one.
    pub fn resume(root: &str, list: &[u8], policy: &str, memory: &[u8], now: f64) -> Thrown<Self> {
        Venue::resume(root, list, policy, memory, moment(now)).map(Self).map_err(thrown)
    }

    /// What it has seen.
    pub fn memory(&self) -> Vec<u8> {
        self.0.memory().to_vec()
    }

    /// The second from which on every new code can be judged.
    pub fn opens_at(&self) -> f64 {
        self.0.opens_at().unix() as f64
    }

    /// What is asked, for visitors' wallets to scan; none if the list does not have it any more, and for a poster. With `ask_fresh` it is
    /// another one after each answer and after two minutes: look once a second.
    pub fn question(&mut self, now: f64) -> Option<Question> {
        let text = self.0.question(moment(now), &mut UnwrapErr(SysRng))?.to_string();
        let picture = Picture::of(&text).expect("a question fits into a picture");
        Some(Question { text, picture })
    }

    /// Asks for another policy from now on.
    pub fn ask(&mut self, policy: &str, now: f64) -> Thrown<()> {
        self.0.ask(policy, Screen::Question, moment(now)).map_err(thrown)
    }

    /// Asks for a policy with a fresh challenge on the screen for each visitor.
    pub fn ask_fresh(&mut self, policy: &str, now: f64) -> Thrown<()> {
        self.0.ask(policy, Screen::Nonce, moment(now)).map_err(thrown)
    }

    /// Asks by an organiser's poster, given as text. `nobody_came` says that somebody vouches: nobody has come in to this event so far.
    /// Without it, a door that hangs the poster up after it has opened lets nobody in where each comes in once.
    pub fn hang(&mut self, poster: &str, nobody_came: bool, now: f64) -> Thrown<()> {
        let before = if nobody_came { Before::NobodyCame } else { Before::Unknown };
        self.0.hang(poster, before, moment(now)).map_err(thrown)
    }

    /// How it asks, and by which poster, as JSON.
    pub fn asking(&self) -> String {
        asking(self.0.asking()).to_string()
    }

    /// Takes a newer list, and says whether it was one.
    pub fn advance(&mut self, list: &[u8], now: f64) -> Thrown<String> {
        self.0.advance(list, moment(now)).map(|advance| text_of(&advance)).map_err(thrown)
    }

    /// Programme and age of the list.
    pub fn trust(&self) -> String {
        text_of(&self.0.known().summary())
    }

    /// What a door may ask today.
    pub fn policies(&self, now: f64) -> String {
        text_of(&self.0.known().policies(moment(now)))
    }

    /// Decides.
    pub fn scan(&mut self, text: &str, now: f64) -> String {
        let verdict = match self.0.scan(text, moment(now)) {
            Ok(verified) => accepted(&verified),
            Err(refusal) => refused(refusal),
        };
        verdict.to_string()
    }
}

/// A code that a door shows.
#[wasm_bindgen]
pub struct Question {
    text: String,
    picture: Picture,
}

#[wasm_bindgen]
impl Question {
    /// What a wallet reads.
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
}

fn accepted(verified: &Verified) -> Value {
    json!({
        "accepted": true,
        "policy": verified.policy_name(),
        "day": verified.day().to_string(),
        "shown": verified.shown().iter().map(shown).collect::<Vec<_>>(),
        "entry": verified.entry().map(Entry::word),
        "freshness": match verified.freshness() {
            Freshness::Fresh => "fresh",
            Freshness::Ageing => "amber",
        },
    })
}

fn asking(asking: &Asking) -> Value {
    let policy = asking.policy().to_string();
    match asking {
        Asking::OneWay(_) => json!({ "way": "one_way", "policy": policy }),
        Asking::Nonce(_) => json!({ "way": "nonce", "policy": policy }),
        Asking::Poster(verified) => {
            let poster = verified.poster();
            let purpose = poster.purpose().lines().map(|(tag, line)| (tag.to_string(), json!(line.to_string())));
            json!({
                "way": "poster",
                "policy": policy,
                "organiser": verified.organiser().name.to_string(),
                "eventDay": poster.event_day().to_string(),
                "opens": poster.opening().first().start().unix(),
                "closes": poster.opening().last().plus(1).start().unix(),
                "purpose": purpose.collect::<serde_json::Map<_, _>>(),
            })
        }
    }
}

fn refused(refusal: Refusal) -> Value {
    let Problem { code, params } = refusal.into();
    json!({ "accepted": false, "code": code, "params": params })
}

fn shown(shown: &Shown) -> Value {
    let value = (*shown.value() != Claimed::Absent).then(|| shown.word());
    json!({ "pass": shown.pass().as_str(), "name": shown.claim().as_str(), "kind": shown.kind(), "value": value })
}

/// Milliseconds and fractions do not count; a negative number is 1970.
fn moment(seconds: f64) -> Moment {
    Moment::from_unix(seconds as u64)
}

fn text_of(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("views are texts, numbers and lists, which have a JSON form")
}

fn thrown(problem: impl Into<Problem>) -> JsValue {
    JsValue::from_str(&problem.into().to_json())
}
