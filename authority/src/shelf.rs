//! Everything that the root has signed: one file each in `signed/`, numbered in the order of signing.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use bauta_spec::attributes::CredentialType;
use bauta_spec::credential::KeyId;
use bauta_spec::policy::Policy;
use bauta_spec::poster::OrganiserCertificate;
use bauta_spec::rules::Rule;
use bauta_spec::sealed::file::{read_public, write_new_public};
use bauta_spec::signed::{DelegatePublic, RootKey, RootPublic, Signed, Statement, role};
use bauta_spec::trust::{Delegate, KeyStatement, Programme};

use crate::refused::Refused;

/// What a file on the shelf is called after its number.
pub(crate) trait Shelved: Statement<Signer = role::Root> {
    const KIND: &'static str;

    /// What stands for this statement alone; a later one with the same takes its place.
    fn id(&self) -> String;
}

/// The signed statements of a programme, each with its signature checked.
pub(crate) struct Shelf {
    folder: PathBuf,
    next: u32,
    pub(crate) programmes: Row<Programme>,
    pub(crate) delegates: Row<Delegate>,
    pub(crate) types: Row<CredentialType>,
    pub(crate) keys: Row<KeyStatement>,
    pub(crate) rules: Row<Rule>,
    pub(crate) policies: Row<Policy>,
    pub(crate) organisers: Row<OrganiserCertificate>,
}

/// The statements of one kind, in the order of signing.
pub(crate) struct Row<T>(Vec<(T, Signed<T>)>);

impl<T: Shelved> Row<T> {
    pub(crate) fn signed(&self) -> Vec<Signed<T>> {
        self.0.iter().map(|(_, signed)| signed.clone()).collect()
    }

    pub(crate) fn statements(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter().map(|(statement, _)| statement)
    }

    fn take(&mut self, statement: T, signed: Signed<T>) {
        let id = statement.id();
        self.0.retain(|(earlier, _)| earlier.id() != id);
        self.0.push((statement, signed));
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shelf({} signed)", self.next - 1)
    }
}

impl Shelf {
    pub(crate) fn empty(dir: &Path) -> Self {
        Self {
            folder: dir.join("signed"),
            next: 1,
            programmes: Row(Vec::new()),
            delegates: Row(Vec::new()),
            types: Row(Vec::new()),
            keys: Row(Vec::new()),
            rules: Row(Vec::new()),
            policies: Row(Vec::new()),
            organisers: Row(Vec::new()),
        }
    }

    /// Reads everything and checks every signature.
    pub(crate) fn load(dir: &Path, root: &RootPublic) -> Result<Self, Refused> {
        let mut shelf = Self::empty(dir);
        let listing = fs::read_dir(&shelf.folder).map_err(|error| Refused::file(&shelf.folder, error))?;
        let mut names: Vec<String> = listing
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".cbor"))
            .collect();
        names.sort();
        for name in names {
            shelf.read(&name, root)?;
        }
        Ok(shelf)
    }

    fn read(&mut self, name: &str, root: &RootPublic) -> Result<(), Refused> {
        let path = self.folder.join(name);
        let foreign = || Refused::ForeignStatement(path.clone());
        let (number, rest) = name.split_once('-').ok_or_else(foreign)?;
        let kind = rest.split(['-', '.']).next().unwrap_or_default();
        let number: u32 = number.parse().map_err(|_| foreign())?;
        self.next = self.next.max(number.saturating_add(1));
        match kind {
            Programme::KIND => self.programmes.read(&path, root),
            Delegate::KIND => self.delegates.read(&path, root),
            CredentialType::KIND => self.types.read(&path, root),
            KeyStatement::KIND => self.keys.read(&path, root),
            Rule::KIND => self.rules.read(&path, root),
            Policy::KIND => self.policies.read(&path, root),
            OrganiserCertificate::KIND => self.organisers.read(&path, root),
            _ => Err(foreign()),
        }
    }

    /// Signs a statement and puts it on the shelf: into which file.
    pub(crate) fn put<T: Shelved + Clone>(&mut self, statement: &T, root: &RootKey) -> Result<PathBuf, Refused>
    where
        Self: Holds<T>,
    {
        let signed = Signed::sign(statement, root)
            .map_err(|cause| Refused::Unreadable { what: format!("this {}", T::KIND), cause })?;
        let path = self.folder.join(format!("{:05}-{}-{}.cbor", self.next, T::KIND, statement.id()));
        write_new_public(&path, &signed.to_bytes())?;
        self.next += 1;
        self.row().take(statement.clone(), signed);
        Ok(path)
    }

    pub(crate) fn programme(&self) -> Option<&Programme> {
        self.programmes.statements().next_back()
    }

    pub(crate) fn certificate_of(&self, delegate: &DelegatePublic) -> Option<&Signed<Delegate>> {
        self.delegates.0.iter().rev().find(|(statement, _)| statement.public == *delegate).map(|(_, signed)| signed)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = Key<'_>> {
        self.keys.statements().map(Key)
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.statements()
    }

    pub(crate) fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.policies.statements()
    }
}

/// A key statement, by its id.
pub(crate) struct Key<'a>(pub(crate) &'a KeyStatement);

impl Key<'_> {
    pub(crate) fn id(&self) -> KeyId {
        KeyId::of(&self.0.public)
    }
}

impl<T: Shelved> Row<T> {
    fn read(&mut self, path: &Path, root: &RootPublic) -> Result<(), Refused> {
        let bytes = read_public(path, Signed::<T>::MAX)?;
        let signed = Signed::<T>::from_bytes(&bytes).map_err(|_| Refused::ForeignStatement(path.to_owned()))?;
        let statement = signed.verify(root).map_err(|_| Refused::ForeignStatement(path.to_owned()))?.into_inner();
        self.take(statement, signed);
        Ok(())
    }
}

/// Where a kind of statement stands.
pub(crate) trait Holds<T> {
    fn row(&mut self) -> &mut Row<T>;
}

macro_rules! shelved {
    ($($kind:literal $statement:ty => $row:ident, $id:expr;)+) => {$(
        impl Shelved for $statement {
            const KIND: &'static str = $kind;

            fn id(&self) -> String {
                let id: fn(&Self) -> String = $id;
                id(self)
            }
        }

        impl Holds<$statement> for Shelf {
            fn row(&mut self) -> &mut Row<$statement> {
                &mut self.$row
            }
        }
    )+};
}

shelved! {
    "programme" Programme => programmes, |_| "settings".to_owned();
    "delegate" Delegate => delegates, |delegate| delegate.public.to_string();
    "type" CredentialType => types, |listed| format!("{}-{}", listed.name(), listed.layout());
    "key" KeyStatement => keys, |key| KeyId::of(&key.public).to_string();
    "rule" Rule => rules, |rule| Rule::id(rule).to_string();
    "policy" Policy => policies, |policy| Policy::id(policy).to_string();
    "organiser" OrganiserCertificate => organisers, |organiser| organiser.public.to_string();
}
