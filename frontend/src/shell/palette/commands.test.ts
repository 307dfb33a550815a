/** What the palette leads to is what it says. */
import { createMemoryHistory, createRouter, type Router } from "vue-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { screens } from "../../screens/registry.ts";
import { rights } from "../../state/rights.ts";
import { folded } from "../../ui/combobox.ts";
import { commandsFor } from "./commands.ts";
import { best } from "./fuzzy.ts";

const help = vi.fn();
let router: Router;

beforeEach(() => {
  const component = { render: () => null };
  const routes = screens.flatMap((screen) => screen.routes.map(({ name, path }) => ({ name, path, component })));
  router = createRouter({ history: createMemoryHistory(), routes: [...routes, { path: "/", component }] });
});
const everything = rights.value;
afterEach(() => void (rights.value = everything));

const find = (typed: string) => best(commandsFor(router, null, help), folded(typed).split(" "), 1)[0];

describe("the palette", () => {
  it.each([
    ["plan maintenance", "/maintenance/add"],
    ["new status page", "/add-status-page"],
    ["add monitor", "/add"],
    ["new monitor", "/add"],
    ["tags", "/settings/tags"],
    ["servers", "/servers"],
  ])("leads from “%s” to %s", async (typed, path) => {
    const arrived = new Promise<string>((resolve) => void router.afterEach((to) => resolve(to.path)));
    find(typed)?.run();
    expect(await arrived).toBe(path);
  });

  it("offers nothing there is no right to", () => {
    rights.value = new Set(["maintenance.view"]);
    const keys = commandsFor(router, null, help).map(({ key }) => key);
    expect(keys.some((key) => key === "plan" || key.includes("page-add"))).toBe(false);
    expect(keys.some((key) => key.includes('"maintenance"'))).toBe(true);
  });
});
