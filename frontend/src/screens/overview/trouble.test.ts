import { describe, expect, it } from "vitest";
import { noCounts, type Counts } from "../../state/monitors.ts";
import { rowsOf, type Given } from "../../state/test-rows.ts";
import type { ServerRow } from "../../wire/server-types.ts";
import { headlineOf, troubleOf } from "./trouble.ts";

const counts = (given: Partial<Counts>): Counts => ({ ...noCounts(), ...given });
const server = (name: string, given: Partial<ServerRow>): ServerRow =>
  ({
    uuid: name, name, status: "online", maintenance: false, alerts: [], lastSeen: 0, since: null, ...given,
  }) as unknown as ServerRow;

describe("the headline", () => {
  it.each<[Partial<Counts>, Partial<Counts>, string, string]>([
    [{ up: 3 }, { up: 2, maintenance: 1 }, "up", "Everything is up"],
    [{ up: 3 }, {}, "up", "Everything is up"],
    [{ down: 2, pending: 1 }, {}, "down", "2 monitors are down"],
    [{ up: 3 }, { down: 1 }, "down", "One server is offline"],
    [{ down: 1 }, { down: 2, pending: 4 }, "down", "One monitor is down · 2 servers are offline"],
    [{ pending: 1 }, { down: 1 }, "down", "One server is offline"],
    [{}, { pending: 1, up: 9 }, "pending", "One server has an alert"],
    [{ pending: 2 }, { pending: 2 }, "pending", "2 monitors have trouble · 2 servers have alerts"],
  ])("for monitors %j and servers %j is %s", (monitors, servers, tone, text) => {
    expect(headlineOf(counts(monitors), counts(servers))).toEqual({ tone, text });
  });
});

describe("the list of trouble", () => {
  const list = (monitors: Given[], servers: ServerRow[], most = 9) =>
    troubleOf(rowsOf(...monitors).values(), servers, most);

  it("has monitors and servers together, the worst and newest first, and says what is wrong", () => {
    const { rows } = list(
      [
        { id: 1, status: 0, since: 20, msg: "connect ECONNREFUSED 127.0.0.1:80" },
        { id: 2, status: 2, since: 90, msg: "slow" },
        { id: 3 },
      ],
      [
        server("quiet", { status: "offline", since: 50 }),
        server("hot", { alerts: ["cpu", "disk"], since: 95 }),
        server("well", {}),
        server("resting", { status: "offline", maintenance: true }),
      ],
    );
    const shown = rows.map(({ name, status, said, since }) => [name, status, said.cause, said.text, since]);
    expect(shown).toEqual([
      ["quiet", "Offline", null, "Not reporting", 50],
      ["m1", "Down", "Connection refused", "connect ECONNREFUSED 127.0.0.1:80", 20],
      ["hot", "With alerts", null, "CPU above its threshold, Disk above its threshold", 95],
      ["m2", "Pending", null, "slow", 90],
    ]);
    expect(rows.map(({ to }) => to)).toMatchObject([{ params: { uuid: "quiet" } }, { params: { id: 1 } }, {}, {}]);
  });

  it("lets neither kind hide the other", () => {
    const many = Array.from({ length: 5 }, (_, index) => server(`s${index}`, { status: "offline", since: 100 + index }));
    const { rows, monitors, servers } = list([{ id: 1, status: 0, since: 1 }], many, 2);
    expect(rows.map(({ name }) => name)).toEqual(["s4", "s3", "m1"]);
    expect([monitors, servers]).toEqual([1, 5]);
  });
});
