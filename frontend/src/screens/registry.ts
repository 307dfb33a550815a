/** The screens there are: every folder beside this file has one. */
import { may } from "../state/rights.ts";
import type { Binding, NavigationEntry, Place, Screen, StageScreen } from "./declaration.ts";

const modules = import.meta.glob<Screen | StageScreen>("./*/screen.ts", { eager: true, import: "default" });
const all = Object.values(modules);

export const screens = all.filter((screen) => "routes" in screen);
export const stageScreens = all.filter((screen) => "stage" in screen);

/** Every entry of the navigation that the one who is logged in may use. */
export const navigation = (): NavigationEntry[] =>
  screens
    .flatMap(({ navigation: entries = [], right }) => entries.map((entry) => ({ right, ...entry })))
    .filter(({ right }) => may(right));

/** What one place of the navigation offers. */
export function navigationAt(place: Place): NavigationEntry[] {
  return navigation()
    .filter(({ at }) => at[place] !== undefined)
    .sort((a, b) => (a.at[place] ?? 0) - (b.at[place] ?? 0));
}

/** The keys of the screens one may use. */
export const bindings = (): Binding[] =>
  screens
    .filter(({ right }) => may(right))
    .flatMap(({ keys = [] }) => keys)
    .sort((a, b) => a.order - b.order);
