/** A page that is edited: groups and monitors with keys that stay while they move. Pure: every change is a copy. */
import type { PageComponent, PageDraft, PageGroup, PageMember } from "../../wire/status-page-types.ts";

export interface Member extends PageMember {
  key: number;
}
export interface Group extends PageGroup<Member> {
  key: number;
}
export type Draft = PageDraft<Group>;

/** Where something stands: the place of a group, and of a monitor in it. */
export interface Place {
  group: number;
  member: number;
}

let lastKey = 0;
const nextKey = (): number => (lastKey += 1);

export const newGroup = (name: string): Group =>
  ({ key: nextKey(), id: null, name, monitorList: [], components: [] });
export const newMember = (id: number): Member => ({
  key: nextKey(), id, sendUrl: false, url: null, showCertificate: null, showTags: null, showPing: false,
});

/** What the server sent, with keys: those of `before` for what stands in the same place. */
export function received(draft: PageDraft, before?: Draft): Draft {
  const groups = draft.groups.map((group, place) => {
    const old = before?.groups[place];
    const monitorList = group.monitorList.map((member, index) => {
      const same = old?.monitorList[index];
      return { ...member, key: same?.id === member.id ? same.key : nextKey() };
    });
    // Versions from before there were components have none.
    const components = group.components ?? [];
    return { ...group, components, monitorList, key: old?.name === group.name ? old.key : nextKey() };
  });
  const config = { ...draft.config, showResponseTimes: draft.config.showResponseTimes ?? false };
  return { ...draft, config, groups, servers: draft.servers };
}

const plain = ({ id, sendUrl, url, showCertificate, showTags, showPing }: Member): PageMember =>
  ({ id, sendUrl, url, showCertificate, showTags, showPing });

/** What is sent. Groups that are gone on the server are new ones there. */
export function sent(draft: Draft, known: ReadonlySet<number>): PageDraft {
  const groups = draft.groups.map(({ id, name, monitorList, components }) => ({
    id: id !== null && known.has(id) ? id : null,
    name,
    monitorList: monitorList.map(plain),
    components,
  }));
  return { ...draft, groups };
}

/** Whether two are the same to visitors. */
export function same(one: Draft, other: Draft): boolean {
  const text = (draft: Draft): string => {
    const groups = draft.groups.map(({ id, name, monitorList, components }) =>
      [id, name, monitorList.map(plain), components]);
    return JSON.stringify({ ...draft, groups });
  };
  return one === other || text(one) === text(other);
}

/** Where a monitor is; null: it is not there any more. */
export function placeOf(draft: Draft, key: number): Place | null {
  for (const [group, { monitorList }] of draft.groups.entries()) {
    const member = monitorList.findIndex((one) => one.key === key);
    if (member >= 0) return { group, member };
  }
  return null;
}

const withGroups = (draft: Draft, groups: Group[]): Draft => ({ ...draft, groups });

function changeGroup(draft: Draft, place: number, change: (group: Group) => Group): Draft {
  return withGroups(draft, draft.groups.map((group, index) => (index === place ? change(group) : group)));
}

export const renameGroup = (draft: Draft, key: number, name: string): Draft =>
  withGroups(draft, draft.groups.map((group) => (group.key === key ? { ...group, name } : group)));

export const setComponents = (draft: Draft, key: number, components: PageComponent[]): Draft =>
  withGroups(draft, draft.groups.map((group) => (group.key === key ? { ...group, components } : group)));

export const addGroup = (draft: Draft, group: Group): Draft => withGroups(draft, [...draft.groups, group]);

export const removeGroup = (draft: Draft, key: number): Draft =>
  withGroups(draft, draft.groups.filter((group) => group.key !== key));

export function addMembers(draft: Draft, key: number, ids: readonly number[]): Draft {
  const place = draft.groups.findIndex((group) => group.key === key);
  return changeGroup(draft, place, (group) => ({
    ...group, monitorList: [...group.monitorList, ...ids.map((id) => newMember(id))],
  }));
}

export function changeMember(draft: Draft, key: number, change: Partial<PageMember>): Draft {
  const place = placeOf(draft, key);
  if (!place) return draft;
  return changeGroup(draft, place.group, (group) => ({
    ...group, monitorList: group.monitorList.map((one) => (one.key === key ? { ...one, ...change } : one)),
  }));
}

export function removeMember(draft: Draft, key: number): Draft {
  const place = placeOf(draft, key);
  if (!place) return draft;
  return changeGroup(draft, place.group, (group) => ({
    ...group, monitorList: group.monitorList.filter((one) => one.key !== key),
  }));
}

/** A group at another place: that which it has once it is taken out. */
export function moveGroup(draft: Draft, key: number, to: number): Draft {
  const group = draft.groups.find((one) => one.key === key);
  if (!group) return draft;
  const rest = draft.groups.filter((one) => one !== group);
  const place = Math.max(0, Math.min(rest.length, to));
  return withGroups(draft, [...rest.slice(0, place), group, ...rest.slice(place)]);
}

/** A monitor at another place: that which it has once it is taken out. */
export function moveMember(draft: Draft, key: number, to: Place): Draft {
  const from = placeOf(draft, key);
  const member = from && draft.groups[from.group]?.monitorList[from.member];
  if (!member || !draft.groups[to.group]) return draft;
  return changeGroup(removeMember(draft, key), to.group, (group) => {
    const place = Math.max(0, Math.min(group.monitorList.length, to.member));
    return { ...group, monitorList: [...group.monitorList.slice(0, place), member, ...group.monitorList.slice(place)] };
  });
}

/** A step up or down, at the edge of a group into the next one; null: there is nowhere to go. */
export function stepMember(draft: Draft, key: number, step: 1 | -1): Draft | null {
  const from = placeOf(draft, key);
  if (!from) return null;
  const own = draft.groups[from.group]?.monitorList.length ?? 0;
  const member = from.member + step;
  if (member >= 0 && member < own) return moveMember(draft, key, { group: from.group, member });
  const group = from.group + step;
  const next = draft.groups[group];
  if (!next) return null;
  return moveMember(draft, key, { group, member: step > 0 ? 0 : next.monitorList.length });
}

export function stepGroup(draft: Draft, key: number, step: 1 | -1): Draft | null {
  const to = draft.groups.findIndex((group) => group.key === key) + step;
  return to < 0 || to >= draft.groups.length ? null : moveGroup(draft, key, to);
}
