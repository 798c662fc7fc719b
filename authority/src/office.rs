//! One programme: a folder with two keys, what was signed, the ledger, and what is published.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use bauta_spec::attributes;
use bauta_spec::sealed::{self, Cost, Kind, file};
use bauta_spec::signed::{DelegateKey, RootKey, RootPublic};
use bauta_spec::time::{Day, Grid, Minute, Moment};
use bauta_spec::trust::{Delegate, Programme};
use bauta_spec::words::Line;
use rand_core::CryptoRng;

use crate::ledger::{Ledger, Withdrawal};
use crate::refused::Refused;
use crate::shelf::Shelf;

/// A delegate's certificate is renewed at least so often.
const DELEGATE_MINUTES: u32 = 365 * 24 * 60;

/// Made first: while nothing but this is there, nothing was ever signed under it.
const ROOT_KEY: &str = "root.key";
const DELEGATE_KEY: &str = "delegate.key";
/// Made last, so it is what says that there is a programme.
const ROOT_PUB: &str = "public/root.pub";

/// What a new programme is made of.
#[derive(Clone, Debug)]
pub struct Founding {
    /// What people know it as.
    pub name: Line,
    /// The grid of days.
    pub grid: Grid,
    /// For how many days beyond today wallets hold passes, 1 to 14.
    pub prefetch_days: u8,
    /// The last day of all.
    pub last_day: Day,
    /// Whether the credential types that come with Bauta are signed at once.
    pub shipped_types: bool,
    /// What sealing the two key files costs.
    pub cost: Cost,
}

/// An opened programme. Nobody else works in its folder meanwhile.
#[derive(Debug)]
pub struct Office {
    pub(crate) dir: PathBuf,
    pub(crate) root: RootPublic,
    pub(crate) shelf: Shelf,
    pub(crate) ledger: Ledger,
    // Held, not read: the lock ends with it.
    _lock: File,
}

impl Office {
    /// Makes a programme: both keys, the delegate's certificate, the programme's settings.
    ///
    /// # Errors
    /// As [`Office::is_free`]; whatever the disk or the passphrases are refused for.
    pub fn found(
        dir: &Path,
        founding: &Founding,
        root_passphrase: &[u8],
        delegate_passphrase: &[u8],
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, Refused> {
        Self::is_free(dir)?;
        let today = founding.grid.day_of(now);
        if founding.last_day < today {
            return Err(Refused::NoTerm { first: today, last: founding.last_day, end: founding.last_day });
        }
        file::private_folder(dir)?;
        let lock = lock(dir)?;
        for folder in ["signed", "public"] {
            fs::create_dir_all(dir.join(folder)).map_err(|error| Refused::file(&dir.join(folder), error))?;
        }
        let (root, delegate) = (RootKey::generate(rng), DelegateKey::generate(rng));
        let mut seal = |name, kind, passphrase: &[u8], key: &[u8]| -> Result<(), Refused> {
            let sealed = sealed::seal(kind, passphrase, key, founding.cost, rng)?;
            Ok(file::write_new(&dir.join(name), &sealed)?)
        };
        seal(ROOT_KEY, Kind::RootKey, root_passphrase, root.to_bytes().as_ref())?;
        seal(DELEGATE_KEY, Kind::DelegateKey, delegate_passphrase, delegate.to_bytes().as_ref())?;

        let mut shelf = Shelf::empty(dir);
        shelf.put(&certificate(&delegate, now), &root)?;
        shelf.put(
            &Programme {
                name: founding.name.clone(),
                revision: 0,
                grid: founding.grid,
                prefetch_days: founding.prefetch_days,
                last_day: founding.last_day,
            },
            &root,
        )?;
        for shipped in attributes::shipped().iter().filter(|_| founding.shipped_types) {
            shelf.put(shipped, &root)?;
        }
        let ledger = Ledger::empty();
        ledger.save(dir)?;
        file::write_new_public(&dir.join(ROOT_PUB), format!("{}\n", root.public()).as_bytes())?;
        Ok(Self { dir: dir.to_owned(), root: root.public(), shelf, ledger, _lock: lock })
    }

    /// Whether a programme can be founded in `dir`.
    ///
    /// # Errors
    /// [`Refused::AlreadyFounded`]; [`Refused::Unfinished`] or [`Refused::Busy`] where the founding of one has begun.
    pub fn is_free(dir: &Path) -> Result<(), Refused> {
        if dir.join(ROOT_PUB).exists() {
            return Err(Refused::AlreadyFounded(dir.to_owned()));
        }
        if dir.join(ROOT_KEY).exists() {
            // Somebody who is still founding it holds the lock.
            let _lock = lock(dir)?;
            return Err(Refused::Unfinished(dir.to_owned()));
        }
        Ok(())
    }

    /// Opens the programme in `dir`.
    ///
    /// # Errors
    /// [`Refused::NotFounded`], [`Refused::Unfinished`], [`Refused::Busy`], or what in the folder is damaged.
    pub fn open(dir: &Path) -> Result<Self, Refused> {
        let root_pub = dir.join(ROOT_PUB);
        if !root_pub.exists() {
            Self::is_free(dir)?;
            return Err(Refused::NotFounded(dir.to_owned()));
        }
        let lock = lock(dir)?;
        let root = RootPublic::in_file(&root_pub)?;
        let shelf = Shelf::load(dir, &root)?;
        let ledger = Ledger::load(dir)?;
        let mut office = Self { dir: dir.to_owned(), root, shelf, ledger, _lock: lock };
        office.settle()?;
        Ok(office)
    }

    /// Takes something back. The next list says so, and every one after it.
    ///
    /// # Errors
    /// [`Refused::UnknownId`] for what was never signed here.
    pub fn withdraw(&mut self, withdrawal: Withdrawal) -> Result<(), Refused> {
        let known = match withdrawal {
            Withdrawal::Key(id) => self.shelf.keys().any(|key| key.id() == id),
            Withdrawal::Rule(id) => self.shelf.rules().any(|rule| rule.id() == id),
            Withdrawal::Policy(id) => self.shelf.policies().any(|policy| policy.id() == id),
            Withdrawal::Organiser(id) => self.shelf.organisers.statements().any(|organiser| organiser.id() == id),
        };
        if !known {
            return Err(Refused::UnknownId(withdrawal.to_string()));
        }
        self.ledger.withdraw(withdrawal);
        self.ledger.save(&self.dir)
    }

    /// Ends the passes of `day` below `series`. The next list says so.
    ///
    /// # Errors
    /// [`Refused::FloorNotHigher`].
    pub fn raise_series(&mut self, day: Day, series: u8) -> Result<(), Refused> {
        self.ledger.raise(day, series)?;
        self.ledger.save(&self.dir)
    }

    /// A new delegate key with a certificate; the old delegate's lists are refused wherever a list of the new one has been seen.
    ///
    /// # Errors
    /// [`Refused::OtherRoot`]; whatever the disk or the passphrase is refused for.
    pub fn rotate_delegate(
        &mut self,
        root: &RootKey,
        passphrase: &[u8],
        cost: Cost,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Refused> {
        self.is_of(root)?;
        let delegate = DelegateKey::generate(rng);
        let sealed = sealed::seal(Kind::DelegateKey, passphrase, delegate.to_bytes().as_ref(), cost, rng)?;
        // The certificate first: with one too many the old key goes on, with one too few no list could be signed.
        self.shelf.put(&certificate(&delegate, now), root)?;
        Ok(file::replace(&self.dir.join(DELEGATE_KEY), &sealed)?)
    }

    /// The programme's settings.
    ///
    /// # Errors
    /// [`Refused::NotFounded`] when the signed settings are gone.
    pub fn programme(&self) -> Result<&Programme, Refused> {
        self.shelf.programme().ok_or_else(|| Refused::NotFounded(self.dir.clone()))
    }

    /// The version that was published last.
    #[must_use]
    pub fn published(&self) -> Option<u32> {
        self.ledger.published
    }

    /// What pins the programme.
    #[must_use]
    pub fn root_public(&self) -> RootPublic {
        self.root
    }

    /// Where the root key lies: in the folder or wherever it is kept.
    #[must_use]
    pub fn root_key_file(&self, path: Option<&Path>) -> PathBuf {
        path.map_or_else(|| self.dir.join(ROOT_KEY), Path::to_owned)
    }

    /// Where the delegate key lies.
    #[must_use]
    pub fn delegate_key_file(&self) -> PathBuf {
        self.dir.join(DELEGATE_KEY)
    }

    /// Opens the root key, in the folder or wherever it is kept.
    ///
    /// # Errors
    /// [`Refused::OtherRoot`]; whatever the file or the passphrase is refused for.
    pub fn root_key(&self, path: Option<&Path>, passphrase: &[u8]) -> Result<RootKey, Refused> {
        let key =
            open_key(&self.root_key_file(path), Kind::RootKey, passphrase, |bytes| RootKey::from_bytes(bytes).ok())?;
        self.is_of(&key)?;
        Ok(key)
    }

    /// Opens the delegate key.
    ///
    /// # Errors
    /// Whatever the file or the passphrase is refused for.
    pub fn delegate_key(&self, passphrase: &[u8]) -> Result<DelegateKey, Refused> {
        open_key(&self.delegate_key_file(), Kind::DelegateKey, passphrase, |bytes| DelegateKey::from_bytes(bytes).ok())
    }

    pub(crate) fn is_of(&self, root: &RootKey) -> Result<(), Refused> {
        (root.public() == self.root).then_some(()).ok_or(Refused::OtherRoot)
    }
}

fn open_key<K>(path: &Path, kind: Kind, passphrase: &[u8], read: impl Fn(&[u8]) -> Option<K>) -> Result<K, Refused> {
    let sealed = file::read_private(path, sealed::MAX_BYTES)?;
    let unopened = |cause| Refused::Unopened { path: path.to_owned(), cause };
    let bytes = sealed::open(kind, passphrase, &sealed).map_err(unopened)?;
    read(&bytes).ok_or(sealed::CannotOpen::WrongPassphraseOrDamaged).map_err(unopened)
}

fn certificate(delegate: &DelegateKey, now: Moment) -> Delegate {
    let first = Minute::of(now);
    Delegate { public: delegate.public(), first, last: first.plus(DELEGATE_MINUTES) }
}

fn lock(dir: &Path) -> Result<File, Refused> {
    let path = dir.join("lock");
    let file = File::create(&path).map_err(|error| Refused::file(&path, error))?;
    file.try_lock().map_err(|_| Refused::Busy(dir.to_owned()))?;
    Ok(file)
}
