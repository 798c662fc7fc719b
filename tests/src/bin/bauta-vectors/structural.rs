//! Flaws that any document can have, whatever it says.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use crate::items::{Flaw, Item};
use crate::vector::Vector;

/// A good document with another item at one place.
pub(crate) fn with(document: &[u8], path: &[usize], new: Item) -> Result<Vec<u8>> {
    let item = Item::parse(document).context("our own encoder writes canonical CBOR")?;
    let changed = item.with(path, new).with_context(|| format!("the document has no item at {path:?}"))?;
    Ok(changed.to_bytes())
}

/// One vector for every structural flaw at every item of a CBOR document. `wrap` puts the flawed bytes where a reader meets them.
pub(crate) fn flaws(document: &[u8], wrap: impl Fn(Vec<u8>) -> Vec<u8>) -> Result<Vec<Vector>> {
    let item = Item::parse(document).context("our own encoder writes canonical CBOR")?;
    let vectors = Flaw::ALL.into_iter().flat_map(|flaw| {
        item.each_with(flaw).into_iter().map(move |(path, bytes)| {
            let shows = format!("At {path}: {}.", flaw.sentence());
            (format!("{}_at_{path}", flaw.name()), shows, bytes)
        })
    });
    Ok(vectors.map(|(name, shows, bytes)| Vector::bytes(name, shows, wrap(bytes))).collect())
}

/// Too short, too long, too deep. For CBOR and fixed layouts alike.
pub(crate) fn cuts(document: &[u8], wrap: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<Vector> {
    let mut vectors = Vec::new();
    let mut add = |name: &str, shows: &str, bytes: Vec<u8>| vectors.push(Vector::bytes(name, shows, wrap(bytes)));
    add("empty", "There is nothing.", Vec::new());
    add("trailing_byte", "A byte follows the end.", [document, &[0]].concat());
    add("leading_byte", "A byte stands before the beginning.", [&[0], document].concat());
    add("twice", "The whole document stands there twice.", [document, document].concat());
    add("nested_arrays", "Arrays in arrays in arrays.", vec![0x81; document.len().max(200)]);
    add("all_zero", "All bytes are zero.", vec![0; document.len()]);
    add("all_ones", "All bytes are 255.", vec![0xFF; document.len()]);
    let lengths: BTreeSet<usize> =
        (1..document.len().min(24)).chain([document.len() / 2, document.len() - 1]).collect();
    for length in lengths {
        let name = format!("truncated_to_{length}");
        add(&name, &format!("Only the first {length} bytes are there."), document[..length].to_vec());
    }
    vectors
}
