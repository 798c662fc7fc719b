// MATTR's pairing-crypto: an older draft, on blst. Takes the key's bytes each time; verifies before it proves if it is told to.

import pairingCrypto from "@mattrglobal/pairing-crypto";

const bbs = pairingCrypto.bbs.bls12381_sha256;

export async function mattr({ messages, disclosed, header, ph }) {
  const { secretKey, publicKey } = await bbs.generateKeyPair();
  const signature = await bbs.sign({ secretKey, publicKey, header, messages });
  const choices = messages.map((value, i) => ({ value, reveal: disclosed.includes(i) }));
  const prove = (verifySignature) =>
    bbs.deriveProof({ publicKey, signature, header, presentationHeader: ph, verifySignature, messages: choices });
  const proof = await prove(false);
  const shown = Object.fromEntries(disclosed.map((i) => [i, messages[i]]));
  return {
    name: "MATTR pairing-crypto 0.4.2",
    acts: {
      sign: () => bbs.sign({ secretKey, publicKey, header, messages }),
      verify: async () => holds(await bbs.verify({ publicKey, signature, header, messages })),
      prove: () => prove(true),
      "prove, held": () => prove(false),
      check: async () =>
        holds(await bbs.verifyProof({ publicKey, proof, header, presentationHeader: ph, messages: shown })),
    },
  };
}

function holds({ verified, error }) {
  if (!verified) throw new Error(`pairing-crypto: ${error}`);
}
