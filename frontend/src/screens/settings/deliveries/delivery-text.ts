/** What a row of the history says. */
import type { Delivery } from "../../../wire/types.ts";
import { ago } from "../../../words/format.ts";
import { t } from "../../../words/index.ts";
import { translateServer } from "../../../words/server.ts";
import type { Status } from "../../../words/status.ts";

/** The mark of an outcome: its shape tells it apart without colour. */
export function markOf({ outcome, error }: Delivery): Status {
  if (outcome === "delivered") return "up";
  return outcome === "given_up" ? "down" : error === null ? "unknown" : "pending";
}

/** How far it has come, in a few words. */
export function outcomeText({ outcome, attempts, created, ended, due }: Delivery, now: number): string {
  const tries = attempts > 1 ? ` · ${t("deliveries.attempts", { count: attempts })}` : "";
  if (outcome === "waiting") {
    if (attempts === 0) return t("deliveries.onItsWay");
    const seconds = Math.max(0, Math.round(((due ?? now) - now) / 1000));
    return `${t("deliveries.again", { seconds })}${tries}`;
  }
  const time = ago(ended ?? created, Math.max(now, ended ?? created));
  return `${t(outcome === "delivered" ? "deliveries.deliveredAt" : "deliveries.givenUpAt", { time })}${tries}`;
}

/** What the service said, or why it has not taken the message; "" when neither is known. */
export const saidBy = ({ outcome, answer, error }: Delivery): string =>
  outcome === "delivered" ? (answer ?? "") : translateServer(error ?? "");
