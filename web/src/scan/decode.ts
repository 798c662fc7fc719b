import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";
import wasmUrl from "zxing-wasm/reader/zxing_reader.wasm?url";

import { within } from "./within.js";

/** Reads codes from pictures. */
export interface Decoder {
  /** The texts in the picture, no two alike. More than two are not looked for: two are too many already. */
  read(image: ImageBitmap, thorough: boolean): Promise<string[]>;
}

/** All decoders there are, as one. */
export async function decoders(): Promise<Decoder> {
  return together([await ofBrowser(), await ofZxing()].filter((decoder) => decoder !== undefined));
}

/** The first that reads something has the word. */
export function together(all: readonly Decoder[]): Decoder {
  return {
    async read(image, thorough) {
      for (const decoder of all) {
        const texts = await decoder.read(image, thorough);
        if (texts.length > 0) return texts;
      }
      return [];
    },
  };
}

interface BarcodeDetector {
  detect(image: ImageBitmap): Promise<readonly { readonly rawValue: string }[]>;
}

interface BarcodeDetectors {
  new (options: { formats: string[] }): BarcodeDetector;
  getSupportedFormats(): Promise<string[]>;
}

/** What the browser's own decoder may take, in milliseconds: it leaves half of a picture's time to the other. */
const BROWSER_MS = 200;

/**
 * The browser's own, where it has one: it often has help from the hardware. Where the service behind it is absent it fails or hangs,
 * and only when asked: then it is asked no more.
 */
export async function ofBrowser(): Promise<Decoder | undefined> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: BarcodeDetectors };
  if (!BarcodeDetector) return undefined;
  try {
    if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return undefined;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    let works = true;
    return {
      async read(image) {
        if (!works) return [];
        try {
          const found = await within(BROWSER_MS, detector.detect(image));
          return unlike(found.map((code) => code.rawValue));
        } catch {
          works = false;
          return [];
        }
      },
    };
  } catch {
    return undefined;
  }
}

/** zxing-cpp as WebAssembly, from this site: left to itself it would fetch its file from elsewhere. */
async function ofZxing(): Promise<Decoder> {
  await prepareZXingModule({ overrides: { locateFile: () => wasmUrl }, fireImmediately: true });
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  if (!context) throw new Error("no canvas to read pictures from");
  return {
    async read(image, thorough) {
      canvas.width = image.width;
      canvas.height = image.height;
      // Pictures may be see-through, and codes lie on white.
      context.fillStyle = "#fff";
      context.fillRect(0, 0, image.width, image.height);
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, image.width, image.height);
      const found = await readBarcodes(pixels, howToRead(thorough));
      // Nothing of the picture stays.
      pixels.data.fill(0);
      canvas.width = canvas.height = 1;
      return unlike(found.filter((code) => code.isValid).map((code) => code.text));
    },
  };
}

/** What zxing-cpp is asked to do with a picture. The scanning corpus asks it the same. */
export function howToRead(thorough: boolean): ReaderOptions {
  return {
    formats: ["QRCode"],
    maxNumberOfSymbols: 2,
    tryHarder: true,
    tryRotate: true,
    tryInvert: thorough,
    tryDownscale: true,
    textMode: "Plain",
  };
}

function unlike(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ""))];
}
