// Debian's Chromium, with a camera that plays a film, seen through a proxy that misses nothing.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type LaunchOptions,
  type Locator,
  type Page,
} from "playwright-core";
import { writeFilm, type Take } from "../camera/film";
import { ofPng, type Picture } from "../camera/picture";
import { Proxy } from "./proxy";

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** A camera that works, one that asks and is refused, or none in the machine. */
export type Camera = "film" | "refused" | "none";

export class Chromium {
  private constructor(
    readonly proxy: Proxy,
    readonly folder: string,
    private readonly browser: Browser | undefined,
    private readonly profile: BrowserContext | undefined,
  ) {}

  static async start(camera: Camera = "film"): Promise<Chromium> {
    const { folder, proxy, options } = await prepared(camera);
    return new Chromium(proxy, folder, await chromium.launch(options), undefined);
  }

  /** One device, which writes what it keeps into `profile` below its folder, as at home. */
  static async atHome(): Promise<Chromium> {
    const { folder, proxy, options } = await prepared("film");
    const profile = await chromium.launchPersistentContext(join(folder, "profile"), { ...options, ...PHONE });
    await profile.grantPermissions(["camera"]);
    return new Chromium(proxy, folder, undefined, profile);
  }

  /** What the camera sees from its next start on. */
  shows(...takes: Take[]): void {
    writeFilm(join(this.folder, FILM), takes);
  }

  /** Somebody's own device: nothing that another one keeps can be seen on it. */
  async device(options: BrowserContextOptions & { camera?: Camera } = {}): Promise<Device> {
    if (!this.browser) throw new Error("this is one device only");
    const { camera = "film", ...rest } = options;
    // What an earlier one has seen is nobody's business here.
    this.shows(NOBODY);
    const context = await this.browser.newContext({ ...PHONE, ...rest });
    if (camera === "film") await context.grantPermissions(["camera"]);
    return Device.with(context, camera === "film");
  }

  /** The device of a browser that was started at home. */
  get home(): Device {
    if (!this.profile) throw new Error("nobody is at home");
    return Device.with(this.profile, true);
  }

  /** Closes it; what it has written stays until {@link tidy}. */
  async close(): Promise<void> {
    await this.profile?.close();
    await this.browser?.close();
    this.proxy.end();
  }

  tidy(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async end(): Promise<void> {
    await this.close();
    this.tidy();
  }
}

const FILM = "film.y4m";
const NOBODY: Take = { screen: undefined, seconds: 0.3 };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: "en-GB" };

async function prepared(camera: Camera): Promise<{ folder: string; proxy: Proxy; options: LaunchOptions }> {
  const folder = mkdtempSync(join(tmpdir(), "bauta-browser-"));
  const film = join(folder, FILM);
  writeFilm(film, [NOBODY]);
  const proxy = await Proxy.start();
  const options = {
    executablePath: program ?? "chromium",
    proxy: { server: proxy.address, bypass: "<-loopback>" },
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(camera === "none" ? [] : ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`]),
    ],
  };
  return { folder, proxy, options };
}

/** A phone or a tablet, and all that went wrong on it. */
export class Device {
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    /** Whether pages get a camera without asking. */
    readonly hasCamera: boolean,
  ) {}

  static with(context: BrowserContext, hasCamera: boolean): Device {
    const device = new Device(context, hasCamera);
    context.on("console", (message) => {
      // A refused request is what many tests are about; what the page makes of it is asserted there.
      const network = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !network) device.complaints.push(message.text());
    });
    context.on("weberror", (error) => device.complaints.push(String(error.error())));
    return device;
  }

  async open(url: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(url);
    return page;
  }

  /** Sets the clock of every page and frame, open now or later, so many seconds away from the true time. */
  async clock(seconds: number): Promise<void> {
    await this.context.addInitScript(skew, seconds);
    const frames = this.context.pages().flatMap((page) => page.frames());
    for (const frame of frames) await frame.evaluate(skew, seconds);
  }

  async end(): Promise<void> {
    await this.context.close();
  }
}

/** Runs in the page. */
function skew(seconds: number): void {
  const clock = globalThis as { trueNow?: () => number };
  clock.trueNow ??= Date.now;
  const trueNow = clock.trueNow;
  Date.now = () => trueNow() + seconds * 1000;
}

/** What stands on a screen now around something, to be held before a camera. */
export async function screenAround(thing: Locator): Promise<Picture> {
  await thing.scrollIntoViewIfNeeded();
  const box = await thing.boundingBox();
  if (!box) throw new Error("it is not on the screen");
  const [x, y] = [Math.max(0, box.x - EDGE), Math.max(0, box.y - EDGE)];
  const clip = { x, y, width: box.width + box.x - x + EDGE, height: box.height + box.y - y + EDGE };
  return ofPng(await thing.page().screenshot({ clip }));
}

/** How much of the screen around a code the camera sees. */
const EDGE = 12;
