/** Logging out: what was typed and not saved is asked about; whoever logs in next begins at the overview. */
import type { Router } from "vue-router";
import { logout } from "../wire/session.ts";

export async function leave(router: Router): Promise<void> {
  await router.push({ name: "overview" });
  if (router.currentRoute.value.name === "overview") logout();
}
