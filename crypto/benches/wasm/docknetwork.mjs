// docknetwork's crypto-wasm: BBS of 2023 in a format of its own, with both of its proofs. Parameters are made once;
// multiplications take variable time. Nothing is verified before it is proved.

import dock from "@docknetwork/crypto-wasm";

export async function docknetwork(work) {
  await dock.initializeWasm();
  return [
    contender(work, "docknetwork crypto-wasm 0.34 `ietf`", { messagesBy: "ConstantTime", proof: "New" }),
    contender(work, "docknetwork crypto-wasm 0.34 `cdl`", { messagesBy: "", proof: "" }),
  ];
}

/** How messages become scalars depends on the proof: the names of the calls say which belong together. */
function contender({ messages, disclosed, ph }, name, { messagesBy, proof }) {
  const [signMessages, verifySignature] = ["Sign", "Verify"].map((act) => dock[`bbs${act}${messagesBy}`]);
  const [initialize, finish, verifyProof, ofProtocol, ofProof] = [
    "InitializeProofOfKnowledgeOfSignature",
    "GenProofOfKnowledgeOfSignature",
    "VerifyProofOfKnowledgeOfSignature",
    "ChallengeContributionFromProtocol",
    "ChallengeContributionFromProof",
  ].map((step) => dock[`bbs${step}${proof}`]);

  const params = dock.bbsGenerateSignatureParams(messages.length);
  const { secret_key: secretKey, public_key: publicKey } = dock.bbsGenerateKeyPair(params);
  const shown = new Map(disclosed.map((i) => [i, messages[i]]));
  const challenge = (contribution) => dock.generateChallengeFromBytes(joined(contribution, ph));

  const sign = () => signMessages(messages, secretKey, params, true);
  const signature = sign();
  const prove = () => {
    const protocol = initialize(signature, params, messages, new Map(), new Set(disclosed), true);
    return finish(protocol, challenge(ofProtocol(protocol, shown, params, true)));
  };
  const made = prove();
  return {
    name,
    acts: {
      sign,
      verify: () => holds(verifySignature(messages, signature, publicKey, params, true)),
      "prove, held": prove,
      check: () => {
        const answered = challenge(ofProof(made, shown, params, true));
        holds(verifyProof(made, shown, answered, publicKey, params, true));
      },
    },
  };
}

function joined(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function holds({ verified, error }) {
  if (!verified) throw new Error(`crypto-wasm: ${error}`);
}
