// A film for Chromium's made-up camera (--use-file-for-fake-video-capture): somebody holds a screen before it, not quite still.

import { closeSync, openSync, renameSync, writeSync } from "node:fs";
import type { Picture } from "./picture";
import { Random } from "./random";
import { film, type View } from "./scene";

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES_PER_SECOND = 10;

/** One screen after another, each for some seconds; `undefined` is nobody. */
export interface Take {
  screen: Picture | undefined;
  seconds: number;
}

const NOBODY: Picture = { width: 1, height: 1, grey: new Uint8Array([110]) };

/** Chromium plays the film again and again, and opens the file anew whenever a page opens the camera. */
export function writeFilm(file: string, takes: Take[], seed = 1): void {
  const random = new Random(seed);
  const unfinished = `${file}.unfinished`;
  const out = openSync(unfinished, "w");
  writeSync(out, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`);
  const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  for (const { screen, seconds } of takes) {
    for (let frame = 0; frame < seconds * FRAMES_PER_SECOND; frame++) {
      writeSync(out, "FRAME\n");
      writeSync(out, film(screen ?? NOBODY, hand(frame / FRAMES_PER_SECOND), random).grey);
      writeSync(out, colourless);
    }
  }
  closeSync(out);
  // A camera that is on goes on with the film that it has.
  renameSync(unfinished, file);
}

/** An ordinary hand in an ordinary light: it sways, turns a little, and is not quite sharp. */
function hand(second: number): View {
  const sway = (period: number, phase: number) => Math.sin((2 * Math.PI * second) / period + phase);
  return {
    width: WIDTH,
    height: HEIGHT,
    span: 400 + 14 * sway(2.3, 0),
    offset: [12 * sway(1.7, 1), 9 * sway(1.3, 2)],
    rotation: 3 + 3 * sway(2.9, 0.5),
    tilt: [7 + 3 * sway(1.9, 0), -5 + 4 * sway(2.1, 1.5)],
    blur: 0.6,
    smear: 0,
    dark: 30,
    light: 215,
    noise: 5,
    shade: 0.12,
  };
}
