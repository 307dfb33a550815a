import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Cause, ServerRow } from "../wire/server-types.ts";
import { announceServers, announcement } from "./announce.ts";

type State = Partial<Pick<ServerRow, "status" | "maintenance">> & { alerts?: Cause[] };

const row = (name: string, state: State): ServerRow =>
  ({ uuid: name, name, status: "online", maintenance: false, alerts: [], ...state }) as unknown as ServerRow;

const OFFLINE: State = { status: "offline" };
const HOT: State = { alerts: ["cpu"] };

function change(name: string, ...states: State[]): void {
  for (const [index, state] of states.entries()) {
    const before = states[index - 1];
    if (before) announceServers([{ before: row(name, before), row: row(name, state) }]);
  }
}

function said(): string {
  vi.advanceTimersByTime(4000);
  return announcement.value;
}

describe("announcements of servers", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    announcement.value = "";
  });
  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it.each<[string, State[], string]>([
    ["silence", [{}, OFFLINE], "web-1 is offline."],
    ["its end", [OFFLINE, {}], "web-1 reports again."],
    ["an alert with its cause", [{}, HOT], "web-1 has an alert: CPU above its threshold."],
    [
      "a second cause alone when the first was said, both otherwise", [{}, HOT, { alerts: ["cpu", "disk"] }],
      "web-1 has an alert: CPU above its threshold, Disk above its threshold.",
    ],
    ["the end of alerts", [HOT, {}], "web-1 is fine again."],
    ["an alert that came with the first report", [OFFLINE, HOT],
      "web-1 reports again. web-1 has an alert: CPU above its threshold."],
    ["no silence as an alert", [{ ...OFFLINE, alerts: ["downtime"] }, { alerts: ["downtime"] }, {}], "web-1 reports again."],
    ["nothing that passed before it was said", [{}, OFFLINE, {}, HOT, {}], ""],
    ["nothing of a server under maintenance", [{}, { maintenance: true }, { ...OFFLINE, maintenance: true }], ""],
    ["an alert that is still there when maintenance ends", [{ ...HOT, maintenance: true }, HOT],
      "web-1 has an alert: CPU above its threshold."],
    ["nothing when maintenance ends well", [{ maintenance: true }, {}], ""],
    ["nothing of figures", [HOT, HOT], ""],
  ])("tell of %s", (_what, states, expected) => {
    change("web-1", ...states);
    expect(said()).toBe(expected);
  });

  it("name three, count the rest, and leave out causes then", () => {
    for (const name of ["a", "b", "c", "d", "e"]) change(name, {}, HOT);
    expect(said()).toBe("a, b, c and 2 more have alerts.");
  });

  it("say nothing of a server that is new", () => {
    announceServers([{ before: undefined, row: row("new", OFFLINE) }]);
    expect(said()).toBe("");
  });
});
