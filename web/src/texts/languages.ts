/** The languages that every text is written in, and one that is made from English to find texts that are not. */
export const LANGUAGES = ["en", "nl", "ar"] as const;

/** A language in which everything can be said. */
export type Language = (typeof LANGUAGES)[number];

/** Made from English, longer and with accents: what is seen without them was never given to a translator. */
export const PSEUDO = "en-XA";

/** What {@link Texts.speak} takes. */
export type Spoken = Language | typeof PSEUDO;

/** How each language calls itself, for those who read no other. */
export const OWN_NAMES: Readonly<Record<Language, string>> = { en: "English", nl: "Nederlands", ar: "العربية" };

/** Which way a language is written. */
export function directionOf(language: Spoken): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

/** The first of a person's languages that we speak; English if there is none. */
export function nearest(wanted: readonly string[]): Spoken {
  for (const tag of wanted) {
    if (tag.toLowerCase() === PSEUDO.toLowerCase()) return PSEUDO;
    const primary = tag.toLowerCase().split("-")[0];
    const spoken = LANGUAGES.find((language) => language === primary);
    if (spoken) return spoken;
  }
  return "en";
}
