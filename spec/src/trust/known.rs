use bauta_crypto::PublicKey;

/// Whether the key stands in published test vectors, with its secret half or what it was made from beside it. Such a key is a specimen or refused.
pub fn is_published_test_key(key: &PublicKey) -> bool {
    PUBLISHED.iter().any(|known| crate::text::bytes_of_hex(known) == Ok(key.to_bytes()))
}

/// Four of draft-irtf-cfrg-bbs-signatures, section 8 (the drafts on blind signatures and pseudonyms use the same), then two of the
/// vectors for our own showing.
pub(super) const PUBLISHED: [&str; 6] = [
    "a820f230f6ae38503b86c70dc50b61c58a77e45c39ab25c0652bbaa8fa136f2851bd4781c9dcde39fc9d1d52c9e60268\
     061e7d7632171d91aa8d460acee0e96f1e7c4cfb12d3ff9ab5d5dc91c277db75c845d649ef3c4f63aebc364cd55ded0c",
    "92d37d1d6cd38fea3a873953333eab23a4c0377e3e049974eb62bd45949cdeb18fb0490edcd4429adff56e65cbce42cf\
     188b31bddbd619e419b99c2c41b38179eb001963bc3decaae0d9f702c7a8c004f207f46c734a5eae2e8e82833f3e7ea5",
    "b064bd8d1ba99503cbb7f9d7ea00bce877206a85b1750e5583dd9399828a4d20610cb937ea928d90404c239b2835ffb1\
     04220a9c66a4c9ed3b54c0cac9ea465d0429556b438ceefb59650ddf67e7a8f103677561b7ef7fe3c3357ec6b94d41c6",
    "b24c723803f84e210f7a95f6265c5cbfa4ecc51488bf7acf24b921807801c0798b725b9a2dcfa29953efcdfef0332872\
     0196c78b2e613727fd6e085302a0cc2d8d7e1d820cf1d36b20e79eee78c13a1a5da51a298f1aef86f07bc33388f089d8",
    "a7d8fbb0ac09c9d9592ef7e8c6710a47c2c8cfa5effd075c4d74a3c22ebc8258ed179c194a0647000caafac4023f40c2\
     099dc9399cf44fe8e29bb9248a8b5e503589c83bd2c53ae51ccaf667b78f13eaa86695a163a32c5367aa59013c4747ba",
    "8acd361a448518bd7d6dc79efcdb085df18b80f8daed3f0d33b89d2e5507a36e0ce247069ea4ed1cda973380995db0ef\
     0d6647751a0d18b19ab77a10df14adff8f96a53f6fdce92cea687b0f85947de8b1a6a2525203f71551b9277dec308336",
];
