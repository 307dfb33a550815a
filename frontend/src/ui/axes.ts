/** What all charts have in common: axes in our colours, times of 24 hours. */
import type uPlot from "uplot";
import { locale } from "../words/index.ts";
import { colour } from "./colours.ts";

const DAY_S = 86_400;

const seconds = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const minutes = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false });
const days = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });

export function timeLabels(step: number, values: number[]): string[] {
  return values.map((value) => {
    const date = new Date(value * 1000);
    if (step >= DAY_S || (step >= 3600 && date.getHours() === 0 && date.getMinutes() === 0)) return days.format(date);
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
