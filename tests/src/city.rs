//! A city on disk: the four real programs, set up by the commands that its people would type.
//!
//! The demo shows these commands; the tests that need real processes run the same ones.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use bauta_spec::issuance::Offer;

use crate::shell::{Ran, Running, Shell, ShellError, free_address, quoted};

/// One command, and why somebody types it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// A sentence for the reader.
    pub why: &'static str,
    /// The line.
    pub line: &'static str,
}

/// The official begins a programme.
pub const OFFICIAL: &[Step] = &[Step {
    why: "The official makes a root key, which stays offline, and a delegate key, which keeps the list fresh.",
    line: "bauta-authority init --name 'Demo city' --offset +01:00 --prefetch 3 --last-day today+365 --shipped",
}];

/// The lab makes its keys.
pub const LAB: &[Step] = &[
    Step {
        why: "The lab makes a secret for its pickup codes, and one signing key for each kind of credential.",
        line: "bauta-issuer keygen --server-secret --out lab/server.secret --passphrase-file lab/passphrase",
    },
    Step {
        why: "",
        line: "bauta-issuer keygen --type health-record --out lab/health-record.key --passphrase-file lab/passphrase",
    },
    Step {
        why: "",
        line: "bauta-issuer keygen --type entry-pass --out lab/entry-pass.key --passphrase-file lab/passphrase",
    },
    Step {
        why: "",
        line: "bauta-issuer keygen --type health-pass --out lab/health-pass.key --passphrase-file lab/passphrase",
    },
];

/// The official decides who counts and what the rules are.
pub const TRUST: &[Step] = &[
    Step {
        why: "The official signs the lab's public keys. Who is not on the list does not count at any door.",
        line: "bauta-authority sign key lab/health-record.key.pub --holder-name 'City laboratory' --last today+365",
    },
    Step {
        why: "",
        line: "bauta-authority sign key lab/entry-pass.key.pub lab/health-pass.key.pub --holder-name 'City pass office'",
    },
    Step {
        why: "Rules say which facts admit somebody on which day; policies say what a door may ask. Both are signed data.",
        line: "bauta-authority sign samples",
    },
    Step { why: "The first trust list: signed, numbered, dated, good for 48 hours.", line: "bauta-authority publish" },
];

/// The root's public key, which everybody pins.
pub const ROOT: &str = "authority/public/root.pub";
/// Where the results of the lab's day lie.
pub const RESULTS: &str = "results.csv";
/// Where `import` writes the pickup codes.
pub const CODES: &str = "codes.csv";

/// The file by which a folder is known as one of ours, so that no other is ever emptied. It sets a person's shell up.
pub const MARK: &str = "env.sh";

/// A city in a folder.
#[derive(Debug)]
pub struct City {
    shell: Shell,
    address: SocketAddr,
}

/// What the lab's service is told.
fn lab_settings(address: SocketAddr) -> String {
    format!(
        r#"lab = "city-lab"
public_url = "http://{address}"
listen = "{address}"
database = "bauta.db"
server_secret = "server.secret"
passphrase_file = "passphrase"
keys = ["health-record.key", "entry-pass.key", "health-pass.key"]
trust_list = "../authority/public/trust-list.cbor"
root_key = "../authority/public/root.pub"
"#
    )
}

impl City {
    /// Prepares what people bring themselves: passphrases, settings, results. No command has run yet.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn found(folder: &Path) -> Result<Self, ShellError> {
        let mut shell = Shell::new(folder)?;
        let address = free_address()?;
        for (file, passphrase) in [
            ("authority.root.pass", "correct horse battery staple"),
            ("authority.delegate.pass", "another horse, another staple"),
            ("lab/passphrase", "the lab's own long passphrase"),
            ("citizens.pass", "known to the citizen alone"),
        ] {
            write_private(&shell.folder().join(file), passphrase)?;
        }
        fs::write(shell.folder().join("lab/bauta-issuer.toml"), lab_settings(address))?;
        fs::write(shell.folder().join(RESULTS), include_str!("../sample/results.csv"))?;
        shell.set("BAUTA_AUTHORITY_DIR", "authority");
        shell.set("BAUTA_ROOT_PASSPHRASE_FILE", "authority.root.pass");
        shell.set("BAUTA_DELEGATE_PASSPHRASE_FILE", "authority.delegate.pass");
        shell.set("BAUTA_ISSUER_CONFIG", "lab/bauta-issuer.toml");
        shell.set("BAUTA_WALLET_PASSPHRASE_FILE", "citizens.pass");
        shell.set("BAUTA_VERIFIER_DIR", "door");
        Ok(Self { shell, address })
    }

    /// The same in a folder that an earlier city may have left, with a file for whoever wants to type the commands as well.
    ///
    /// # Errors
    /// [`ShellError`], also when the folder holds something that no city has put there.
    pub fn found_anew(folder: &Path) -> Result<Self, ShellError> {
        empty(folder)?;
        let city = Self::found(folder)?;
        let variables = city.shell.variables().iter();
        let variables: String =
            variables.map(|(name, value)| format!("export {name}={}\n", quoted(&value.to_string_lossy()))).collect();
        let path = quoted(&city.shell.programs().display().to_string());
        let text = format!("# For trying the demo's commands yourself.\nexport PATH={path}:$PATH\n{variables}");
        fs::write(city.shell.folder().join(MARK), text)?;
        Ok(city)
    }

    /// A city in which everything is set up and the service does not run yet.
    ///
    /// # Errors
    /// [`ShellError`], also when a step fails.
    pub fn ready(folder: &Path) -> Result<Self, ShellError> {
        let city = Self::found(folder)?;
        city.set_up()?;
        Ok(city)
    }

    /// The lab's service lets one peer ask as often as it likes: for tools that ask a great deal.
    pub fn hurries_nobody(&mut self) {
        self.shell.set("BAUTA_ISSUER_PEER_REQUESTS_PER_MINUTE", u32::MAX.to_string());
    }

    /// Official and lab do what they do once.
    ///
    /// # Errors
    /// [`ShellError`], also when a step fails.
    pub fn set_up(&self) -> Result<(), ShellError> {
        for step in OFFICIAL.iter().chain(LAB).chain(TRUST) {
            self.done(step.line)?;
        }
        Ok(())
    }

    /// Where commands are run.
    #[must_use]
    pub fn shell(&self) -> &Shell {
        &self.shell
    }

    /// Where the lab's service listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts the lab's service and waits until it answers.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn serve(&self) -> Result<Running, ShellError> {
        let mut service = self.shell.start("bauta-issuer serve", Path::new("lab/serve.log"))?;
        service.wait_for(self.address)?;
        Ok(service)
    }

    /// Where wallets and venues fetch the trust list: the lab's service passes it on.
    #[must_use]
    pub fn trust_url(&self) -> String {
        format!("http://{}/trust-list", self.address)
    }

    /// Makes a wallet for somebody, `NAME.wallet`. The lab's service must be running.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn wallet_is_set_up(&self, name: &str) -> Result<(), ShellError> {
        let trust = self.trust_url();
        self.done(&format!("bauta-wallet init --wallet {name}.wallet --root {ROOT} --trust {trust}"))?;
        Ok(())
    }

    /// Anna, who was tested yesterday, has collected and renewed. The lab's service must be running.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn anna_has_passes(&self) -> Result<(), ShellError> {
        self.wallet_is_set_up("anna")?;
        self.done(&format!("bauta-issuer import {RESULTS} --codes {CODES}"))?;
        let offers = offers(&self.shell.folder().join(CODES))?;
        let anna = offers.first().map_or("", String::as_str);
        self.done(&format!("bauta-wallet collect --wallet anna.wallet {anna}"))?;
        self.done("bauta-wallet renew --wallet anna.wallet")?;
        Ok(())
    }

    /// A venue has taken the trust list. The lab's service must be running.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn door_is_set_up(&self) -> Result<(), ShellError> {
        let trust = self.trust_url();
        self.done(&format!("bauta-verifier init --root {ROOT} --trust {trust}"))?;
        Ok(())
    }

    /// Runs a line that must succeed.
    ///
    /// # Errors
    /// [`ShellError`], also when the command fails.
    pub fn done(&self, line: &str) -> Result<Ran, ShellError> {
        let ran = self.shell.run(line)?;
        if ran.code == Some(0) {
            return Ok(ran);
        }
        Err(io::Error::other(format!("`{line}` ended with {:?}:\n{}", ran.code, ran.said())).into())
    }
}

/// The offers that an import wrote, in the order of the results, as plain addresses: the shorter of their two forms.
///
/// # Errors
/// The file is not one of those.
pub fn offers(codes: &Path) -> io::Result<Vec<String>> {
    let mut rows = csv::Reader::from_path(codes)?;
    let column = rows.headers()?.iter().position(|name| name == "offer");
    let column = column.ok_or_else(|| io::Error::other("there is no column `offer`"))?;
    rows.records()
        .map(|row| {
            let offer: Offer = row?.get(column).unwrap_or_default().parse().map_err(io::Error::other)?;
            Ok(offer.url().to_string())
        })
        .collect()
}

/// Empties `folder` if an earlier city was there.
fn empty(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    if fs::read_dir(folder)?.next().is_some() && !folder.join(MARK).is_file() {
        let problem = format!("{} holds something that no demo has put there: name another folder", folder.display());
        return Err(io::Error::other(problem));
    }
    fs::remove_dir_all(folder)
}

/// Nobody else may read what opens a key; the programs refuse such files otherwise.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::File::options();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(file)?;
    io::Write::write_all(&mut file, format!("{text}\n").as_bytes())
}
