/** Everything the palette leads to: monitors, servers, screens and what can be done from anywhere. */
import type { Router } from "vue-router";
import { pauseOrResume } from "../../live/actions.ts";
import { navigation } from "../../screens/registry.ts";
import { SORTS } from "../../state/monitor-filters.ts";
import { monitors } from "../../state/monitors.ts";
import { may } from "../../state/rights.ts";
import { servers } from "../../state/servers.ts";
import { folded } from "../../ui/combobox.ts";
import type { IconName } from "../../ui/icons.ts";
import { hello } from "../../wire/session.ts";
import { t } from "../../words/index.ts";
import { filters, prefer, preferences } from "../list/shown-monitors.ts";
import { leave } from "../leave.ts";
import { setTheme } from "../theme.ts";
import type { Findable } from "./fuzzy.ts";

export interface Command extends Findable {
  key: string; // by which it is remembered
  label: string;
  kind: string; // in a word
  icon: IconName;
  run: () => void;
}

type Given = Omit<Command, "text">;

const found = (command: Given, more = ""): Command => ({ ...command, text: folded(`${command.label} ${more}`) });

/** Of ten thousand monitors once, when the palette opens. */
function ofMonitors(router: Router): Command[] {
  return [...monitors.rows.values()].map(({ id, name, type, text }) => ({
    key: `m${id}`,
    label: name,
    kind: t(type === "group" ? "palette.group" : "palette.monitor"),
    icon: type === "group" ? "folder" : "list",
    text: folded(text),
    run: () => void router.push({ name: "monitor", params: { id } }),
  }));
}

function ofServers(router: Router): Command[] {
  return [...servers.rows.values()].map(({ uuid, name }) =>
    found({
      key: `s${uuid}`,
      label: name,
      kind: t("palette.server"),
      icon: "server",
      run: () => void router.push({ name: "server", params: { uuid } }),
    }),
  );
}

function ofScreens(router: Router): Command[] {
  const all = new Map<string, Command>();
  for (const { to, label, icon } of navigation()) {
    const settings = to.params?.section !== undefined;
    const kind = t(settings ? "nav.settings" : "palette.screen");
    const key = `go ${JSON.stringify(to)}`;
    const known = all.get(key);
    // What has another name elsewhere is found by either: "Add monitor" is "New" on a phone.
    if (known) known.text += ` ${folded(t(label))}`;
    else all.set(key, found({ key, label: t(label), kind, icon, run: () => void router.push(to) }, kind));
  }
  return [...all.values()];
}

function ofMonitor(router: Router, id: number): Given[] {
  const row = monitors.rows.get(id);
  if (!row || !may("monitors.edit")) return [];
  const kind = row.name;
  const to = (name: string) => () => void router.push({ name, params: { id } });
  return [
    {
      key: "pause",
      label: t(row.active ? "palette.pause" : "palette.resume"),
      icon: row.active ? "pause" : "play",
      kind,
      run: () => void pauseOrResume(id),
    },
    { key: "edit", label: t("palette.edit"), icon: "edit", kind, run: to("edit") },
    { key: "clone", label: t("palette.clone"), icon: "copy", kind, run: to("clone") },
  ];
}

function ofPage(router: Router, help: () => void): Given[] {
  const kind = t("palette.action");
  const { compact } = preferences.value;
  const sorts = SORTS.map((sort): Given => ({
    key: `sort ${sort}`,
    label: `${t("list.sort")}: ${t(`sort.${sort}`)}`,
    icon: "filter",
    kind,
    run() {
      prefer({ sort });
      filters.value = { ...filters.value, sort };
    },
  }));
  const themes = (["system", "light", "dark"] as const).map((theme): Given => ({
    key: `theme ${theme}`,
    label: `${t("theme.title")}: ${t(`theme.${theme}`)}`,
    icon: theme === "system" ? "system" : theme === "light" ? "sun" : "moon",
    kind,
    run: () => setTheme(theme),
  }));
  const density = t(compact ? "palette.comfortable" : "palette.compact");
  const plan = () => void router.push({ name: "maintenance-add" });
  return [
    ...(may("maintenance.edit") ? [{ key: "plan", label: t("plan.add"), icon: "wrench", kind, run: plan } as const] : []),
    { key: "density", label: density, icon: "list", kind, run: () => prefer({ compact: !compact }) },
    ...sorts,
    ...themes,
    { key: "keys", label: t("nav.keys"), icon: "help", kind, run: help },
    ...(hello.value?.loginRequired === false
      ? []
      : [{ key: "logout", label: t("nav.logout"), icon: "logout", kind, run: () => void leave(router) } as const]),
  ];
}

/** In the order they are offered in while nothing is typed. */
export function commandsFor(router: Router, monitor: number | null, help: () => void): Command[] {
  const own = [...(monitor === null ? [] : ofMonitor(router, monitor)), ...ofPage(router, help)];
  const actions = own.map((command) => found(command, command.kind));
  const here = monitor === null ? 0 : actions.length;
  const rest = [...actions.slice(here), ...ofMonitors(router), ...ofServers(router)];
  return [...actions.slice(0, here), ...ofScreens(router), ...rest];
}
