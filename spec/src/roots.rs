//! Whom a program believes who a web server is: the authorities that everybody's browser knows, and those of one's own house.
//!
//! A hospital's servers often have certificates of its own authority. Its roots come in a PEM file, and count *beside* the others.

use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use crate::sealed::file::{FileRefused, read_public};

/// Certificates of one's own authorities.
#[derive(Clone)]
pub struct HouseRoots(Vec<CertificateDer<'static>>);

/// No bundle of certificates is longer: that of a whole operating system has a quarter of it.
const LONGEST_FILE: usize = 1 << 20;

impl HouseRoots {
    /// From a PEM file with one or more certificates.
    ///
    /// # Errors
    /// [`NoHouseRoots`].
    pub fn in_file(path: &Path) -> Result<Self, NoHouseRoots> {
        let pem = read_public(path, LONGEST_FILE)?;
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|_| NoHouseRoots::Garbled(path.to_owned()))?;
        if certificates.is_empty() {
            return Err(NoHouseRoots::Nothing(path.to_owned()));
        }
        Ok(Self(certificates))
    }

    /// How many there are.
    #[must_use]
    pub fn number(&self) -> usize {
        self.0.len()
    }

    /// Every certificate that counts, each in DER: those that everybody's browser knows, and these.
    pub fn beside_everybodys(&self) -> impl Iterator<Item = &[u8]> {
        TLS_SERVER_ROOT_CERTS.iter().chain(&self.0).map(AsRef::as_ref)
    }
}

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NoHouseRoots {
    /// It cannot be read.
    #[error("the certificates of your own authority: {0}")]
    File(#[from] FileRefused),
    /// It is a text, and not one with certificates.
    #[error(
        "{}: there is no certificate in it: name the PEM file of your own authority, with -----BEGIN CERTIFICATE----- in it",
        .0.display()
    )]
    Nothing(PathBuf),
    /// It begins like one.
    #[error("{}: a certificate in it is cut short or changed: take the PEM file from your own authority again", .0.display())]
    Garbled(PathBuf),
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn certificates_are_found_and_what_is_none_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("house.pem");
        assert!(matches!(HouseRoots::in_file(&path), Err(NoHouseRoots::File(_))));
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            HouseRoots::in_file(&path)
        };
        // Whether they are certificates is for who verifies with them.
        let one = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";
        let two = read(&format!("of the house\n{one}{one}")).unwrap();
        assert_eq!(two.number(), 2);
        let all: Vec<&[u8]> = two.beside_everybodys().collect();
        assert!(all.len() > 100 && all[all.len() - 2..] == [b"ABC", b"ABC"]);
        let key = "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n";
        for nothing in ["", "words", key] {
            assert!(matches!(read(nothing), Err(NoHouseRoots::Nothing(_))), "{nothing}");
        }
        for garbled in [&one[..40], &one.replace("QUJD", "QUJ*")] {
            assert!(matches!(read(garbled), Err(NoHouseRoots::Garbled(_))), "{garbled}");
        }
    }
}
