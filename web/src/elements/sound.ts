/** One tone: hertz, the second at which it begins, and how long it lasts. */
type Tone = readonly [hertz: number, at: number, seconds: number];

interface Tune {
  readonly wave: OscillatorType;
  readonly tones: readonly Tone[];
  /** Milliseconds on and off, where the device can shake. */
  readonly shake: readonly number[];
}

/** Two tunes that nobody confuses: two bells that rise, and a low buzz, twice. */
const TUNES = {
  accepted: {
    wave: "sine",
    tones: [
      [880, 0, 0.12],
      [1318.5, 0.12, 0.22],
    ],
    shake: [60],
  },
  refused: {
    wave: "square",
    tones: [
      [196, 0, 0.18],
      [155.6, 0.24, 0.34],
    ],
    shake: [180, 80, 180],
  },
} as const satisfies Record<string, Tune>;

const LOUDNESS = { sine: 0.5, square: 0.2 } as const;

/** Plays the two tunes. Browsers stay silent until the page was touched; {@link wake} is to be called then. */
export class Sound {
  #audio: AudioContext | undefined;

  /** After a tap or a key: from now on there may be sound. */
  wake(): void {
    if (typeof AudioContext === "undefined") return;
    this.#audio ??= new AudioContext();
    // Refused before the first touch, and asked again at the next.
    void this.#audio.resume().catch(() => {});
  }

  /** Plays a tune, and shakes the device if it can. */
  play(name: keyof typeof TUNES): void {
    const { wave, tones, shake } = TUNES[name];
    navigator.vibrate?.([...shake]);
    const audio = this.#audio;
    if (audio?.state !== "running") return;
    for (const [hertz, at, seconds] of tones) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const start = audio.currentTime + at;
      tone.type = wave;
      tone.frequency.value = hertz;
      // Faded in and out, because a tone that is cut clicks.
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(LOUDNESS[wave], start + 0.01);
      volume.gain.setTargetAtTime(0, start + seconds - 0.04, 0.012);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + seconds + 0.06);
    }
  }

  /** Gives the loudspeaker back. */
  end(): void {
    void this.#audio?.close();
    this.#audio = undefined;
  }
}
