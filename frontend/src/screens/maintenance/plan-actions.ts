/** What can be done with a plan from its page and from the list. Each says how it ended. */
import { perform } from "../../live/actions.ts";
import { usersOf } from "../../live/users.ts";
import { ask } from "../../ui/confirm.ts";
import type { Plan } from "../../wire/maintenance-types.ts";
import { t } from "../../words/index.ts";
import { repeats } from "./plan-values.ts";

export const pauseOrResume = (plan: Plan): Promise<boolean> =>
  perform(plan.active ? "pauseMaintenance" : "resumeMaintenance", plan.id);

/** What ending means depends on the plan, so it is said before. */
export async function endNow(plan: Plan): Promise<boolean> {
  const kind = repeats(plan.strategy) ? "repeating" : plan.strategy === "manual" ? "manual" : "single";
  const { yes } = await ask({
    title: t("plan.endTitle", { name: plan.title }),
    text: t(`plan.endText.${kind}`),
    action: t("plan.end"),
  });
  return yes && perform("endMaintenance", plan.id);
}

export async function deletePlan(plan: Plan): Promise<boolean> {
  const users = await usersOf("maintenance", plan.id);
  const now = plan.status === "under-maintenance" ? t("plan.deleteRunning") : "";
  const { yes } = await ask({
    title: t("delete.title", { name: plan.title }),
    text: [t("plan.deleteText"), now, users].filter(Boolean).join(" "),
    action: t("common.delete"),
    danger: true,
  });
  return yes && perform("deleteMaintenance", plan.id);
}
