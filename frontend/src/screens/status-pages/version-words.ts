/** What a save changed, in sentences. Pure. */
import type { PageChanges } from "../../wire/status-page-types.ts";
import { lookUp, t } from "../../words/index.ts";

const MOST = 80; // characters of a value that is told

function short(value: unknown): string {
  const text = typeof value === "boolean" ? t(value ? "pages.version.yes" : "pages.version.no") : String(value ?? "–");
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

export function changesOf(changes: PageChanges, nameOf: (monitor: number) => string): string[] {
  const { settings, groups, monitors } = changes;
  const told = settings.filter((one) => "to" in one);
  const silent = settings.filter((one) => !("to" in one));
  const labelOf = (name: string): string => lookUp(`pages.field.${name}`, name);
  const listed = (names: readonly string[]): string => names.map(short).join(", ");
  const numbered = (ids: readonly number[]): string => listed(ids.map(nameOf));
  return [
    ...told.map(({ name, from, to }) =>
      t("pages.version.setting", { name: labelOf(name), from: short(from), to: short(to) })),
    silent.length ? t("pages.version.changed", { names: silent.map(({ name }) => labelOf(name)).join(", ") }) : "",
    groups.added.length ? t("pages.version.groupsAdded", { names: listed(groups.added) }) : "",
    groups.removed.length ? t("pages.version.groupsRemoved", { names: listed(groups.removed) }) : "",
    ...groups.renamed.map(([from, to]) => t("pages.version.renamed", { from: short(from), to: short(to) })),
    monitors.added.length ? t("pages.version.monitorsAdded", { names: numbered(monitors.added) }) : "",
    monitors.removed.length ? t("pages.version.monitorsRemoved", { names: numbered(monitors.removed) }) : "",
    changes.moved ? t("pages.version.moved") : "",
    changes.components ? t("pages.version.components") : "",
    changes.options ? t("pages.version.options") : "",
    changes.logo ? t("pages.version.logo") : "",
    changes.servers ? t("pages.version.servers") : "",
  ].filter(Boolean);
}
