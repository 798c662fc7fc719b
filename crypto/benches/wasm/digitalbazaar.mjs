// Digital Bazaar's bbs-signatures: the drafts' own format in JavaScript.

import * as bbs from "@digitalbazaar/bbs-signatures";

const ciphersuite = bbs.CIPHERSUITES.BLS12381_SHA256;

export async function digitalbazaar({ messages, disclosed, shown, header, ph }) {
  const { secretKey, publicKey } = await bbs.generateKeyPair({ ciphersuite });
  const sign = () => bbs.sign({ secretKey, publicKey, header, messages, ciphersuite });
  const signature = await sign();
  const about = { publicKey, header, presentationHeader: ph, disclosedMessageIndexes: disclosed, ciphersuite };
  const prove = () => bbs.deriveProof({ ...about, signature, messages });
  const proof = await prove();
  return {
    name: "Digital Bazaar bbs-signatures 3.0",
    acts: {
      sign,
      verify: async () => holds(await bbs.verifySignature({ publicKey, signature, header, messages, ciphersuite })),
      prove,
      check: async () => holds(await bbs.verifyProof({ ...about, proof, disclosedMessages: shown })),
    },
  };
}

function holds(verified) {
  if (!verified) throw new Error("bbs-signatures: what it made does not hold");
}
