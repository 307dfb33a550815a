/** Asks before what was typed and not saved is left: by a link, by a tab of the screen, by closing the window. */
import { onBeforeUnmount } from "vue";
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from "vue-router";
import { ask } from "../ui/confirm.ts";
import { t } from "../words/index.ts";

/** Filters and spans in the address change while a form stays open; another path or another tab ends it. */
export const isLeft = (to: RouteLocationNormalized, from: RouteLocationNormalized): boolean =>
  to.path !== from.path || to.query.tab !== from.query.tab;

export async function mayLose(): Promise<boolean> {
  const { yes } = await ask({
    title: t("form.leaveTitle"),
    text: t("form.leaveText"),
    action: t("form.leave"),
    danger: true,
  });
  return yes;
}

export function useUnsaved(dirty: () => boolean): void {
  async function guard(to: RouteLocationNormalized, from: RouteLocationNormalized): Promise<boolean> {
    return !dirty() || !isLeft(to, from) || mayLose();
  }
  const closing = (event: BeforeUnloadEvent): void => {
    if (dirty()) event.preventDefault();
  };
  onBeforeRouteLeave(guard);
  onBeforeRouteUpdate(guard);
  window.addEventListener("beforeunload", closing);
  onBeforeUnmount(() => window.removeEventListener("beforeunload", closing));
}
