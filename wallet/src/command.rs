//! One function for each command: parse, call the library, say what came of it.

mod collect;
mod file;
mod keep_up;
mod look;
mod renew;
mod show;
mod trust;

use std::path::Path;

use bauta_spec::sealed::{Cost, Passphrase};
use bauta_spec::time::Moment;
use bauta_wallet::task::{Outcome, Save, Task};
use bauta_wallet::vault::{Editing, Vault, VaultFile};
use getrandom::SysRng;
use rand_core::UnwrapErr;

use crate::args::{Args, Command, Trust};
use crate::failure::Failure;
use crate::http::Http;
use crate::passphrase::passphrase;

/// The real clock and the real randomness; `main.rs` alone makes one.
pub(crate) struct World {
    pub(crate) now: fn() -> Moment,
    pub(crate) rng: UnwrapErr<SysRng>,
}

impl World {
    fn now(&self) -> Moment {
        (self.now)()
    }

    /// Rounded up: who comes then does not come too early.
    fn minutes_until(&self, moment: Moment) -> u64 {
        moment.unix().saturating_sub(self.now().unix()).div_ceil(60)
    }
}

/// Does what was typed. Only the arms that may open a connection make an [`Http`].
pub(crate) fn run(args: Args, world: &mut World) -> Result<(), Failure> {
    let http = || Http::new(args.ca_file.as_deref());
    let place = Place { file: VaultFile::at(&args.wallet), passphrase_file: args.passphrase_file };
    match args.command {
        Command::Init { root, trust } => file::init(&place, &root, &trust, &http()?, world),
        Command::Trust(Trust::Update) => trust::update(&place, &http()?, world),
        Command::Trust(Trust::Show { json }) => trust::show(&place, json, world),
        Command::Collect(collect) => collect::collect(&place, collect, &http()?, world),
        Command::List { json } => look::list(&place, json, world),
        Command::Renew { hint, office, json } => {
            renew::renew(&place, &renew::Wish { hint, office, json }, &http()?, world)
        }
        Command::KeepUp { every, office } => {
            keep_up::keep_up(&place, &keep_up::Wish { every, office }, &http()?, world)
        }
        Command::Policies { json } => look::policies(&place, json, world),
        Command::Show(show) => show::show(&place, &show, world),
        Command::Backup { file, passphrase } => file::backup(&place, &file, &passphrase, world),
        Command::Restore { file, passphrase } => file::restore(&place, &file, &passphrase, world),
        Command::Passphrase { new_passphrase_file } => file::passphrase(&place, new_passphrase_file.as_deref(), world),
        Command::Forget(forget) => file::forget(&place, &forget, world),
    }
}

/// Which wallet, and where its passphrase comes from.
struct Place {
    file: VaultFile,
    passphrase_file: Option<std::path::PathBuf>,
}

impl Place {
    fn passphrase(&self) -> Result<Passphrase, Failure> {
        self.is_there()?;
        passphrase("this wallet", self.passphrase_file())
    }

    fn is_there(&self) -> Result<(), Failure> {
        let found = self.file.path().symlink_metadata();
        found.map(drop).map_err(|_| Failure::NoWallet(self.file.path().to_owned()))
    }

    fn passphrase_file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }

    /// The wallet, to look at.
    fn read(&self) -> Result<Vault, Failure> {
        Ok(self.file.read(self.passphrase()?.bytes())?)
    }

    /// The wallet, to change.
    fn edit(&self) -> Result<Open, Failure> {
        self.edit_with(self.passphrase()?)
    }

    /// The same some time later: it may be gone by then.
    fn edit_with(&self, passphrase: Passphrase) -> Result<Open, Failure> {
        self.is_there()?;
        Ok(Open { vault: self.file.edit(passphrase.bytes())?, passphrase })
    }
}

/// A wallet that is being changed.
struct Open {
    vault: Editing,
    passphrase: Passphrase,
}

impl Open {
    /// Sends a task's calls until it is done; the wallet is on the disk after each answer that changes it.
    fn carry_out(&mut self, task: &mut Task, http: &Http, world: &mut World) -> Result<Outcome, Failure> {
        while let Some(call) = task.call() {
            let reply = http.send(call)?;
            if task.answer(&reply, &mut self.vault, world.now(), &mut world.rng)? == Save::Now {
                self.save(world)?;
            }
        }
        Ok(task.outcome().expect("a task without a call that has not failed has come to its end").clone())
    }

    fn save(&mut self, world: &mut World) -> Result<(), Failure> {
        Ok(self.vault.save(self.passphrase.bytes(), Cost::recommended(), &mut world.rng)?)
    }
}
