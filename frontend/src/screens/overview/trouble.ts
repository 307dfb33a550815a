/** What is wrong with monitors and servers, in one sentence and in one list. Pure. */
import type { RouteLocationRaw } from "vue-router";
import { saidOf, type Said } from "../../state/cause.ts";
import { statusOf as monitorStatus, type Counts, type MonitorRow } from "../../state/monitors.ts";
import { stateOf } from "../../state/server-text.ts";
import { statusOf as serverStatus } from "../../state/servers.ts";
import type { ServerRow } from "../../wire/server-types.ts";
import { t } from "../../words/index.ts";

const TONES = ["down", "pending"] as const; // the worse first
type Tone = (typeof TONES)[number];

export interface Trouble {
  key: string;
  server: boolean;
  tone: Tone;
  status: string; // the tone in a word
  name: string;
  said: Said;
  since: number | null;
  to: RouteLocationRaw;
}

export interface AllTrouble {
  rows: Trouble[];
  monitors: number; // all there are, as many as stand in `rows` or more
  servers: number;
}

export function headlineOf(monitors: Counts, servers: Counts): { tone: Tone | "up"; text: string } {
  for (const tone of TONES) {
    const parts: string[] = [];
    if (monitors[tone]) parts.push(t(`overview.${tone}`, { count: monitors[tone] }));
    if (servers[tone]) parts.push(t(`overview.servers.${tone}`, { count: servers[tone] }));
    if (parts.length) return { tone, text: parts.join(" · ") };
  }
  return { tone: "up", text: t("overview.allUp") };
}

const toneOf = (shown: string): Tone | undefined => TONES.find((tone) => tone === shown);

function ofMonitor(row: MonitorRow): Trouble | null {
  const tone = toneOf(monitorStatus(row));
  if (!tone) return null;
  const to = { name: "monitor", params: { id: row.id } };
  const status = t(`status.${tone}`);
  const said = saidOf(tone, row.msg);
  return { key: `m${row.id}`, server: false, tone, status, name: row.name, said, since: row.since, to };
}

function ofServer(row: ServerRow): Trouble | null {
  const tone = toneOf(serverStatus(row));
  if (!tone) return null;
  const to = { name: "server", params: { uuid: row.uuid } };
  const status = t(`servers.state.${tone}`);
  const said = { cause: null, text: stateOf(row) };
  return { key: row.uuid, server: true, tone, status, name: row.name, said, since: row.since, to };
}

const worstFirst = (a: Trouble, b: Trouble): number =>
  TONES.indexOf(a.tone) - TONES.indexOf(b.tone) || (b.since ?? 0) - (a.since ?? 0);

/** Asked at every change of a status: what is well, as most is, costs no more than the question. */
function inTrouble<T>(all: Iterable<T>, read: (one: T) => Trouble | null): Trouble[] {
  const found: Trouble[] = [];
  for (const one of all) {
    const trouble = read(one);
    if (trouble) found.push(trouble);
  }
  return found.sort(worstFirst);
}

/** The worst and newest first; at most `most` of each kind, so that neither hides the other. */
export function troubleOf(monitors: Iterable<MonitorRow>, servers: Iterable<ServerRow>, most: number): AllTrouble {
  const ofMonitors = inTrouble(monitors, ofMonitor);
  const ofServers = inTrouble(servers, ofServer);
  const rows = [...ofMonitors.slice(0, most), ...ofServers.slice(0, most)].sort(worstFirst);
  return { rows, monitors: ofMonitors.length, servers: ofServers.length };
}
