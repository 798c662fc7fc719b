import { StallWatch } from "./stall.js";

/** Why there is no camera: each has a text of its own. */
export type CameraProblem = "camera-refused" | "camera-missing" | "camera-busy" | "camera-lost";

/** A camera was not opened, or is gone. */
export class NoCamera extends Error {
  override readonly name = "NoCamera";

  constructor(readonly problem: CameraProblem) {
    super(problem);
  }
}

/** Which camera, or which way it looks. */
export type Which = { readonly device: string } | { readonly facing: "environment" | "user" };

/** Side of the square that is looked at, in pixels: enough for the largest code, little enough to be read many times a second. */
const SIDE = 1024;

/** Pictures are looked at this often at most: more would warm the phone and read no sooner. */
const LEAST_MS = 66;

/** How often the camera is asked whether it lives. */
const WATCH_MS = 60;

/** What a camera may take to send its first picture, and to go on after its light was switched. */
const START_MS = 8_000;
const SETTING_MS = 3_000;

/** A camera that is on, in a video element. */
export class Camera {
  readonly #video: HTMLVideoElement;
  readonly #stream: MediaStream;
  readonly #track: MediaStreamTrack;
  readonly #watch = new StallWatch(performance.now());
  readonly #stopped = new AbortController();
  #torchOn = false;
  #lastLook = -Infinity;
  #waiting: ((seen: boolean) => void) | undefined;

  private constructor(video: HTMLVideoElement, stream: MediaStream, track: MediaStreamTrack) {
    this.#video = video;
    this.#stream = stream;
    this.#track = track;
    this.#watch.awaitFirst(START_MS);
    this.#seeAll();
  }

  /** Asks for a camera and shows its picture in `video`. Throws {@link NoCamera}. */
  static async open(video: HTMLVideoElement, which: Which): Promise<Camera> {
    // Without a secure connection browsers have no camera to offer.
    if (!navigator.mediaDevices) throw new NoCamera("camera-missing");
    const wanted = "device" in which ? { deviceId: { exact: which.device } } : { facingMode: { ideal: which.facing } };
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { ...wanted, width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
      const track = stream.getVideoTracks()[0];
      if (!track) throw new NoCamera("camera-missing");
      video.srcObject = stream;
      // Fails when the element goes away at once; then nobody looks.
      await video.play().catch(() => {});
      return new Camera(video, stream, track);
    } catch (failure) {
      throw failure instanceof NoCamera ? failure : new NoCamera(problemOf(failure));
    }
  }

  /** Calls back once when the camera stops sending pictures, and once when it is taken away. */
  watch(told: { stalled(): void; lost(): void }): void {
    const timer = setInterval(() => {
      if (document.hidden) this.#watch.excuse(SETTING_MS);
      if (this.#watch.hasStalled(performance.now())) {
        clearInterval(timer);
        told.stalled();
      }
    }, WATCH_MS);
    const { signal } = this.#stopped;
    signal.addEventListener("abort", () => clearInterval(timer));
    this.#track.addEventListener("ended", () => told.lost(), { signal });
  }

  /** Waits for the next picture that is worth looking at. `false` when the camera has been stopped. One asks at a time. */
  async next(): Promise<boolean> {
    do {
      const seen =
        !this.#stopped.signal.aborted && (await new Promise<boolean>((resolve) => (this.#waiting = resolve)));
      if (!seen) return false;
    } while (performance.now() - this.#lastLook < LEAST_MS);
    this.#lastLook = performance.now();
    return true;
  }

  /** The square in the middle of the picture: what the person sees in the frame. */
  async grab(): Promise<ImageBitmap> {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const side = Math.min(width, height);
    const size = Math.min(side, SIDE);
    return createImageBitmap(this.#video, (width - side) / 2, (height - side) / 2, side, side, {
      resizeWidth: size,
      resizeHeight: size,
    });
  }

  /** Whether there is a light. */
  get hasTorch(): boolean {
    const able: MediaTrackCapabilities & { torch?: boolean } = this.#track.getCapabilities?.() ?? {};
    return able.torch === true;
  }

  /** Whether it is on. */
  get torchOn(): boolean {
    return this.#torchOn;
  }

  /** Switches the light. */
  async light(on: boolean): Promise<void> {
    this.#watch.excuse(SETTING_MS);
    // A torch is not among the constraints that TypeScript knows.
    await this.#track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
    this.#torchOn = on;
  }

  /** The camera that comes after this one, if there are several. */
  async other(): Promise<Which | undefined> {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    if (devices.length < 2) return undefined;
    const here = devices.findIndex((device) => device.deviceId === this.#track.getSettings().deviceId);
    const next = devices[(here + 1) % devices.length];
    return next && { device: next.deviceId };
  }

  /** Switches the camera off. */
  stop(): void {
    this.#stopped.abort();
    this.#tell(false);
    for (const track of this.#stream.getTracks()) track.stop();
    if (this.#video.srcObject === this.#stream) this.#video.srcObject = null;
  }

  /** Sees every picture, also those that nobody looks at: they show that the camera lives. */
  #seeAll(): void {
    this.#video.requestVideoFrameCallback(() => {
      if (this.#stopped.signal.aborted) return;
      this.#watch.saw();
      this.#tell(true);
      this.#seeAll();
    });
  }

  #tell(seen: boolean): void {
    this.#waiting?.(seen);
    this.#waiting = undefined;
  }
}

function problemOf(failure: unknown): CameraProblem {
  switch (failure instanceof DOMException ? failure.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "camera-refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "camera-missing";
    default:
      return "camera-busy";
  }
}
