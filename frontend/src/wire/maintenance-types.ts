/** What page and server say to each other about maintenance: see docs/page-protocol.md. Times are ms. */
import type { PlanRow } from "./server-types.ts";

/** When it begins, and when it ends; null: when somebody ends it. */
export type Window = [start: number, end: number | null];

export interface TimeOfDay {
  hours: number;
  minutes: number;
  seconds?: number;
}

/** A row of `maintenancePlans`. */
export interface Plan extends PlanRow {
  timezone: string; // what the option stands for
  timezoneOption: string;
  dateRange: [string | null, string | null]; // `YYYY-MM-DDTHH:mm:ss` of its zone
  timeRange: [TimeOfDay | null, TimeOfDay | null];
  intervalDay: number;
  weekdays: number[]; // Sunday is 0
  daysOfMonth: (number | string)[]; // "lastDay1" is the last
  cron: string;
  durationMinutes: number;
  window: Window | null; // the one that lasts or comes next
  monitors: number; // how many
  pages: number;
}

export interface PlanAck {
  plan: Plan & { description: string };
  windows: Window[];
  monitors: number[];
  pages: { id: number; title: string; slug: string }[];
}

export interface PreviewAck {
  timezone: string;
  windows: Window[];
}

export interface CalendarAck {
  since: number;
  until: number;
  windows: [plan: number, start: number, end: number | null][];
  more: boolean;
}

/** Servers by the id of the plan that covers them. */
export interface PlanServersAck {
  servers: Record<string, string[]>;
}

/** What a monitor is under maintenance for. */
export interface CoveringPlan {
  id: number;
  title: string;
  until: number | null;
}
