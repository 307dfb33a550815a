/**
 * What a screen says of itself. `screens/<name>/screen.ts` has one of these as its default export and is found by
 * itself (`registry.ts`): addresses, navigation and keys follow from it.
 */
import type { Component } from "vue";
import type { RouteLocationRaw } from "vue-router";
import type { Right } from "../state/rights.ts";
import type { IconName } from "../ui/icons.ts";
import type { Stage } from "../wire/session.ts";
import type { Key } from "../words/index.ts";

/**
 * `action` is the button in the bar, `menu` that of the account, `bottom` what a phone has instead of the bar. All of
 * them, and what is at `palette` alone, are found by the palette.
 */
export type Place = "bar" | "action" | "menu" | "bottom" | "palette";

export interface Target {
  name: string; // of a route
  params?: Record<string, string>;
}

export interface NavigationEntry {
  to: Target;
  label: Key;
  icon: IconName;
  at: Partial<Record<Place, number>>; // where it is shown, and its order there
  right?: Right; // when it is not the screen's
}

export interface ScreenRoute {
  name: string;
  path: string;
  /** Of the tab of the browser; null: the screen is called after what it shows, and says so (`live/title.ts`). */
  title: Key | null;
  under?: string; // the route whose entry of the navigation is lit meanwhile
  back?: string; // the route Esc leads to
  right?: Right; // when it is not the screen's
  query?: readonly string[]; // keys of its query that mean something of its own, and are no filters of the list
  showsList?: boolean; // a phone shows the list of monitors in its place
}

/** A key that acts from anywhere while nothing is typed. */
export interface Binding {
  keys: string; // as `KeyboardEvent.key` has them; two with a space between are pressed one after the other: "g s"
  label: Key;
  order: number; // in the list of keys
  /** @param monitor the one that is open, or that the keyboard is at. Returns where to go. */
  act: (monitor: number | null) => RouteLocationRaw | null;
}

declare module "vue-router" {
  interface RouteMeta extends Partial<Omit<ScreenRoute, "name" | "path">> {
    wide?: boolean;
  }
}

type Load = () => Promise<{ default: Component }>;

/** A screen within the frame. */
export interface Screen {
  component: Load;
  right: Right; // without it, neither navigation nor keys offer the screen
  routes: readonly ScreenRoute[];
  wide?: boolean; // takes the place of the list of monitors
  ahead?: () => Promise<unknown>; // its files, where it is opened so often that they are fetched before
  navigation?: readonly NavigationEntry[];
  keys?: readonly Binding[];
}

/** A screen of its own, without the frame, for as long as the session is in that stage. */
export interface StageScreen {
  component: Load;
  stage: Stage;
}
