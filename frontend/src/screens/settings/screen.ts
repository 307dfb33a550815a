import type { NavigationEntry, Screen } from "../declaration.ts";
import { tabs, type Tab } from "./tabs.ts";

function entriesOf({ name, label, right, order, navigation }: Tab): NavigationEntry[] {
  const to = { name: "settings", params: { section: name } };
  const found: NavigationEntry = { label, right, to, icon: navigation?.icon ?? "gear", at: { palette: order } };
  return navigation ? [found, { label, right, ...navigation, to }] : [found];
}

export default {
  component: () => import("./Settings.vue"),
  right: "account",
  routes: [{ name: "settings", path: `/settings/:section(${tabs.map(({ name }) => name).join("|")})`, title: null }],
  navigation: tabs.flatMap(entriesOf),
} satisfies Screen;
