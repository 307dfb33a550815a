/** Colours that a tag can be given with one click: those of Uptime Kuma. */
export const COLOURS = [
  ["gray", "#4b5563"],
  ["red", "#dc2626"],
  ["orange", "#d97706"],
  ["green", "#059669"],
  ["blue", "#2563eb"],
  ["indigo", "#4f46e5"],
  ["purple", "#7c3aed"],
  ["pink", "#db2777"],
] as const;

/** Whether a text is a colour as it can be typed here: #rgb or #rrggbb. */
export const isColour = (text: string): boolean => /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text.trim());

export interface Tag {
  id: number;
  name: string;
  color: string;
}
