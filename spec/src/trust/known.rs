use bauta_crypto::PublicKey;

use crate::signed::RootPublic;

/// Whether the key stands in published test vectors, with its secret half or what it was made from beside it. Such a key is a specimen or refused.
pub fn is_published_test_key(key: &PublicKey) -> bool {
    PUBLISHED.iter().any(|known| crate::text::bytes_of_hex(known) == Ok(key.to_bytes()))
}

/// Four of draft-irtf-cfrg-bbs-signatures, section 8 (the drafts on blind signatures and pseudonyms use the same), then two of the
/// vectors for our own showing, then those of spec/vectors/keys.json.
pub(super) const PUBLISHED: [&str; 18] = [
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
    "94c15ce0c823fb473d87bd95846fe036535524dbc63b7cf62a3cb2da2489d9e72ee9d6721409a07a7761e87b8a5ecf34\
     18a04ca9e6a6f41294e12f5801d645b18452d478cc49bca31629da93eddaf782477361c6bb704fdc0fa30d7134199592",
    "99cf30ec2245e5fb5adc1b12913ada5d1abc97b7dcb429306ba6f4c09bc5dbd7bd9a5cc710012d69fd0cb0acd6485a4b\
     12d136f0c4ce8d3caa67714ce0a7a0a23e00db0097714558e00bd3cd9d3285ed034d39db19e8d6c8ed15c25462f08f3e",
    "901b1bef8a705d35e765507a31e5879dd47503c2ae1d4e4b8c118e45de7975d8c1ce6e13c8c9327648c9dd6abea978d8\
     0106b75a821437be1277a3ea2c37838bde1c8a3fd286175146ad05a935f40c6dbc0fdac11f590903ed97fb3f4382698e",
    "863aeb213235a5b37052c8bad882678920600aee63106d78b98e5c5a3fec609afe526e2081f971f189fc0675caeee856\
     085c4340ff6786a600ce00249a5c7bc15e46e4df9af6db64ca730cfaf94bb5c77cb94dca004da2b02cf68d88d48e5e26",
    "b0c6f7d682965bbe300fdcb9ec95805ccdd0916c467c1d8dd5b385e65175bba5cf73ef2f6b7ed333f011d1a61244a218\
     01863528865f8ac901e01fecf88364532122782fdd986bf8b36fae4a50a78d40a8c9f6979d8949e5a30d4b0d7c47e2ae",
    "976d532bedc531e604ce4fd289ee39812b55422a1c72112ced195097ed660785af471f42e14e44b9dbd2cd0f06f046ef\
     1091a6e023ced37eae584e3c3f3c4dd0cd5d1a01387688bd238289e3a075d910bd20d34a40e7ffae8898cca2490c8023",
    "92479bd8b06b95dc9c9b587ff178155984b793a3062b699faa33cae2204bd87a19b6cacc145b375743edfa362c8a4ebf\
     197062200425fafdcbc8078f07c8e5a1c2d536b8a813339315e3f43dfea408b4cc929444d9dd8bab07d292dc37c3219b",
    "a73f1cd3995f6369b0b6b8bba3a9da4c761a74c4f3e89c6123509db66f3d8426655d372641f1c6b49651d03f34f9be5d\
     1071e655601d728f4a41f08deb2298c53e2a07a00d59cd47180ea5bcb83d22fe4a996112f904ecdd110c1b75ab2d7ca1",
    "a1896aac2dec1dae694622e3a3a69aa8e13bfdae0046f5fb66c8073074937a1a106b7b6100790b5944a27e0a2b92d652\
     0577040a91f63171fd4808edcac80e33e861ff9384fc1b7efbb5aa21ec1088664f98a8e4dbea5776b74bef0b312b7382",
    "b232b73c8c66b849934f00f16d02d86a7cb23c05af7c7e7b3ddd57c6e210f752ecde5955a4e264645aa131d57a1dbcdf\
     15f83d6f493aea33bd7a75bdb92975eca94df849cb2e603711ec348694b45a4c8de20b577272b17dfd8f092aebdf7c41",
    "967fcdcb3a0f0ebe6f6792efefbe4edbd77950e0103025592e9a1e4572c0e481eb188b7f8bd89537d3d8428efdb51e65\
     001c5e8dea717d38d6f9f7e0b143a9f25efcd003faf5de76a052fe12c4c21ed572b21d134bcab31366aa950572525373",
    "8cd81fb4bd3e2c502ec67ee417e59aca1724351fca09e502dac7b098db2ce292d34ba42c88399025e63a6d2ec23c6f8d\
     1448838326140c0446a89e01893f98c204e4ea3e89a5b7327d355a8e5dbf8505ff94f7b629b46024c18ad4524f3db05d",
];

/// Whether everybody can sign with this root key: it is the one of spec/vectors. Nothing but a test may trust it.
///
/// Lists of this root may hold published keys, or the vectors could not show what a door decides. That weakens nothing: whoever
/// trusts this root trusts everybody. A program is never to be set up with it.
pub fn is_published_test_root(root: &RootPublic) -> bool {
    crate::text::bytes_of_hex(PUBLISHED_ROOT) == Ok(root.to_bytes())
}

/// The root of spec/vectors/keys.json.
const PUBLISHED_ROOT: &str = "064ecc43e440b3c3c029c7a78fbfecd93e51989de329b2354bfb423be418e00f";
