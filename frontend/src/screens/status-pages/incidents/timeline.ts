/** What is written about an incident, as the server takes it and as the preview shows it. Pure. */
import type {
  IncidentState, PageIncident, PageUpdate, Timeline, WrittenIncident, WrittenUpdate,
} from "../../../wire/status-page-types.ts";
import { ownZone, wallOf } from "../../../words/zoned.ts";

/** An update that is being written: of which incident, in the place of which other. */
export interface UpdateDraft extends WrittenUpdate {
  incident: Timeline;
  replaces: PageUpdate | null;
}

export const timeOf = ({ createdDate }: Pick<PageIncident, "createdDate">): number =>
  Date.parse(`${createdDate.replace(" ", "T")}Z`);

/** What comes next, usually. */
export function nextState(state: IncidentState | null): IncidentState {
  const following = { investigating: "identified", identified: "monitoring", monitoring: "resolved" } as const;
  return state === null ? "investigating" : state === "resolved" ? "resolved" : following[state];
}

const written = ({ state, content, createdDate }: PageUpdate): WrittenUpdate =>
  ({ state, content, time: timeOf({ createdDate }) });

/** An incident as it stands, to be written again; its timeline stays. */
export function rewritten({ id, title, content, style, monitors, updates, createdDate }: Timeline): WrittenIncident {
  return { id, title, content, style, monitors, updates: updates.map(written), time: timeOf({ createdDate }) };
}

/** An incident with an update that is not posted yet. */
export function withUpdate({ incident, replaces, state, content, time }: UpdateDraft): WrittenIncident {
  const now = { state, content, ...(time === undefined ? {} : { time }) };
  const before = incident.updates.map((one) => (one.id === replaces?.id ? now : written(one)));
  return { ...rewritten(incident), updates: replaces ? before : [...before, now] };
}

/** The text of an update; the first one may say what its incident says. */
export const textOf = (incident: Timeline, update: PageUpdate): string =>
  update.content || (update.id === incident.updates[0]?.id ? incident.content : "");

/** A field of the kind datetime-local, by the clock of the browser, and back; "" is now. */
export const fieldOf = (ms: number | undefined): string => (ms === undefined ? "" : wallOf(ms, ownZone()));

/** Undefined: now, or what nobody can read. */
export function timeIn(field: string): number | undefined {
  const ms = field ? new Date(field).getTime() : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
