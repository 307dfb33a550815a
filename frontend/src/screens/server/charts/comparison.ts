/** What the charts of a server are compared with, as it stands in the address. Pure. */
import type { LocationQueryValue } from "vue-router";
import type { MetricsAck, ServerRow } from "../../../wire/server-types.ts";
import { t } from "../../../words/index.ts";
import type { Answer, ChartName, ChartPlan, TimeSpan } from "./metric-data.ts";

const DAY_MS = 86_400_000;
const DAYS = { day: 1, week: 7, month: 30 } as const;
const MOST_SPANS_BACK = 2; // a longer span hardly differs from itself that much earlier
export const OF_SEVERAL: ReadonlySet<ChartName> = new Set(["load", "net", "io", "volumes", "temperature"]);
const ID_PART = 8; // characters of a uuid that tell namesakes apart

export const EARLIER = ["previous", "day", "week", "month"] as const;
export type Earlier = (typeof EARLIER)[number];
export const MOST_OTHERS = 3; // beside the server itself: lines one can tell apart

export type Comparison =
  | { kind: "none" }
  | { kind: "span"; span: Earlier }
  | { kind: "servers"; uuids: readonly string[] };

/** Whose samples a chart shows, and how many ms before the time they are drawn at. */
export interface Source {
  key: string;
  uuid: string;
  name: string;
  back: number;
}

const SERVERS = "servers"; // chosen, but none yet
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Query = LocationQueryValue | LocationQueryValue[] | undefined;

/** `known` says which servers there are: others are left out, as they may have been deleted since. */
export function parseComparison(query: Query, own: string, known: (uuid: string) => boolean): Comparison {
  const text = (Array.isArray(query) ? query[0] : query) ?? "";
  const span = EARLIER.find((name) => name === text);
  if (span) return { kind: "span", span };
  const named = text.split(",").filter((part) => UUID.test(part));
  if (!named.length && text !== SERVERS) return { kind: "none" };
  const others = named.filter((uuid) => uuid !== own && known(uuid));
  return { kind: "servers", uuids: [...new Set(others)].slice(0, MOST_OTHERS) };
}

/** undefined: nothing to say in the address. */
export function writeComparison(comparison: Comparison): string | undefined {
  if (comparison.kind === "none") return undefined;
  return comparison.kind === "span" ? comparison.span : comparison.uuids.join() || SERVERS;
}

/** Earlier spans worth a look beside one of that length; the chosen one stays. */
export function offeredSpans(length: number, chosen: Earlier | null): Earlier[] {
  return EARLIER.filter((span) => {
    if (span === "previous" || span === chosen) return true;
    const back = DAYS[span] * DAY_MS;
    // Equal to the length it would be the span before once more.
    return length !== back && length <= back * MOST_SPANS_BACK;
  });
}

/** By how much an earlier span is shifted, in ms. Days are the calendar's: eight o'clock stays eight o'clock. */
export function backOf(earlier: Earlier, [from, to]: TimeSpan): number {
  if (earlier === "previous") return to - from;
  const then = new Date(to);
  then.setDate(then.getDate() - DAYS[earlier]);
  return to - then.getTime();
}

/** What is read for the charts: the server itself first. */
export function sourcesOf(
  own: string,
  comparison: Comparison,
  span: TimeSpan,
  nameOf: (uuid: string) => string,
): Source[] {
  const itself = { key: own, uuid: own, name: nameOf(own), back: 0 };
  if (comparison.kind === "none") return [itself];
  if (comparison.kind === "servers") {
    return [itself, ...comparison.uuids.map((uuid) => ({ key: uuid, uuid, name: nameOf(uuid), back: 0 }))];
  }
  const earlier = comparison.span;
  return [
    { ...itself, name: t("compare.this") },
    { key: `${own} ${earlier}`, uuid: own, name: t(`compare.${earlier}`), back: backOf(earlier, span) },
  ];
}

/** Names of servers; namesakes get the beginning of their identity. */
export function namesOf(rows: Iterable<Pick<ServerRow, "uuid" | "name">>): Map<string, string> {
  const all = [...rows];
  const count = new Map<string, number>();
  for (const { name } of all) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(
    all.map(({ uuid, name }) => [uuid, (count.get(name) ?? 0) > 1 ? `${name} (${uuid.slice(0, ID_PART)})` : name]),
  );
}

/**
 * One metric per chart, so that its lines are those compared. Of the three loads the shortest stands for all;
 * directions, file systems and sensors get a chart each.
 */
export function comparedPlans(plans: readonly ChartPlan[]): ChartPlan[] {
  return plans.flatMap((plan) => {
    if (!OF_SEVERAL.has(plan.name)) return [plan];
    const metrics = plan.name === "load" ? plan.metrics.slice(0, 1) : plan.metrics;
    return metrics.map((metric) => ({ ...plan, metrics: [metric], part: metric }));
  });
}

/** Samples of an earlier span, at the times they are drawn at. */
export function shiftedAnswer<A extends NonNullable<Answer>>(answer: A, back: number): A {
  if (back === 0) return answer;
  const series: MetricsAck["series"] = {};
  for (const [name, columns] of Object.entries(answer.series)) {
    series[name] = { ...columns, times: columns.times.map((time) => time + back) };
  }
  return { ...answer, series };
}

/** `next`, or `before` when nothing in it differs: what follows from it need not be worked out again. */
export const unlessSame = <T>(before: T | undefined, next: T): T =>
  before !== undefined && JSON.stringify(before) === JSON.stringify(next) ? before : next;
