/** Where groups and monitors are drawn in the preview, and where something that is dragged would go. */
import type { Draft, Place } from "./draft.ts";

export interface Spot {
  top: number; // px of the preview
  left: number;
  width: number;
  height: number;
}

export interface Spots {
  groups: Map<number, Spot>; // by key
  members: Map<number, Spot>;
  fields: Map<string, Spot>; // title, description, footer
  incidents: Map<number, Spot>; // by id
  height: number;
}

// Of the page that visitors see; what its renderer marks is in docs/page-protocol.md.
const FIELDS: Record<string, string> = { title: "h1", description: ".description", footerText: "footer" };

function spotOf(element: Element): Spot {
  const { top, left, width, height } = element.getBoundingClientRect();
  return { top, left, width, height };
}

/** Reads a page that was drawn from `draft`: groups by their places, the monitors of each in their order. */
export function readSpots(page: Document, draft: Draft): Spots {
  const spots: Spots = { groups: new Map(), members: new Map(), fields: new Map(), incidents: new Map(), height: 0 };
  for (const [place, group] of draft.groups.entries()) {
    const box = page.querySelector(`[data-group-id="${place + 1}"]`);
    if (!box) continue;
    spots.groups.set(group.key, spotOf(box));
    const rows = [...box.querySelectorAll("[data-monitor-id]")];
    for (const member of group.monitorList) {
      // One that is gone has no row.
      const at = rows.findIndex((row) => row.getAttribute("data-monitor-id") === String(member.id));
      const [row] = at < 0 ? [] : rows.splice(at, 1);
      if (row) spots.members.set(member.key, spotOf(row));
    }
  }
  for (const [name, selector] of Object.entries(FIELDS)) {
    const element = page.querySelector(selector);
    if (element) spots.fields.set(name, spotOf(element));
  }
  for (const element of page.querySelectorAll("[data-incident-id]")) {
    spots.incidents.set(Number(element.getAttribute("data-incident-id")), spotOf(element));
  }
  spots.height = Math.ceil(page.body.getBoundingClientRect().bottom);
  return spots;
}

const middle = ({ top, height }: Spot): number => top + height / 2;

/** The place of a group that is dropped at `y`, once it is taken out. */
export function groupPlace(draft: Draft, spots: Spots, key: number, y: number): number {
  const others = draft.groups.filter((group) => group.key !== key).map((group) => spots.groups.get(group.key));
  return others.filter((spot) => spot && middle(spot) < y).length;
}

/** The place of a monitor that is dropped at `y`, once it is taken out. */
export function memberPlace(draft: Draft, spots: Spots, key: number, y: number): Place {
  // Within a group, or between two: the last one that begins above.
  let group = 0;
  draft.groups.forEach(({ key: one }, place) => {
    const spot = spots.groups.get(one);
    if (spot && spot.top <= y) group = place;
  });
  const others = (draft.groups[group]?.monitorList ?? []).filter((member) => member.key !== key);
  const above = others.filter((member) => {
    const spot = spots.members.get(member.key);
    return spot && middle(spot) < y;
  });
  return { group, member: above.length };
}
