/** Which languages there are, which one somebody reads, and what of it the browser keeps. */

/** By code, as they call themselves. Each has its texts in `<code>.json`. */
export const LANGUAGES = {
  ar: "العربية",
  de: "Deutsch",
  en: "English",
  es: "Español",
  fr: "Français",
  it: "Italiano",
  ja: "日本語",
  pl: "Polski",
  "pt-BR": "Português (Brasil)",
  ru: "Русский",
  "zh-CN": "简体中文",
} as const;

export type Language = keyof typeof LANGUAGES;

const KEY = "language";
const FALLBACK: Language = "en";
const RIGHT_TO_LEFT: readonly Language[] = ["ar"];
const NOT_SIMPLIFIED = /^zh-(Hant|TW|HK|MO)/i;

const codes = Object.keys(LANGUAGES) as Language[];
const base = (tag: string): string => tag.split("-")[0]?.toLowerCase() ?? "";

/** The first language there is of those somebody reads (BCP 47, best first); English when there is none. */
export function bestOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (NOT_SIMPLIFIED.test(tag)) continue;
    const exact = codes.find((code) => code.toLowerCase() === tag.toLowerCase());
    const found = exact ?? codes.find((code) => base(code) === base(tag));
    if (found) return found;
  }
  return FALLBACK;
}

/** What was chosen in this browser; null: as the browser says. */
export function chosenLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(KEY);
    return codes.find((code) => code === stored) ?? null;
  } catch {
    return null; // storage is switched off
  }
}

/** Holds from the next load of the page on. Returns false where the browser keeps nothing. */
export function chooseLanguage(next: Language | null): boolean {
  try {
    if (next === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
    return true;
  } catch {
    return false;
  }
}

export const currentLanguage = (): Language => chosenLanguage() ?? bestOf(navigator.languages);

export const directionOf = (language: Language): "ltr" | "rtl" => (RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr");

/** For `Intl`: numbers of Arabic texts stand beside addresses and units, so their digits are those of all others. */
export const localeOf = (language: Language): string => (language === "ar" ? "ar-u-nu-latn" : language);
