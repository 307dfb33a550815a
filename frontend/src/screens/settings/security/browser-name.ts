/** What a `User-Agent` says of a browser, in two words. Pure. */

export interface BrowserName {
  browser: string; // "" when it names none that we know
  system: string;
}

// In this order: most of them call themselves by the names of others as well.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(HeadlessChrome|Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(iPhone|iPod)\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

const first = (list: typeof BROWSERS, agent: string): string => list.find(([pattern]) => pattern.test(agent))?.[1] ?? "";

export function browserName(agent: string | null): BrowserName {
  const text = agent ?? "";
  // A program says "name/version" and no more than a few words.
  return { browser: first(BROWSERS, text) || (/^[\w.-]+/.exec(text)?.[0] ?? ""), system: first(SYSTEMS, text) };
}
