/** What somebody gave instead of holding it into the camera. */
export type Offered = { readonly text: string } | { readonly picture: Blob };

/** More than a code or a link can have: a text that is longer was not meant for us. */
export const LONGEST_TEXT = 4000;

/** Larger pictures are made smaller before they are looked at: memory of phones is short. */
const LONGEST_SIDE = 2400;

/** Far more than a code has, dot by dot; what is longer could keep the page busy with drawing. */
const LARGEST_SVG = 4_000_000;

/** What was pasted or dropped: a picture if there is one, else text. */
export function offeredBy(data: DataTransfer | null): Offered | undefined {
  const picture = [...(data?.files ?? [])].find((file) => file.type.startsWith("image/")) ?? data?.files[0];
  if (picture) return { picture };
  const text = data?.getData("text/plain").trim();
  return text ? { text } : undefined;
}

/** The same of the clipboard, when a button was pressed. Throws when the person or the browser does not allow it. */
export async function offeredByClipboard(): Promise<Offered | undefined> {
  for (const item of await navigator.clipboard.read()) {
    const kind = item.types.find((type) => type.startsWith("image/"));
    if (kind) return { picture: await item.getType(kind) };
    if (item.types.includes("text/plain")) {
      const text = (await (await item.getType("text/plain")).text()).trim();
      if (text) return { text };
    }
  }
  return undefined;
}

/** What stands in a file of text, as the programs write questions; `undefined` for any other, and for one that is too long for a code. */
export async function textIn(file: Blob): Promise<string | undefined> {
  if (!file.type.startsWith("text/plain") || file.size > LONGEST_TEXT) return undefined;
  return (await file.text()).trim();
}

/** The picture in pixels, upright and no larger than need be. Throws when it is none. */
export async function pixelsOf(picture: Blob): Promise<ImageBitmap> {
  if (picture.type.startsWith("image/svg+xml")) return drawn(picture);
  const whole = await createImageBitmap(picture);
  const factor = LONGEST_SIDE / Math.max(whole.width, whole.height);
  if (factor >= 1) return whole;
  try {
    return await createImageBitmap(whole, {
      resizeWidth: Math.round(whole.width * factor),
      resizeHeight: Math.round(whole.height * factor),
      resizeQuality: "high",
    });
  } finally {
    whole.close();
  }
}

/**
 * An SVG, drawn large and on white. It is a document, so it never stands in the page: as an image no script of it runs, and nothing that it
 * names is fetched.
 */
async function drawn(svg: Blob): Promise<ImageBitmap> {
  if (svg.size > LARGEST_SVG) throw new RangeError("more than a poster needs");
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    // One without a size of its own fills whatever it is given.
    const [width, height] = [image.naturalWidth || LONGEST_SIDE, image.naturalHeight || LONGEST_SIDE];
    const factor = LONGEST_SIDE / Math.max(width, height);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.ceil(width * factor), Math.ceil(height * factor)];
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no canvas to draw on");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    // Throws where a page's HTML inside it makes the pixels unreadable: no worker could be given them.
    pen.getImageData(0, 0, 1, 1);
    return await createImageBitmap(canvas);
  } finally {
    URL.revokeObjectURL(address);
  }
}
