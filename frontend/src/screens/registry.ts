/** The screens there are: every folder beside this file has one. */
import { may } from "../state/rights.ts";
import type { Binding, NavigationEntry, Place, Screen, StageScreen } from "./declaration.ts";

const modules = import.meta.glob<Screen | StageScreen>("./*/screen.ts", { eager: true, import: "default" });
const all = Object.values(modules);

export const screens = all.filter((screen) => "routes" in screen);
export const stageScreens = all.filter((screen) => "stage" in screen);

/** What one place of the navigation offers to the one who is logged in. */
export function navigationAt(place: Place): NavigationEntry[] {
  const entries = screens.flatMap(({ navigation = [], right }) => navigation.map((entry) => ({ right, ...entry })));
  return entries
    .filter(({ at, right }) => at[place] !== undefined && may(right))
    .sort((a, b) => (a.at[place] ?? 0) - (b.at[place] ?? 0));
}

/** The keys of the screens one may use. */
export const bindings = (): Binding[] =>
  screens
    .filter(({ right }) => may(right))
    .flatMap(({ keys = [] }) => keys)
    .sort((a, b) => a.order - b.order);
