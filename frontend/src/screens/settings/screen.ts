import type { NavigationEntry, Screen } from "../declaration.ts";
import { tabs, type Tab } from "./tabs.ts";

const entryOf = ({ name, label, right, navigation }: Tab): NavigationEntry[] =>
  navigation ? [{ label, right, ...navigation, to: { name: "settings", params: { section: name } } }] : [];

export default {
  component: () => import("./Settings.vue"),
  right: "account",
  routes: [{ name: "settings", path: `/settings/:section(${tabs.map(({ name }) => name).join("|")})`, title: null }],
  navigation: tabs.flatMap(entryOf),
} satisfies Screen;
