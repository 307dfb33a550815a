import { describe, expect, it } from "vitest";
import type { PageDraft } from "../../wire/status-page-types.ts";
import {
  addGroup, addMembers, changeMember, moveGroup, moveMember, newGroup, received, removeGroup, removeMember, renameGroup,
  same, sent, stepGroup, stepMember, type Draft,
} from "./draft.ts";
import { EditHistory } from "./edit-history.ts";
import { groupPlace, memberPlace, readSpots, type Spots } from "./spots.ts";

const member = (id: number) => ({
  id, sendUrl: false, url: null, showCertificate: null, showTags: null, showPing: false,
});
const stored = (...groups: number[][]): PageDraft => ({
  config: { slug: "s", title: "S", showResponseTimes: false } as PageDraft["config"],
  logo: "",
  groups: groups.map((ids, place) => (
    { id: place + 1, name: `G${place + 1}`, monitorList: ids.map(member), components: [] }
  )),
  servers: null,
});
const draft = (...groups: number[][]): Draft => received(stored(...groups));
const ids = (of: Draft): number[][] => of.groups.map((group) => group.monitorList.map(({ id }) => id));
const keyOf = (of: Draft, id: number): number =>
  of.groups.flatMap((group) => group.monitorList).find((one) => one.id === id)?.key ?? 0;
const names = (of: Draft): string[] => of.groups.map(({ name }) => name);

describe("a draft", () => {
  it("is sent as it came, and groups that are gone as new ones", () => {
    const one = draft([1, 2], [3]);
    expect(sent(one, new Set([1, 2]))).toEqual(stored([1, 2], [3]));
    expect(sent(one, new Set([2])).groups.map(({ id }) => id)).toEqual([null, 2]);
    expect(JSON.stringify(sent(one, new Set()))).not.toContain("key");
  });

  it("moves monitors by steps, through groups and up to both ends", () => {
    let one = draft([1, 2], [], [3]);
    const key = keyOf(one, 2);
    const seen: number[][][] = [];
    for (let next: Draft | null = one; next; next = stepMember(one, key, 1)) seen.push(ids((one = next)));
    expect(seen).toEqual([[[1, 2], [], [3]], [[1], [2], [3]], [[1], [], [2, 3]], [[1], [], [3, 2]]]);
    for (let next: Draft | null = one; next; next = stepMember(one, key, -1)) one = next;
    expect(ids(one)).toEqual([[2, 1], [], [3]]);
  });

  it("moves monitors and groups to places", () => {
    const one = draft([1, 2, 3], [4]);
    expect(ids(moveMember(one, keyOf(one, 1), { group: 0, member: 2 }))).toEqual([[2, 3, 1], [4]]);
    expect(ids(moveMember(one, keyOf(one, 3), { group: 1, member: 0 }))).toEqual([[1, 2], [3, 4]]);
    expect(ids(moveMember(one, 999, { group: 1, member: 0 }))).toEqual(ids(one));
    const [first] = one.groups;
    expect(names(moveGroup(one, first?.key ?? 0, 1))).toEqual(["G2", "G1"]);
    expect(stepGroup(one, first?.key ?? 0, -1)).toBeNull();
  });

  it("adds, changes and removes", () => {
    const group = newGroup("New");
    let one = addMembers(addGroup(draft([1]), group), group.key, [5, 6]);
    one = changeMember(renameGroup(one, group.key, "Newer"), keyOf(one, 5), { sendUrl: true });
    expect(names(one)).toEqual(["G1", "Newer"]);
    expect(one.groups[1]?.monitorList.map(({ id, sendUrl }) => [id, sendUrl])).toEqual([[5, true], [6, false]]);
    one = removeMember(one, keyOf(one, 5));
    expect(ids(one)).toEqual([[1], [6]]);
    expect(ids(removeGroup(one, group.key))).toEqual([[1]]);
  });

  it("keeps its keys when it comes back from the server", () => {
    const one = draft([1, 2]);
    const again = received(stored([1, 2]), one);
    expect(again.groups[0]?.monitorList.map(({ key }) => key)).toEqual(one.groups[0]?.monitorList.map(({ key }) => key));
    expect(same(one, draft([1, 2]))).toBe(true);
    expect(same(one, draft([2, 1]))).toBe(false);
  });
});

describe("undo", () => {
  it("takes what is typed into one field as one step", () => {
    const history = new EditHistory("");
    history.set("a", "title", 0);
    history.set("ab", "title", 500);
    history.set("ab!", "footer", 600);
    history.set("ab!?", "footer", 5000);
    history.undo();
    history.undo();
    expect(history.present).toBe("ab");
    history.redo();
    expect(history.present).toBe("ab!");
    history.set("x", "", 6000);
    expect([history.redoes, history.undoes]).toEqual([false, true]);
    history.undo();
    history.undo();
    history.undo();
    history.undo();
    expect([history.present, history.undoes]).toEqual(["", false]);
  });
});

describe("spots", () => {
  it("are found by places and ids, and one that is gone has none", () => {
    const one = draft([1, 2, 1], []);
    document.body.innerHTML = `<h1>T</h1><section data-group-id="1"><ul>
      <li data-monitor-id="1"></li><li data-monitor-id="1"></li></ul></section><section data-group-id="2"></section>`;
    const spots = readSpots(document, one);
    const [first, gone, again] = one.groups[0]?.monitorList ?? [];
    expect([first, gone, again].map((each) => spots.members.has(each?.key ?? 0))).toEqual([true, false, true]);
    expect(spots.groups.size).toBe(2);
    expect([...spots.fields.keys()]).toEqual(["title"]);
  });

  it("say where something would go", () => {
    const one = draft([1, 2], [3]);
    const spot = (top: number, height: number) => ({ top, height, left: 0, width: 100 });
    const spots: Spots = {
      groups: new Map(one.groups.map(({ key }, place) => [key, spot(place * 100, 90)])),
      members: new Map([[keyOf(one, 1), spot(20, 20)], [keyOf(one, 2), spot(40, 20)], [keyOf(one, 3), spot(120, 20)]]),
      fields: new Map(), incidents: new Map(), height: 200,
    };
    const of = (id: number, y: number) => memberPlace(one, spots, keyOf(one, id), y);
    expect(of(1, 55)).toEqual({ group: 0, member: 1 });
    expect(of(3, 10)).toEqual({ group: 0, member: 0 });
    expect(of(1, 180)).toEqual({ group: 1, member: 1 });
    expect(of(1, -5)).toEqual({ group: 0, member: 0 });
    expect(groupPlace(one, spots, one.groups[0]?.key ?? 0, 170)).toBe(1);
    expect(groupPlace(one, spots, one.groups[1]?.key ?? 0, 10)).toBe(0);
  });
});
