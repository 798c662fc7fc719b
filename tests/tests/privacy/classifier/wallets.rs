//! Wallets that give their holders away, each in one way, so that what is learnt of the honest one means something.
//!
//! Most are the real wallet with chance that is not chance: it draws 64 bytes for each scalar of a proof, in the draft's order, and a
//! [`Doctored`] generator has scalars of its own for some of them. Everything about such a showing holds, and the real door takes it.

use std::convert::Infallible;
use std::ops::Range;

use bauta_crypto::Proof;
use bauta_spec::attributes::Value;
use bauta_spec::poster::EventId;
use bauta_spec::time::Minute;
use bls12_381::Scalar;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_core::{TryCryptoRng, TryRng};

use super::algebra::big_endian;
use super::population::{Holder, Population, Sighting, Visit, chance_for_the_office};
use super::{Game, Wallet};

/// A wallet with one flaw.
pub(super) struct Leaking {
    pub(super) flaw: &'static str,
    /// In which games it must be found.
    pub(super) found_in: &'static [Game],
    pub(super) wallet: Wallet,
}

const BOTH: &[Game] = &[Game::TwoShowings, Game::DossierAndShowing];

pub(super) const LEAKING: [Leaking; 15] = [
    Leaking {
        flaw: "the nonces for blind and secret are always the same",
        found_in: &[Game::TwoShowings],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                shown(town, holder, visit, rng, vec![(BLIND_TILDE, own(holder)), (SECRET_TILDE, own(holder))])
            },
        },
    },
    Leaking {
        flaw: "the nonce for e is always the same: only who has every e can tell",
        found_in: &[Game::TwoShowings],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| shown(town, holder, visit, rng, vec![(E_TILDE, own(holder))]),
        },
    },
    Leaking {
        flaw: "the signature is blinded in the same way every time",
        found_in: &[Game::TwoShowings],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                shown(town, holder, visit, rng, vec![(R1, own(holder)), (R2, own(holder))])
            },
        },
    },
    Leaking {
        flaw: "what blinds the signature cancels out: Abar is A",
        found_in: BOTH,
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                let r1 = Scalar::from_bytes_wide(&some_bytes(rng));
                let r2 = r1.invert().unwrap();
                shown(town, holder, visit, rng, vec![(R1, wide(r1)), (R2, wide(r2))])
            },
        },
    },
    Leaking {
        flaw: "half of what blinds the signature is left out: r1 is 1",
        found_in: &[Game::DossierAndShowing],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| shown(town, holder, visit, rng, vec![(R1, wide(Scalar::one()))]),
        },
    },
    Leaking {
        flaw: "the generator starts anew: the nonces are those of the request to the lab",
        found_in: &[Game::DossierAndShowing],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                let mut again = ChaCha20Rng::from_seed(holder.chance);
                let [_blind, blind_tilde, secret_tilde] = [(); 3].map(|()| some_bytes(&mut again));
                shown(town, holder, visit, rng, vec![(BLIND_TILDE, blind_tilde), (SECRET_TILDE, secret_tilde)])
            },
        },
    },
    Leaking {
        flaw: "the generator starts anew: the nonces are those of the record's proof to the office",
        found_in: &[Game::DossierAndShowing],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                let mut again = chance_for_the_office(holder.chance);
                let hidden = holder.dossier.shown_to_office.len().saturating_sub(Proof::len(0)) / 32;
                // The commitment's proof draws two before, and the last two answer for blind and secret.
                let drawn: Vec<Drawn> = (0..2 + 5 + hidden).map(|_| some_bytes(&mut again)).collect();
                let [.., blind_tilde, secret_tilde] = drawn[..] else { unreachable!() };
                shown(town, holder, visit, rng, vec![(BLIND_TILDE, blind_tilde), (SECRET_TILDE, secret_tilde)])
            },
        },
    },
    Leaking {
        flaw: "the nonce for e has 128 bits: only who knows e can tell",
        found_in: &[Game::DossierAndShowing],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                let mut short = some_bytes(rng);
                short[..48].fill(0);
                shown(town, holder, visit, rng, vec![(E_TILDE, short)])
            },
        },
    },
    Leaking {
        flaw: "the nonce for e ends in four bytes of the handle: only who knows e can tell",
        found_in: &[Game::DossierAndShowing],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                let mut serial = some_bytes(rng);
                // Below r, so that nothing is reduced and the end stays.
                serial[..33].fill(0);
                serial[60..].copy_from_slice(&holder.dossier.handle[..4]);
                shown(town, holder, visit, rng, vec![(E_TILDE, serial)])
            },
        },
    },
    Leaking {
        flaw: "the minute tells two bits of the handle",
        found_in: BOTH,
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                let minute = Minute::of(visit.made);
                let sighting = town.sighting(holder, visit, rng);
                // A door takes what is from one minute ahead to two behind, so it has these four to tell apart.
                let bits = u32::from(holder.dossier.handle[15] % 4);
                Sighting { scanned: Minute::new(minute.number() + bits - 1), ..sighting }
            },
        },
    },
    Leaking {
        flaw: "the length tells the age",
        found_in: BOTH,
        wallet: Wallet {
            taken: false,
            show: |town, holder, visit, rng| {
                let mut sighting = town.sighting(holder, visit, rng);
                let record = &holder.citizen.records[0];
                let Some(Value::Code(band)) = record.claims().get(record.credential_type(), "age_band") else {
                    unreachable!()
                };
                sighting.bytes.extend(vec![0; usize::from(*band)]);
                sighting
            },
        },
    },
    Leaking {
        flaw: "everybody has one of four keys",
        found_in: &[Game::TwoShowings],
        wallet: Wallet {
            taken: false,
            show: |town, holder, visit, rng| {
                let mut sighting = town.sighting(holder, visit, rng);
                sighting.bytes[12] ^= 1 + holder.dossier.handle[3] % 4;
                sighting
            },
        },
    },
    Leaking {
        flaw: "the pseudonym is the same at every event",
        found_in: &[Game::TwoEvents],
        wallet: Wallet {
            taken: false,
            show: |town, holder, visit, rng| {
                let mut sighting = town.sighting(holder, visit, rng);
                let made = town.town.now();
                let elsewhere = Visit { made, event: Some(town.event(0, EventId::new([7; 16]), made)) };
                let elsewhere = town.show(holder, &elsewhere, rng);
                sighting.bytes[PSEUDONYM].copy_from_slice(&elsewhere[PSEUDONYM]);
                sighting
            },
        },
    },
    Leaking {
        flaw: "the nonce for the secret is always the same: what it answers for makes the pseudonym",
        found_in: &[Game::TwoEvents],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| shown(town, holder, visit, rng, vec![(SECRET_TILDE, own(holder))]),
        },
    },
    Leaking {
        flaw: "the nonce for the secret is that of the request to the lab: what it answers for makes the pseudonym",
        found_in: &[Game::DossierAndEvent],
        wallet: Wallet {
            taken: true,
            show: |town, holder, visit, rng| {
                let mut again = ChaCha20Rng::from_seed(holder.chance);
                let [_blind, _blind_tilde, secret_tilde] = [(); 3].map(|()| some_bytes(&mut again));
                shown(town, holder, visit, rng, vec![(SECRET_TILDE, secret_tilde)])
            },
        },
    },
];

/// Where the pseudonym stands in a showing at an event.
const PSEUDONYM: Range<usize> = 28..76;

/// What becomes one scalar, big-endian.
type Drawn = [u8; 64];

// Places of a proof's scalars, in the order in which they are drawn.
const R1: usize = 0;
const R2: usize = 1;
const E_TILDE: usize = 2;
const BLIND_TILDE: usize = 6;
const SECRET_TILDE: usize = 7;

/// What the real wallet shows, with some scalars that are not chance.
fn shown(
    town: &Population,
    holder: &Holder,
    visit: Visit,
    rng: &mut ChaCha20Rng,
    planted: Vec<(usize, Drawn)>,
) -> Sighting {
    let bytes = town.show(holder, &visit, &mut Doctored { fresh: &mut *rng, next: 0, planted });
    town.seen(visit, 0, bytes)
}

/// What a holder uses for ever, and what says nothing to anybody else.
fn own(holder: &Holder) -> Drawn {
    some_bytes(&mut ChaCha20Rng::from_seed(holder.chance))
}

fn some_bytes(rng: &mut ChaCha20Rng) -> Drawn {
    let mut bytes = [0; 64];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// The bytes that become `scalar` when they are drawn.
fn wide(scalar: Scalar) -> Drawn {
    let mut bytes = [0; 64];
    bytes[32..].copy_from_slice(&big_endian(scalar));
    bytes
}

/// Chance, but for some of the scalars that are drawn from it.
struct Doctored<'a> {
    fresh: &'a mut ChaCha20Rng,
    next: usize,
    planted: Vec<(usize, Drawn)>,
}

impl TryRng for Doctored<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("scalars are drawn as 64 bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("scalars are drawn as 64 bytes")
    }

    fn try_fill_bytes(&mut self, wide: &mut [u8]) -> Result<(), Infallible> {
        match self.planted.iter().find(|(place, _)| *place == self.next) {
            Some((_, planted)) => wide.copy_from_slice(planted),
            None => self.fresh.fill_bytes(wide),
        }
        self.next += 1;
        Ok(())
    }
}

impl TryCryptoRng for Doctored<'_> {}
