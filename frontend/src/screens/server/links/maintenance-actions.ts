/** Begins and ends the maintenance of a server, and tells how it went. Resolves to whether it worked. */
import { serverNow } from "../../../state/clock.ts";
import { ask } from "../../../ui/confirm.ts";
import { toast } from "../../../ui/toast.ts";
import type { PlanRow, ServerAck } from "../../../wire/server-types.ts";
import { call } from "../../../wire/socket.ts";
import { t } from "../../../words/index.ts";
import { quickPlan, runningOf, spentOf, type Span } from "./maintenance-plans.ts";

export const readPlans = async (): Promise<PlanRow[]> => (await call<{ plans: PlanRow[] }>("maintenancePlans")).plans;

const covers = (uuid: string, ids: readonly number[]) => call("setServerMaintenance", uuid, ids);
const remove = (id: number) => call("deleteMaintenance", id);

/** As it is now: what the page knows may be older than somebody else's change. */
async function readLinks(uuid: string): Promise<{ ids: number[]; plans: PlanRow[] }> {
  const [{ maintenancePlans: ids }, plans] = await Promise.all([call<ServerAck>("server", uuid), readPlans()]);
  return { ids, plans };
}

async function told(work: () => Promise<boolean>, done: string): Promise<boolean> {
  try {
    const did = await work();
    if (did) toast(done);
    return did;
  } catch (error) {
    toast((error as Error).message, "error");
    return false;
  }
}

export const beginMaintenance = (uuid: string, name: string, span: Span): Promise<boolean> =>
  told(async () => {
    const { ids, plans } = await readLinks(uuid);
    const { maintenanceID: id } = await call<{ maintenanceID: number }>(
      "addMaintenance",
      quickPlan(name, span, serverNow()),
    );
    try {
      await covers(uuid, [...ids, id]);
    } catch (error) {
      await remove(id);
      throw error;
    }
    for (const spent of spentOf(plans, ids)) await remove(spent);
    return true;
  }, t("maintenance.begun"));

export const endMaintenance = (uuid: string): Promise<boolean> =>
  told(async () => {
    const { ids, plans } = await readLinks(uuid);
    const { own, others } = runningOf(plans, ids);
    if (others.length && !(await isAgreed())) return false;
    await covers(uuid, ids.filter((id) => !own.includes(id) && !others.includes(id)));
    for (const id of own) await removeUnused(id);
    return true;
  }, t("maintenance.over"));

/** A plan that is not ours goes on; only this server leaves it. */
async function isAgreed(): Promise<boolean> {
  const question = { title: t("maintenance.leaveTitle"), text: t("maintenance.leaveText"), action: t("maintenance.end") };
  return (await ask(question)).yes;
}

/** Somebody may have put monitors under a plan that was made here. */
async function removeUnused(id: number): Promise<void> {
  const { monitors } = await call<{ monitors: unknown[] }>("getMonitorMaintenance", id);
  if (!monitors.length) await remove(id);
}
