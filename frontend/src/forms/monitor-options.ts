/** Monitors to choose from, groups first: a group stands for all that is in it. Pure. */
import type { MonitorRow } from "../state/monitors.ts";
import type { ComboOption } from "../ui/combobox.ts";
import { t } from "../words/index.ts";

/** The groups above a monitor, the outermost first. */
function pathOf(row: MonitorRow, rows: ReadonlyMap<number, MonitorRow>): string {
  const names: string[] = [];
  let above = row.parent;
  while (above !== null && names.length < rows.size) {
    const group = rows.get(above);
    if (!group) break;
    names.unshift(group.name);
    above = group.parent;
  }
  return names.join(" / ");
}

export function monitorOptions(rows: ReadonlyMap<number, MonitorRow>): ComboOption<number>[] {
  const all = [...rows.values()].sort(
    (a, b) => Number(b.type === "group") - Number(a.type === "group") || a.name.localeCompare(b.name) || a.id - b.id,
  );
  return all.map((row) => {
    const about = [row.type === "group" ? t("plan.wholeGroup") : "", pathOf(row, rows)].filter(Boolean).join(" · ");
    return { value: row.id, label: row.name, ...(about ? { description: about } : {}) };
  });
}
