import { describe, expect, it, vi } from "vitest";
import type { EventRow, LiveBeat } from "../wire/types.ts";
import { EventList, lengthsOf, MOST } from "./event-list.ts";

const all: EventRow[] = Array.from({ length: 120 }, (_, index) => [1, 1000 - index, index % 2 ? 0 : 1, "m"]);
const page = vi.fn((offset: number, count: number) =>
  Promise.resolve({ total: all.length, events: all.slice(offset, offset + count) }),
);

describe("EventList", () => {
  it("reads pages without doubles when events came between them", async () => {
    const list = new EventList(page, null);
    await list.reload();
    list.take([[1, 2000, 0, null, "gone", 1, null]], () => "");
    expect(list.rows.value[0]).toEqual([1, 2000, 0, "gone"]);
    all.unshift([1, 2000, 0, "gone"]);
    await list.more();
    const times = list.rows.value.map(([, time]) => time);
    expect(new Set(times).size).toBe(times.length);
    expect(list.total.value).toBe(121);
  });

  it("takes only important beats of its monitor, with the message that was left out", async () => {
    const list = new EventList(page, 1);
    await list.reload();
    const before = list.rows.value.length;
    const others: LiveBeat[] = [[1, 3000, 1, 5, null, 0, null], [2, 3000, 0, null, "x", 1, null]];
    list.take([...others, [1, 3001, 1, 5, null, 1, null]], () => "known");
    expect(list.rows.value).toHaveLength(before + 1);
    expect(list.rows.value[0]).toEqual([1, 3001, 1, "known"]);
  });

  it("forgets the oldest of many that come, which can be asked for again", async () => {
    const list = new EventList(() => Promise.resolve({ total: 0, events: [] }), null);
    await list.reload();
    for (let time = 1; time <= MOST + 20; time += 1) list.take([[1, time, 1, 5, "m", 1, null]], () => "");
    expect(list.rows.value).toHaveLength(MOST);
    expect(list.rows.value.at(-1)?.[1]).toBe(21);
    expect(list.total.value).toBe(MOST + 20);
  });

  it("shows an event once that an answer and a batch have brought", async () => {
    const list = new EventList(() => Promise.resolve({ total: 1, events: [[1, 5000, 1, "200"]] }), null);
    await list.reload();
    list.take([[1, 5000, 1, 5, "200", 1, null], [2, 5000, 0, null, "no", 1, null]], () => "");
    expect(list.rows.value).toEqual([[2, 5000, 0, "no"], [1, 5000, 1, "200"]]);
    expect(list.total.value).toBe(2);
  });

  it("keeps what came while the answer was on its way, and only that", async () => {
    let answer: (reply: { total: number; events: EventRow[] }) => void = () => undefined;
    const list = new EventList(() => new Promise((resolve) => (answer = resolve)), null);
    const reading = list.reload();
    list.take([[1, 6000, 0, null, "no", 1, null]], () => "");
    answer({ total: 1, events: [[1, 5000, 1, "200"]] });
    await reading;
    expect(list.rows.value).toEqual([[1, 6000, 0, "no"], [1, 5000, 1, "200"]]);
    expect(list.total.value).toBe(2);
    const again = list.reload();
    answer({ total: 0, events: [] }); // all were cleared
    await again;
    expect(list.rows.value).toEqual([]);
  });

  it("says so when nothing can be read, but keeps what is shown", async () => {
    const failing = new EventList(() => Promise.reject(new Error("offline")), null);
    await failing.reload();
    expect(failing.state.value).toBe("failed");
  });
});

describe("how long a state lasted", () => {
  it("is until the next event of the same monitor, or until now", () => {
    const rows: EventRow[] = [[1, 900, 1, ""], [2, 800, 0, ""], [1, 700, 0, ""], [3, 650, 0, ""], [2, 600, 1, ""]];
    expect(lengthsOf(rows, 1000, (id) => id !== 3)).toEqual([100, 200, 200, null, 200]);
    expect(lengthsOf([[1, 1005, 0, ""]], 1000, () => true)).toEqual([0]); // the server is ahead
  });
});
