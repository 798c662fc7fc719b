// Two pages around ours: the first look, which shows both side by side, and an app maker's bare page with a scanner in it.

import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { FrameLocator, Page } from "playwright-core";
import { codeFile } from "../camera/code";
import type { Device } from "../city/browser";
import { chromium, city, foundCity } from "../city/founded";
import { faultsOf } from "../looks/inspect";
import { wordFor, wordsIn } from "../people/words";

foundCity("none");

test("the first look: a sample person collects and is let in", async () => {
  const words = wordsIn("en");
  const device = await chromium.device({ camera: "none", viewport: { width: 1280, height: 1000 } });
  const page = await device.open(city.places.look);
  const [wallet, verifier] = [page.frameLocator("#wallet"), page.frameLocator("#verifier")];
  const press = (frame: FrameLocator, text: string, args = {}) =>
    frame.getByRole("button", { name: words.say(text, args), exact: true }).click();

  await wallet.getByRole("button", { name: words.say("start-begin") }).waitFor();
  await page.getByRole("button", { name: "Give somebody a result" }).click();
  await page.getByText("A result is waiting in the wallet.").waitFor();
  // Of the page around the two; they have a tour of their own.
  expect(await faultsOf(page)).toEqual([]);
  for (const step of ["start-begin", "home-waiting-look", "collect-go", "collect-home"]) await press(wallet, step);
  await press(verifier, "choose-open", { policy: wordFor(words, "policy", "entry") });
  await verifier.getByRole("heading", { name: "Entry" }).waitFor();
  await device.clock(150);
  await press(wallet, "home-show");
  await wallet
    .getByRole("button")
    .filter({ has: wallet.getByText("Entry", { exact: true }) })
    .click();
  await press(wallet, "consent-show");
  await wallet.getByRole("img", { name: words.say("pass-code") }).waitFor();
  await page.getByRole("button", { name: "Hold the phone to the door" }).click();
  await verifier.getByRole("alertdialog", { name: "Accepted" }).waitFor();
  expect(device.complaints).toEqual([]);
  await device.end();
});

/** Where an app maker would put the page; nothing is really fetched from there. */
const EMBEDDED = "https://app.example/";
const KINDS: Record<string, string> = { ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css" };
const EXAMPLES = fileURLToPath(new URL("../../../web/examples/", import.meta.url));
const APP_MAKERS = fileURLToPath(new URL("../../../docs/app-makers.md", import.meta.url));
const DIST = fileURLToPath(new URL("../../../web/dist/", import.meta.url));

/** An app maker's server: files by their path, the examples beside them, and the package's files below `bauta/`. */
async function serve(device: Device, place: string, kept: Record<string, string>, policy = ""): Promise<void> {
  await device.context.route(`${place}**`, async (route) => {
    const path = route.request().url().slice(place.length);
    const file = path.startsWith("bauta/") ? join(DIST, path.slice("bauta/".length)) : join(EXAMPLES, path);
    const body = kept[path] ?? (existsSync(file) ? readFileSync(file) : undefined);
    if (body === undefined) return route.fulfill({ status: 404 });
    const contentType = path === "" ? "text/html" : (KINDS[extname(file)] ?? "text/plain");
    return route.fulfill({ contentType, body, headers: policy === "" ? {} : { "Content-Security-Policy": policy } });
  });
}

const EMBED = readFileSync(join(EXAMPLES, "embed.html"), "utf8");

test("an app maker's bare page finds a code with the scanner of the package", async () => {
  const device = await chromium.device({ camera: "none" });
  await serve(device, EMBEDDED, { "": EMBED });
  const opened = await device.open(EMBEDDED);
  await finds(opened, "HELLO FROM A BARE PAGE");
  expect(await faultsOf(opened)).toEqual([]);
  // Beside its own origin: a decoder that is not told otherwise fetches its file from elsewhere.
  const others = chromium.proxy
    .taken()
    .filter(({ hostname }) => !["localhost", "127.0.0.1", "app.example"].includes(hostname));
  expect(others.map(String)).toEqual([]);
  expect(device.complaints).toEqual([]);
  await device.end();
});

test("the same page under the content security policy that app makers are told, which stops what it should", async () => {
  const [, told = ""] = readFileSync(APP_MAKERS, "utf8").split("## Content security policy");
  const [, directives] = /`(script-src [^`]+)`/.exec(told) ?? [];
  const [, policy] = /```js\n(.*?)```/s.exec(told) ?? [];
  const [inline = "", page] = /<script type="module">(.*?)<\/script>/s.exec(EMBED) ?? [];
  if (!directives || !policy || !page) throw new Error("the page for app makers says it in another way now");
  const html = EMBED.replace(inline, '<script type="module" src="page.js"></script>').replace(
    "<head>",
    '<head><script src="policy.js"></script>',
  );
  const header = `${directives}; require-trusted-types-for 'script'; trusted-types lit-html default`;
  const device = await chromium.device({ camera: "none" });
  await serve(device, EMBEDDED, { "": html, "page.js": page, "policy.js": policy }, header);
  const opened = await device.open(EMBEDDED);
  await finds(opened, "HELLO UNDER A POLICY");
  expect(device.complaints).toEqual([]);
  const stopped = await opened.evaluate(() => {
    const stops = (act: () => unknown) => {
      try {
        act();
        return false;
      } catch {
        return true;
      }
    };
    return {
      markup: stops(() => (document.createElement("div").innerHTML = "<b>x</b>")),
      worker: stops(() => new Worker("https://example.org/worker.js")),
    };
  });
  expect(stopped).toEqual({ markup: true, worker: true });
  await device.end();
});

/** Reads a picture of the code, and the page says so. */
async function finds(page: Page, text: string): Promise<void> {
  const file = { name: "code.png", mimeType: "image/png", buffer: await codeFile(text) };
  await page.locator("bauta-scanner input[type=file]").setInputFiles(file);
  await page.getByText(`Last code: ${text}`).waitFor();
}

const MODULES = `<!doctype html><title>Examples</title>
<script type="importmap">
  { "imports": { "bauta/wallet": "./bauta/wallet.js", "bauta/verifier": "./bauta/verifier.js" } }
</script>
<script type="module">
  import { openDoor } from "./door.js";
  import { hold, show } from "./wallet.js";
  Object.assign(globalThis, { examples: { openDoor, hold, show } });
</script>`;

/** What the page above has of the examples. */
interface Examples {
  openDoor(options: { root: string; trustList: string; policy: string }): Promise<(text: string) => object>;
  hold(options: { root: string; trustList: string; link: string }): Promise<object>;
  show(wallet: object, policy: string): { learns: object[]; code: { text: string } };
}

test("the package's examples: a wallet collects and shows, a door lets in, and not twice", async () => {
  const device = await chromium.device({ camera: "none" });
  // Of this machine, as the lab is: browsers keep other pages from asking it.
  const place = new URL("/examples/", city.places.wallet).href;
  await serve(device, place, { "": MODULES });
  const page = await device.open(place);
  await page.waitForFunction(() => "examples" in globalThis);
  const { root, trustList } = city.places.settings;
  await page.evaluate(
    async ({ root, trustList, link }) => {
      const { examples } = globalThis as unknown as { examples: Examples };
      const scan = await examples.openDoor({ root, trustList, policy: "entry" });
      const wallet = await examples.hold({ root, trustList, link });
      Object.assign(globalThis, { scan, wallet });
    },
    { root, trustList, link: city.result().link },
  );
  // A door that has just opened refuses what may have been shown before.
  await device.clock(150);
  const [showing, ...verdicts] = await page.evaluate(() => {
    const { examples, scan, wallet } = globalThis as unknown as {
      examples: Examples;
      scan: (text: string) => object;
      wallet: object;
    };
    const showing = examples.show(wallet, "entry");
    const minuteLater = Date.now() + 15_000;
    const first = scan(showing.code.text);
    Date.now = () => minuteLater;
    return [showing, first, scan(showing.code.text)] as const;
  });
  expect(showing.learns.length).toBeGreaterThan(0);
  expect(verdicts).toMatchObject([
    { accepted: true, policy: "entry" },
    { accepted: false, code: "already_shown" },
  ]);
  expect(device.complaints).toEqual([]);
  await device.end();
});
