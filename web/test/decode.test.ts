import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ofBrowser, together, type Decoder } from "../src/scan/decode.js";

const image = {} as ImageBitmap;
const reads = (...texts: string[]): Decoder => ({ read: async () => texts });

test("the first decoder that reads something has the word", async () => {
  expect(await together([reads("a"), reads("b")]).read(image, false)).toEqual(["a"]);
  expect(await together([reads(), reads("b")]).read(image, false)).toEqual(["b"]);
  expect(await together([reads(), reads()]).read(image, false)).toEqual([]);
});

describe("the browser's own decoder", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function browserHas(formats: string[], detect: () => Promise<{ rawValue: string }[]>) {
    const asked = vi.fn(detect);
    class Detector {
      static getSupportedFormats = async () => formats;
      detect = asked;
    }
    vi.stubGlobal("BarcodeDetector", Detector);
    return asked;
  }

  test("is used where there is one for QR codes", async () => {
    expect(await ofBrowser()).toBeUndefined();
    browserHas(["ean_13"], async () => []);
    expect(await ofBrowser()).toBeUndefined();
    browserHas(["qr_code"], async () => [{ rawValue: "a" }, { rawValue: "a" }, { rawValue: "" }, { rawValue: "b" }]);
    expect(await (await ofBrowser())?.read(image, false)).toEqual(["a", "b"]);
  });

  test("is asked no more once it has failed", async () => {
    const asked = browserHas(["qr_code"], () => Promise.reject(new DOMException("no service", "NotSupportedError")));
    const own = await ofBrowser();
    expect(await own?.read(image, false)).toEqual([]);
    expect(await own?.read(image, false)).toEqual([]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test("is asked no more once it has hung, and the other one reads the same picture", async () => {
    const asked = browserHas(["qr_code"], () => new Promise(() => {}));
    const own = await ofBrowser();
    const both = together([own, reads("b")].filter((decoder) => decoder !== undefined));
    const first = both.read(image, false);
    await vi.advanceTimersByTimeAsync(200);
    expect(await first).toEqual(["b"]);
    expect(await both.read(image, false)).toEqual(["b"]);
    expect(asked).toHaveBeenCalledTimes(1);
  });
});
