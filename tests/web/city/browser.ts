// Debian's Chromium, with a camera that plays a film, seen through a proxy that misses nothing.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { writeFilm, type Take } from "../camera/film";
import { ofPng, type Picture } from "../camera/picture";
import { Proxy } from "./proxy";

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** A camera that works, one that asks and is refused, or none in the machine. */
export type Camera = "film" | "refused" | "none";

export class Chromium {
  private constructor(
    readonly proxy: Proxy,
    private readonly folder: string,
    private readonly browser: Browser,
  ) {}

  static async start(camera: Camera = "film"): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), "bauta-browser-"));
    const proxy = await Proxy.start();
    const film = join(folder, "film.y4m");
    writeFilm(film, [{ screen: undefined, seconds: 0.5 }]);
    const browser = await chromium.launch({
      executablePath: program ?? "chromium",
      proxy: { server: proxy.address, bypass: "<-loopback>" },
      args: [
        ...flags,
        ...(camera === "none"
          ? []
          : ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`]),
      ],
    });
    return new Chromium(proxy, folder, browser);
  }

  /** What the camera sees from its next start on. */
  shows(...takes: Take[]): void {
    writeFilm(join(this.folder, "film.y4m"), takes);
  }

  /** Somebody's own device. */
  async device(options: BrowserContextOptions & { camera?: Camera } = {}): Promise<Device> {
    const { camera = "film", ...rest } = options;
    const context = await this.browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB", ...rest });
    if (camera === "film") await context.grantPermissions(["camera"]);
    return Device.with(context);
  }

  async end(): Promise<void> {
    await this.browser.close();
    this.proxy.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const flags = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** A phone or a tablet, and all that went wrong on it. */
export class Device {
  readonly complaints: string[] = [];

  private constructor(readonly context: BrowserContext) {}

  static with(context: BrowserContext): Device {
    const device = new Device(context);
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

  async end(): Promise<void> {
    await this.context.close();
  }
}

/** What stands on a screen now, to be held before a camera. */
export async function screenOf(page: Page): Promise<Picture> {
  return ofPng(await page.screenshot());
}
