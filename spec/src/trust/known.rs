use bauta_crypto::PublicKey;

/// Whether the key stands in the drafts' test vectors, with its secret half beside it. Such a key is a specimen or refused.
pub fn is_published_test_key(key: &PublicKey) -> bool {
    PUBLISHED.iter().any(|known| crate::text::bytes_of_hex(known) == Ok(key.to_bytes()))
}

/// draft-irtf-cfrg-bbs-signatures, section 8 (and with the same keys the drafts on blind signatures and pseudonyms).
const PUBLISHED: [&str; 4] = [
    "a820f230f6ae38503b86c70dc50b61c58a77e45c39ab25c0652bbaa8fa136f2851bd4781c9dcde39fc9d1d52c9e60268\
     061e7d7632171d91aa8d460acee0e96f1e7c4cfb12d3ff9ab5d5dc91c277db75c845d649ef3c4f63aebc364cd55ded0c",
    "92d37d1d6cd38fea3a873953333eab23a4c0377e3e049974eb62bd45949cdeb18fb0490edcd4429adff56e65cbce42cf\
     188b31bddbd619e419b99c2c41b38179eb001963bc3decaae0d9f702c7a8c004f207f46c734a5eae2e8e82833f3e7ea5",
    "b064bd8d1ba99503cbb7f9d7ea00bce877206a85b1750e5583dd9399828a4d20610cb937ea928d90404c239b2835ffb1\
     04220a9c66a4c9ed3b54c0cac9ea465d0429556b438ceefb59650ddf67e7a8f103677561b7ef7fe3c3357ec6b94d41c6",
    "b24c723803f84e210f7a95f6265c5cbfa4ecc51488bf7acf24b921807801c0798b725b9a2dcfa29953efcdfef0332872\
     0196c78b2e613727fd6e085302a0cc2d8d7e1d820cf1d36b20e79eee78c13a1a5da51a298f1aef86f07bc33388f089d8",
];
