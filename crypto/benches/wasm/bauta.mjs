// Ours. A verifier keeps the decoded key, a holder the signature that it verified once.

export function bauta({ Signer }, { messages, disclosed, shown, header, ph }) {
  const signer = new Signer();
  const verifier = signer.verifier();
  const indexes = Uint32Array.from(disclosed);
  const signature = signer.sign(header, messages);
  const holder = verifier.hold(signature, header, messages);
  const proof = holder.prove(ph, indexes);
  const hundred = Array.from({ length: 100 }, () => holder.prove(ph, indexes));
  return {
    name: "**Bauta** in pure Rust",
    acts: {
      sign: () => signer.sign(header, messages),
      verify: () => verifier.verify(signature, header, messages),
      prove: () => verifier.prove(signature, header, ph, messages, indexes),
      "prove, held": () => holder.prove(ph, indexes),
      check: () => verifier.check(proof, header, ph, shown, indexes),
      "check 100": () => verifier.checkBatch(hundred, header, ph, shown, indexes),
    },
  };
}
