/** Addresses of badges, and the texts that show them. Pure. */

export const KINDS = ["status", "uptime", "ping", "avg-response", "cert-exp", "response"] as const;
export type Kind = (typeof KINDS)[number];
export const STYLES = ["flat", "flat-square", "plastic", "for-the-badge", "social"] as const;
export const DURATIONS = ["24", "168", "720", "1y"] as const; // hours, as the server reads them
export const FORMATS = ["url", "markdown", "html"] as const;
export type Format = (typeof FORMATS)[number];

const WITH_DURATION: ReadonlySet<Kind> = new Set(["uptime", "ping", "avg-response"]);
/** What can be said of each kind; others are passed over by the server. */
const OPTIONS: Record<Kind, readonly Option[]> = {
  status: [
    "label", "upLabel", "downLabel", "pendingLabel", "maintenanceLabel",
    "upColor", "downColor", "pendingColor", "maintenanceColor",
  ],
  uptime: ["label", "prefix", "suffix", "color", "labelColor"],
  ping: ["label", "prefix", "suffix", "color", "labelColor"],
  "avg-response": ["label", "prefix", "suffix", "color", "labelColor"],
  "cert-exp": [
    "label", "prefix", "suffix", "date", "warnDays", "downDays", "upColor", "warnColor", "downColor", "labelColor",
  ],
  response: ["label", "prefix", "suffix", "color", "labelColor"],
};
export type Option =
  | "label" | "upLabel" | "downLabel" | "pendingLabel" | "maintenanceLabel"
  | "upColor" | "downColor" | "pendingColor" | "maintenanceColor" | "warnColor" | "color" | "labelColor"
  | "prefix" | "suffix" | "date" | "warnDays" | "downDays";

export interface Choice {
  kind: Kind;
  style: (typeof STYLES)[number];
  duration: (typeof DURATIONS)[number];
  options: Partial<Record<Option, string>>;
}

export const optionsOf = (kind: Kind): readonly Option[] => OPTIONS[kind];
export const takesDuration = (kind: Kind): boolean => WITH_DURATION.has(kind);

/** @param base of the server, without a slash at its end */
export function badgeAddress(base: string, monitor: number, { kind, style, duration, options }: Choice): string {
  const query = new URLSearchParams();
  for (const option of OPTIONS[kind]) {
    const value = options[option];
    if (value) query.set(option, value);
  }
  if (style !== "flat") query.set("style", style);
  const path = takesDuration(kind) && duration !== "24" ? `${kind}/${duration}` : kind;
  if (path.endsWith("/1y")) query.set("labelSuffix", "y"); // else it would say "1h"
  const text = query.toString();
  return `${base}/api/badge/${monitor}/${path}${text ? `?${text}` : ""}`;
}

const html = (text: string): string =>
  text.replace(/[&<>"]/g, (found) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[found] ?? found);

export function written(format: Format, address: string, name: string): string {
  if (format === "url") return address;
  if (format === "html") return `<img src="${html(address)}" alt="${html(name)}">`;
  return `![${name.replace(/[[\]\\]/g, "\\$&")}](${address.replace(/[()]/g, (found) => (found === "(" ? "%28" : "%29"))})`;
}
