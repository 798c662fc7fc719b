//! Writes `spec/vectors` and the beginnings of `spec/fuzz/corpus`: every document once as it should be, and once for every flaw.
//!
//! Everything follows from fixed labels (`seeds`), so the same code always writes the same bytes. `--check` writes nothing and says
//! what differs. Expected results are stated here, by hand or by the value that was put in; the tests hold the readers against them.
#![forbid(unsafe_code)]

mod credentials;
mod hostile;
mod items;
mod letters;
mod lists;
mod office;
mod pairs;
mod presentations;
mod raw;
mod renewals;
mod sealed_files;
mod seeds;
mod showings;
mod statements;
mod structural;
mod vector;
mod world;

use std::path::Path;

use anyhow::{Result, bail};
use bauta_spec::signed::Secret;
use bauta_spec::signed::role::Role;
use serde_json::{Map, Value, json};

use crate::vector::Files;
use crate::world::World;

fn main() -> Result<()> {
    let check = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--check") => true,
        Some(other) => bail!("`{other}` is not known here; the only option is --check"),
    };
    let files = all()?;
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let (vectors, corpus) = (spec.join("vectors"), spec.join("fuzz/corpus"));
    if !check {
        files.write(&vectors, &corpus)?;
        println!("{} vectors written.", files.count());
        return Ok(());
    }
    match files.differences(&vectors, &corpus)?.as_slice() {
        [] => println!("{} vectors are what the code writes.", files.count()),
        differences => {
            differences.iter().for_each(|path| println!("differs: {}", path.display()));
            bail!(
                "the code writes other vectors; run `cargo xtask vectors`, and read the difference before you commit it"
            );
        }
    }
    Ok(())
}

fn all() -> Result<Files> {
    let world = World::new()?;
    let mut files = Files::default();
    credentials::write(&mut files, &world)?;
    statements::write(&mut files, &world)?;
    presentations::write(&mut files, &world)?;
    pairs::write(&mut files, &world)?;
    showings::write(&mut files, &world)?;
    office::write(&mut files, &world)?;
    renewals::write(&mut files, &world)?;
    lists::write(&mut files, &world)?;
    letters::write(&mut files, &world)?;
    sealed_files::write(&mut files)?;
    files.insert("keys.json", keys(&world));
    Ok(files)
}

/// Every key that signs something here, with its secret half: none may be used for anything else.
fn keys(world: &World) -> Value {
    let off_the_list = ["unlisted", "unrelated"];
    let issuers: Map<String, Value> = world
        .keys
        .iter()
        .map(|key| key.label)
        .chain(off_the_list)
        .map(|label| {
            let secret = seeds::issuer_key(label);
            let pair = json!({
                "secret_key": hex::encode(*secret.to_bytes()),
                "public_key": hex::encode(secret.public_key().to_bytes()),
            });
            (label.to_owned(), pair)
        })
        .collect();
    json!({
        "shows": "Everybody knows these secret keys. Programs refuse to start with one, and lists of other roots to hold one.",
        "issuers": issuers,
        "root": pair(&world.root),
        "delegate": pair(&world.delegate_key),
        "organiser": pair(&world.organiser_key),
    })
}

fn pair<R: Role>(key: &Secret<R>) -> Value {
    json!({ "secret_key": hex::encode(*key.to_bytes()), "public_key": key.public().to_string() })
}
