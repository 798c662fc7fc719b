// Imported first: from here on the browser takes the address of a script from nobody but this policy (Trusted Types), and
// this policy lets through what was delivered with the page. Workers and the service worker are started by such addresses.
// Markup and code from texts stay forbidden: no policy here makes them.

const home = new URL("./", document.baseURI);

function ours(address: string): string {
  const url = new URL(address, home);
  if (url.origin === home.origin && url.pathname.startsWith(home.pathname)) return url.href;
  throw new TypeError("a script from outside this page's folder");
}

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): unknown;
}

const { trustedTypes } = globalThis as { trustedTypes?: Policies };
trustedTypes?.createPolicy("default", { createScriptURL: ours });

export {};
