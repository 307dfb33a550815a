/** The tags of a monitor between its form and the wire. Pure. */
import type { Tag } from "../../forms/tags/colours.ts";

/** A tag on a monitor; the same one may be there several times with different values. */
export interface Carried extends Tag {
  value: string;
}

/** Those in a monitor as the server sends it. */
export function carriedBy(monitor: Record<string, unknown>): Carried[] {
  const tags = Array.isArray(monitor.tags) ? (monitor.tags as Record<string, unknown>[]) : [];
  return tags.map((tag) => ({
    id: Number(tag.tag_id),
    name: String(tag.name),
    color: String(tag.color),
    value: typeof tag.value === "string" ? tag.value : "",
  }));
}

/** With one more; one that is there with that value stays alone. */
export function withTag(tags: readonly Carried[], tag: Carried): Carried[] {
  const there = tags.some(({ id, value }) => id === tag.id && value === tag.value);
  return there ? [...tags] : [...tags, tag];
}

/** Each once: one that is typed may become equal to another. */
export const tagWire = (tags: readonly Carried[]): [id: number, value: string][] =>
  tags.reduce<Carried[]>(withTag, []).map(({ id, value }) => [id, value]);
