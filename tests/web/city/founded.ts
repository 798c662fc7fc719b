// A city and a browser that the tests of one file share.

import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { Chromium, type Camera, type Device } from "./browser";
import { City } from "./city";

export let city: City;
export let chromium: Chromium;
const devices: Device[] = [];

/** Both are there before the first test of the file that calls this, and before its own `beforeAll`; they end after its last. */
export function foundCity(camera: Camera = "film"): void {
  beforeAll(async () => {
    [city, chromium] = await Promise.all([City.found(), Chromium.start(camera)]);
  });
  afterAll(async () => {
    await chromium?.end();
    await city?.end();
  });
  afterEach(async () => {
    for (const device of devices.splice(0)) {
      await device.end();
      expect(device.complaints).toEqual([]);
    }
  });
}

/** A device that ends with the test, and on which nothing may have gone wrong. */
export async function device(): Promise<Device> {
  const fresh = await chromium.device();
  devices.push(fresh);
  return fresh;
}
