use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::code::PickupCode;
use super::messages::path;
use crate::Malformed;
use crate::text::text_form;

const LINK: &str = "openid-credential-offer://?credential_offer_uri=";

/// An invitation to collect a record: whom to ask, and the code if it came along.
#[derive(Debug)]
pub struct Offer {
    /// Whom to ask.
    pub issuer: IssuerUrl,
    /// From the link's fragment. Without one, the citizen types a short code.
    pub code: Option<PickupCode>,
}

impl Offer {
    /// No offer is longer.
    pub const MAX_CHARACTERS: usize = 512;

    /// The link that opens a wallet. Secret: it holds the code.
    pub fn link(&self) -> Zeroizing<String> {
        let mut link = Zeroizing::new(LINK.to_owned());
        for byte in self.url().bytes() {
            if is_unreserved(byte) {
                link.push(char::from(byte));
            } else {
                link.push_str(&format!("%{byte:02X}"));
            }
        }
        link
    }

    /// The plain web address, for a QR that any camera opens. Secret: it holds the code, in the fragment, which browsers
    /// do not send.
    pub fn url(&self) -> Zeroizing<String> {
        let mut url = Zeroizing::new(self.issuer.join(path::OFFER));
        if let Some(code) = &self.code {
            url.push('#');
            url.push_str(&code.text());
        }
        url
    }
}

impl FromStr for Offer {
    type Err = Malformed;

    /// Takes the link and the plain address.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text.len() > Self::MAX_CHARACTERS {
            return Err(Malformed::new("longer than an offer may be"));
        }
        let url = match text.strip_prefix(LINK) {
            Some(encoded) => percent_decoded(encoded)?,
            None => Zeroizing::new(text.to_owned()),
        };
        let (address, code) = match url.split_once('#') {
            Some((address, code)) => (address, Some(code.parse()?)),
            None => (url.as_str(), None),
        };
        let issuer = address
            .strip_suffix(path::OFFER)
            .ok_or(Malformed::new("an offer is a link like https://lab.example/offer#CODE"))?
            .parse()?;
        Ok(Self { issuer, code })
    }
}

/// RFC 3986, section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn percent_decoded(text: &str) -> Result<Zeroizing<String>, Malformed> {
    const WRONG: Malformed = Malformed::new("the offer link is not percent-encoded as it should be");
    let mut decoded = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let byte = match first {
            b'%' => {
                let (digits, after) = rest.split_first_chunk::<2>().ok_or(WRONG)?;
                rest = after;
                let digit = |d: u8| char::from(d).to_digit(16).ok_or(WRONG);
                (digit(digits[0])? * 16 + digit(digits[1])?) as u8
            }
            byte if is_unreserved(*byte) => *byte,
            // Some programs that pass links on decode them halfway.
            b':' | b'/' | b'#' | b'[' | b']' => *first,
            _ => return Err(WRONG),
        };
        if !byte.is_ascii_graphic() {
            return Err(WRONG);
        }
        decoded.push(char::from(byte));
    }
    Ok(decoded)
}

/// The address of an issuer: `https`, a host in small letters, perhaps a port and a path; no user, query, fragment, and no
/// slash at the end. `http` is for the same machine only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssuerUrl(String);

impl IssuerUrl {
    /// No address is longer.
    pub const MAX_CHARACTERS: usize = 256;

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its own path, `/north` of `https://lab.example/north`; mostly nothing.
    pub fn path(&self) -> &str {
        let after_scheme = self.0.split_once("://").map_or("", |(_, rest)| rest);
        after_scheme.find('/').map_or("", |start| &after_scheme[start..])
    }

    /// The address of one of the paths in [`path`].
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromStr for IssuerUrl {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("an issuer's address is like https://lab.example, in small letters");
        if text.len() > Self::MAX_CHARACTERS {
            return Err(WRONG);
        }
        let (scheme, rest) = text.split_once("://").ok_or(WRONG)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = host_and_port(authority).ok_or(WRONG)?;
        if port.is_some_and(|port| !is_port(port)) || !(path.is_empty() || is_path(path)) {
            return Err(WRONG);
        }
        match scheme {
            "https" => {}
            "http" if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => {}
            "http" => {
                return Err(Malformed::new(
                    "http is for an issuer on this machine only: the address must begin with https",
                ));
            }
            _ => return Err(WRONG),
        }
        Ok(Self(text.to_owned()))
    }
}

fn host_and_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let (host, port) = if authority.starts_with('[') {
        let (host, after) = authority.split_at(authority.find(']')? + 1);
        (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
    } else {
        authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)))
    };
    is_host(host).then_some((host, port))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok_and(|parsed| parsed.to_string() == address);
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(is_label)
}

fn is_port(port: &str) -> bool {
    !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
}

fn is_path(path: &str) -> bool {
    let is_segment = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_unreserved);
    path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment))
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_form!(IssuerUrl);
