/** What a test gave, as its card shows it. Pure. */
import type { Phase, TestAck } from "../../wire/types.ts";
import { milliseconds } from "../../words/format.ts";
import { t } from "../../words/index.ts";

/** In the order in which they happen; "answer" goes on where "firstByte" ends. */
const PHASES: readonly Phase[] = ["dns", "connect", "tls", "firstByte", "answer", "total"];
const STATUSES = ["down", "up", "pending", "maintenance"] as const;

export interface ShownPhase {
  name: Phase;
  ms: number;
  start: number; // 0…1 of the whole test
  share: number; // of the whole test
}

export const statusOf = (found: TestAck): (typeof STATUSES)[number] => STATUSES[found.status];

/** The answer in one line: what it said, how long it took, how long its certificate lasts. */
export function answerLine({ msg, ping, cannot, certificate }: TestAck): string {
  const days = certificate?.certInfo?.daysRemaining ?? null;
  return [
    cannot ? t("test.cannot") : "",
    msg,
    ping === null ? "" : milliseconds(ping),
    days === null ? "" : `${t("certificate.title")} ${t("certificate.days", { count: days })}`,
  ].filter(Boolean).join(" · ");
}

/** The phases that happened, each beginning where those before it ended. */
export function phasesOf(timings: TestAck["timings"]): ShownPhase[] {
  const whole = Math.max(timings.total ?? 0, 0.001);
  let done = 0; // of the phases one after the other
  const shown: ShownPhase[] = [];
  for (const name of PHASES) {
    const ms = timings[name];
    if (ms === null) continue;
    // Both count from the question: they begin at the same time.
    const start = name === "total" ? 0 : Math.min(1, done / whole);
    shown.push({ name, ms, start, share: Math.min(1 - start, ms / whole) });
    if (name !== "firstByte") done += ms;
  }
  return shown;
}
