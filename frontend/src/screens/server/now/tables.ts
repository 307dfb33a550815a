/** What an agent says beside the curves, as tables: only those that have rows. Pure. */
import type { Consumer, ServerAck } from "../../../wire/server-types.ts";
import { bytes, share } from "../../../words/format.ts";
import { t } from "../../../words/index.ts";

export interface ReadingTable {
  key: "containers" | "processes" | "disks" | "sensors" | "interfaces" | "gpus";
  title: string;
  columns: string[];
  rows: { name: string; note: string; cells: string[] }[];
}

type Value = number | null | undefined;

const known = (value: Value, write: (value: number) => string): string =>
  value === null || value === undefined ? "–" : write(value);
const shareText = (value: Value): string => known(value, share);
const bytesText = (value: Value): string => known(value, bytes);
const speed = (value: Value): string => known(value, (amount) => t("unit.perSecond", { amount: bytes(amount) }));
const degrees = (value: Value): string => known(value, (found) => t("unit.degrees", { value: Math.round(found) }));

/** "disk_used_b[/home]" → "/home", where it is an instance of that metric. */
function instancesOf(metrics: Readonly<Record<string, number>>, metric: string): [name: string, value: number][] {
  return Object.entries(metrics).flatMap(([key, value]): [string, number][] =>
    key.startsWith(`${metric}[`) ? [[key.slice(metric.length + 1, -1), value]] : [],
  );
}

const consumer = (row: Consumer, note: string) => ({
  name: row.name ?? "–", note, cells: [shareText(row.cpu), bytesText(row.memory)],
});

export function tablesOf(data: ServerAck): ReadingTable[] {
  const metrics = data.server.last_metrics.metrics ?? {};
  const disk = (name: string, used: number, size: number | null | undefined) => ({
    name,
    note: "",
    cells: [
      size ? share((used / size) * 100) : "–", bytes(used), size ? bytes(Math.max(0, size - used)) : "–", bytesText(size),
    ],
  });
  const system = metrics.disk_used_b;
  const more = instancesOf(metrics, "disk_used_b").map(([name, used]) =>
    disk(name, used, metrics[`disk_total_b[${name}]`]),
  );
  const tables: ReadingTable[] = [
    {
      key: "containers",
      title: t("host.containers"),
      columns: [t("metric.cpu"), t("metric.ram")],
      rows: data.containers.map((row) => consumer(row, [row.image, row.status].filter(Boolean).join(" · "))),
    },
    {
      key: "processes",
      title: t("host.processes"),
      columns: [t("metric.cpu"), t("metric.ram")],
      rows: data.processes.map((row) => consumer(row, row.pid ? String(row.pid) : "")),
    },
    {
      key: "disks",
      title: t("host.disks"),
      columns: ["%", t("host.used"), t("host.free"), t("host.size")],
      // One alone is what the meter says already.
      rows: system === undefined || !more.length ? more : [disk(t("host.system"), system, data.diskTotal), ...more],
    },
    {
      key: "sensors",
      title: t("host.sensors"),
      columns: [t("host.temperature")],
      rows: instancesOf(metrics, "temperature_c").map(([name, value]) => ({ name, note: "", cells: [degrees(value)] })),
    },
    {
      key: "interfaces",
      title: t("host.interfaces"),
      columns: [t("host.received"), t("host.sent")],
      rows: data.interfaces.map((row) => ({
        name: row.name ?? "–", note: "", cells: [speed(row.received), speed(row.sent)],
      })),
    },
    {
      key: "gpus",
      title: t("host.gpus"),
      columns: [t("host.load"), t("metric.ram"), t("host.temperature")],
      rows: data.gpus.map((row) => ({
        name: row.name ?? "–",
        note: "",
        cells: [
          shareText(row.load),
          row.memory_total
            ? t("host.of", { used: bytesText(row.memory), total: bytes(row.memory_total) })
            : bytesText(row.memory),
          degrees(row.temperature),
        ],
      })),
    },
  ];
  return tables.filter(({ rows }) => rows.length);
}
