import { createApp, h } from "vue";
import { createMemoryHistory, createRouter, RouterView } from "vue-router";
import { expect, it } from "vitest";
import { question } from "../ui/confirm.ts";
import { useUnsaved } from "./unsaved.ts";

it("asks before a form is left that holds something unsaved, and not while it stays", async () => {
  let dirty = false;
  const form = {
    setup() {
      useUnsaved(() => dirty);
      return () => h("p");
    },
  };
  const other = { render: () => h("p") };
  const routes = [{ path: "/form/:tab?", component: form }, { path: "/other", component: other }];
  const router = createRouter({ history: createMemoryHistory(), routes });
  createApp({ render: () => h(RouterView) }).use(router).mount(document.createElement("div"));
  const go = async (to: string, yes?: boolean): Promise<string> => {
    const moved = router.push(to);
    if (yes !== undefined) await expect.poll(() => question.value?.title).toBe("Leave without saving?");
    question.value?.answer({ yes: yes ?? false, option: false });
    await moved;
    return router.currentRoute.value.fullPath;
  };
  await go("/form");
  dirty = true;
  expect(await go("/form?range=1")).toBe("/form?range=1");
  expect(await go("/form?tab=alerts", false)).toBe("/form?range=1");
  expect(await go("/other", false)).toBe("/form?range=1");
  expect(await go("/form/two", true)).toBe("/form/two");
  const closed = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(closed);
  expect(closed.defaultPrevented).toBe(true);
  dirty = false;
  expect(await go("/other")).toBe("/other");
});
