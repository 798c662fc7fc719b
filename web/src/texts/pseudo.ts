const ACCENTED: Readonly<Record<string, string>> = Object.fromEntries(
  [..."aeiouyncszAEIOUYNCSZ"].map((plain, i) => [plain, [..."åéîöûýñçšžÅÉÎÖÛÝÑÇŠŽ"][i] ?? plain]),
);

/** Translations are longer than English, by a third in long texts and by more in short ones. */
const PADDING = " ~~~~~";

/** The text with accents and as long as a translation may become. Parts without a letter stay as they are. */
export function pseudo(text: string): string {
  if (!/\p{L}/u.test(text)) return text;
  const accented = [...text].map((letter) => ACCENTED[letter] ?? letter).join("");
  const padding = PADDING.repeat(Math.ceil(text.trim().length / (3 * PADDING.length)));
  const end = accented.length - accented.trimEnd().length;
  return accented.slice(0, accented.length - end) + padding + accented.slice(accented.length - end);
}
