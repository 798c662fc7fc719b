//! People who work at the issuer: they redeem their invitations, carry an authenticator app, and log in.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)] // each test file uses a part of it, and a test may fail

use bauta_issuer::{Invited, Newcomer, StaffRole};
use serde_json::json;
use totp_rs::{Builder, Secret};

use super::{Answer, Town, post};

pub const PASSWORD: &str = "four words of a test";

/// Somebody with a password and an app.
pub struct Person {
    pub name: String,
    pub otpauth: String,
}

impl Person {
    /// Redeems an invitation over HTTP.
    pub fn redeem(town: &Town, name: &str, invitation: &str) -> Self {
        let answer = begin(town, invitation);
        assert_eq!(answer.status, 200, "{}", answer.json());
        Self { name: name.to_owned(), otpauth: answer.json()["otpauth"].as_str().unwrap().to_owned() }
    }

    /// Made at the console, with a session of their own.
    pub fn hired(town: &Town, name: &str, role: StaffRole, lab: Option<&str>) -> (Self, String) {
        let invited = invited(town, name, role, lab);
        let person = Self::redeem(town, name, &invited.invitation.text());
        let session = person.session(town);
        (person, session)
    }

    /// What the app shows now.
    pub fn digits(&self, town: &Town) -> String {
        self.digits_at(town.now().unix())
    }

    pub fn digits_at(&self, seconds: u64) -> String {
        let secret = self.otpauth.split_once("secret=").unwrap().1.split('&').next().unwrap();
        let app = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
        app.generate(seconds).to_string()
    }

    pub fn come(&self, town: &Town, digits: &str) -> Answer {
        come(town, &self.name, PASSWORD, digits)
    }

    /// Waits for the next digits, and logs in.
    pub fn session(&self, town: &Town) -> String {
        town.later(30);
        let answer = self.come(town, &self.digits(town));
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()["token"].as_str().unwrap().to_owned()
    }
}

pub fn invited(town: &Town, name: &str, role: StaffRole, lab: Option<&str>) -> Invited {
    let newcomer = Newcomer { name: name.parse().unwrap(), role, lab: lab.map(|lab| lab.parse().unwrap()) };
    town.run(town.service.make_account(&newcomer, &town.nurse())).unwrap()
}

pub fn begin(town: &Town, invitation: &str) -> Answer {
    post(&town.url("/v1/account/begin"), "", &json!({ "invitation": invitation, "password": PASSWORD }))
}

pub fn come(town: &Town, name: &str, password: &str, digits: &str) -> Answer {
    post(&town.url("/v1/session"), "", &json!({ "name": name, "password": password, "totp": digits }))
}

/// The first two officers, with sessions.
pub fn officers(town: &Town) -> [(Person, String); 2] {
    let invited = town.run(town.service.first_officers()).unwrap().unwrap();
    invited.map(|invited| {
        let person = Person::redeem(town, &invited.name.to_string(), &invited.invitation.text());
        let session = person.session(town);
        (person, session)
    })
}
