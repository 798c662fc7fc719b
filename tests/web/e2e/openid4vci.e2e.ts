// A library for OpenID4VCI 1.0 that we did not write, against a running issuer: how far it gets, and where it has to be helped.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { clientAuthenticationAnonymous, preAuthorizedCodeGrantIdentifier, setGlobalConfig } from "@openid4vc/oauth2";
import { Openid4vciClient, Openid4vciRetrieveCredentialsError, Openid4vciVersion } from "@openid4vc/openid4vci";
import { afterAll, beforeAll, expect, test } from "vitest";
import { City, TESTED } from "../city/city";

let city: City;
const client = new Openid4vciClient({
  callbacks: {
    fetch,
    clientAuthentication: clientAuthenticationAnonymous(),
    // Of JSON Web proofs, which would name their holder, nothing is used here.
    hash: () => unwanted("a hash"),
    generateRandom: () => unwanted("randomness"),
    signJwt: () => unwanted("a signature"),
  },
});

beforeAll(async () => {
  // The lab is on this machine. The library allows that only when told so, as our own wallet allows loopback only.
  setGlobalConfig({ allowInsecureUrls: true });
  city = await City.found();
});
afterAll(() => city?.end());

test("it reads the offer by reference, the issuer's metadata and the authorization server's, and takes them for version 1.0", async () => {
  const offer = await client.resolveCredentialOffer(city.result().offer);
  expect(offer.credential_issuer).toBe(city.places.lab);
  expect(offer.credential_configuration_ids).toEqual(["health-record"]);

  const issuer = await client.resolveIssuerMetadata(offer.credential_issuer);
  expect(issuer.originalDraftVersion).toBe(Openid4vciVersion.V1);
  expect(issuer.credentialIssuer.nonce_endpoint).toBe(`${city.places.lab}/nonce`);
  expect(issuer.authorizationServers.map((server) => server.token_endpoint)).toEqual([`${city.places.lab}/token`]);
  // Formats of ours are passed over, not refused.
  expect(Object.keys(issuer.credentialIssuer.credential_configurations_supported)).toContain("health-record");
  expect(issuer.knownCredentialConfigurations).toEqual({});
});

test("it never looks at the link's fragment, where our code is, and is refused without it", async () => {
  const { link, offer: text } = city.result();
  const offer = await client.resolveCredentialOffer(text);
  expect(offer.grants?.[preAuthorizedCodeGrantIdentifier]?.["pre-authorized_code"]).toBe("code-in-fragment");
  const issuerMetadata = await client.resolveIssuerMetadata(offer.credential_issuer);
  const refused = client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer: offer, issuerMetadata });
  await expect(refused).rejects.toMatchObject({ errorResponse: { error: "invalid_grant" } });
  // The plain address, which is what our QR holds, is no offer to it at all.
  await expect(client.resolveCredentialOffer(link)).rejects.toThrow("credential_offer");
});

test("with the code put in its place it gets a token and a nonce, and a record for the commitment of our wallet", async () => {
  const { link, offer: text } = city.result();
  const { token, issuerMetadata } = await granted(text, link.split("#")[1] ?? "");
  expect(token.token_type).toBe("Bearer");
  expect((await client.requestNonce({ issuerMetadata })).c_nonce.length).toBeGreaterThan(20);

  const wallet = await ourWallet();
  const errand = wallet.collect(link);
  expect(errand.next()?.url).toBe(`${city.places.lab}/token`);
  errand.reply(200, token);
  const asked = JSON.parse(errand.next()?.body ?? "") as { credential_configuration_id: string; proofs: Proofs };
  // Our proof type goes through as it is: one member, one proof.
  expect(Object.keys(asked.proofs)).toEqual(["bauta_commitment"]);
  const answer = await client.retrieveCredentials({
    issuerMetadata,
    accessToken: token.access_token,
    credentialConfigurationId: asked.credential_configuration_id,
    proofs: asked.proofs,
  });
  expect(answer.credentialResponse.credentials).toHaveLength(1);

  errand.reply(200, answer.credentialResponse);
  const said = JSON.parse(errand.next()?.body ?? "") as { notification_id: string };
  const heard = await client.sendNotification({
    issuerMetadata,
    accessToken: token.access_token,
    notification: { event: "credential_accepted", notificationId: said.notification_id },
  });
  expect(heard.response.status).toBe(204);
  errand.reply(204, "");
  expect(errand.next()).toBeUndefined();
  expect(wallet.records()).toContain("health-record");
  wallet.end();
});

test("a short code goes through with its tx_code, and not with a wrong one", async () => {
  const { offer: text, short_code: code = "", second_factor: digits = "" } = city.result(TESTED, "--short");
  const wrong = digits === "0000000" ? "1111111" : "0000000";
  await expect(granted(text, code, wrong)).rejects.toMatchObject({ errorResponse: { error: "invalid_grant" } });
  await expect(granted(text, code)).rejects.toMatchObject({ errorResponse: { error: "invalid_request" } });
  expect((await granted(text, code, digits)).token.access_token).not.toBe("");
});

test("what we refuse, it understands: a JSON Web proof, and a proof that does not hold", async () => {
  const { link, offer: text } = city.result();
  const { token, issuerMetadata } = await granted(text, link.split("#")[1] ?? "");
  const refusal = async (proofs: Proofs, accessToken: string) => {
    const asked = { issuerMetadata, accessToken, credentialConfigurationId: "health-record", proofs };
    const error: unknown = await client.retrieveCredentials(asked).catch((thrown: unknown) => thrown);
    if (!(error instanceof Openid4vciRetrieveCredentialsError)) throw error;
    const { credentialErrorResponseResult: result } = error.response as { credentialErrorResponseResult?: Understood };
    return result?.success ? result.data.error : undefined;
  };
  const wrong = Buffer.alloc(144).toString("base64url");
  expect(await refusal({ jwt: ["a.b.c"] }, token.access_token)).toBe("invalid_credential_request");
  expect(await refusal({ bauta_commitment: [wrong] }, token.access_token)).toBe("invalid_proof");
});

type Proofs = Record<string, string[]>;
type Understood = { success: true; data: { error: string } } | { success: false };

/** What whoever builds on such a library has to do for our links: the code from the fragment goes into the offer. */
async function granted(text: string, code: string, txCode?: string) {
  const offer = await client.resolveCredentialOffer(text);
  const grant = { ...offer.grants?.[preAuthorizedCodeGrantIdentifier], "pre-authorized_code": code };
  const credentialOffer = { ...offer, grants: { [preAuthorizedCodeGrantIdentifier]: grant } };
  const issuerMetadata = await client.resolveIssuerMetadata(offer.credential_issuer);
  const asked = { credentialOffer, issuerMetadata, ...(txCode === undefined ? {} : { txCode }) };
  const { accessTokenResponse: token } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer(asked);
  return { token, issuerMetadata };
}

function unwanted(what: string): never {
  throw new Error(`the library wanted ${what}`);
}

/** Our own core as the pages have it, for the mathematics alone: nothing of it sends anything. */
async function ourWallet() {
  const built = resolve(import.meta.dirname, "../../../web/wasm/wallet/bauta_wallet");
  const core = (await import(/* @vite-ignore */ pathToFileURL(`${built}.js`).href)) as Core;
  core.initSync({ module: readFileSync(`${built}_bg.wasm`) });
  const { root, trustList } = city.places.settings;
  const list = new Uint8Array(await (await fetch(trustList)).arrayBuffer());
  const now = () => Math.floor(Date.now() / 1000);
  const wallet = core.Wallet.create(root, list, trustList, now());
  return {
    collect(link: string) {
      const errand = wallet.collect(link);
      return {
        next() {
          const call = errand.call();
          return call === undefined ? undefined : (JSON.parse(call) as { url: string; body?: string });
        },
        reply(status: number, body: unknown) {
          errand.reply(status, new TextEncoder().encode(body === "" ? "" : JSON.stringify(body)), wallet, now());
        },
      };
    },
    records: () => wallet.records(),
    end: () => wallet.free(),
  };
}

interface Core {
  initSync(options: { module: BufferSource }): unknown;
  Wallet: { create(root: string, list: Uint8Array, source: string, now: number): CoreWallet };
}

interface CoreWallet {
  collect(link: string): {
    call(): string | undefined;
    reply(status: number, body: Uint8Array, wallet: CoreWallet, now: number): boolean;
  };
  records(): string;
  free(): void;
}
