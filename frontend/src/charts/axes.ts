/** What all charts have in common: axes in our colours, times of 24 hours. */
import type uPlot from "uplot";
import { locale } from "../words/index.ts";
import { colour } from "./colours.ts";

const DAY_S = 86_400;

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const day = { month: "short", day: "numeric" } as const;
const seconds = new Intl.DateTimeFormat(locale, { ...clock, second: "2-digit" });
const minutes = new Intl.DateTimeFormat(locale, clock);
const days = new Intl.DateTimeFormat(locale, day);
const dayMinutes = new Intl.DateTimeFormat(locale, { ...day, ...clock });

const isMidnight = (date: Date): boolean => date.getHours() + date.getMinutes() + date.getSeconds() === 0;

/** Midnights say which day begins; where there is none and it is not today, the first label says the day. */
export function timeLabels(step: number, values: number[], today = new Date()): string[] {
  const dates = values.map((value) => new Date(value * 1000));
  const unsaid = !dates.some(isMidnight) && dates[0]?.toDateString() !== today.toDateString();
  return dates.map((date, index) => {
    if (step >= DAY_S || isMidnight(date)) return days.format(date);
    if (index === 0 && unsaid && step >= 60) return dayMinutes.format(date);
    return (step < 60 ? seconds : minutes).format(date);
  });
}

export function axis(size: number): uPlot.Axis {
  return {
    stroke: colour("text-soft"),
    font: "11px system-ui, sans-serif",
    size,
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
}
