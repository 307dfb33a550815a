/** Every route of the page, with something of the server in place of its parameters. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { check, enter } from "./lib.mjs";

const SCREENS = fileURLToPath(new URL("../src/screens/", import.meta.url));

/** Every path that a screen declares; that of the settings once for each tab. */
function declaredPaths() {
  const files = readdirSync(SCREENS, { recursive: true }).map((file) => file.replaceAll("\\", "/"));
  const tabs = files.flatMap((file) => /^settings\/([^/]+)\/tab\.ts$/.exec(file)?.[1] ?? []);
  const paths = files.filter((file) => /^[^/]+\/screen\.ts$/.test(file)).flatMap((file) => {
    const found = readFileSync(join(SCREENS, file), "utf8").matchAll(/path: ["`](\/[^"`]*)["`]/g);
    return [...found].map(([, path]) => path);
  });
  return paths.flatMap((path) => (path.includes(":section") ? tabs.map((tab) => `/settings/${tab}`) : [path])).sort();
}

/** What stands for a parameter: the first thing of its kind on the server; where there is none, one is made. */
async function examples(url, who) {
  const { socket, ask } = await enter(url, who);
  const first = async (event, key) => (await ask(event))[key]?.[0];
  const have = async (look, make) => (await look()) ?? (await make().then(look));
  const found = {
    id: await have(async () => (await first("summary", "rows"))?.[0], () => ask("add", MONITOR)),
    uuid: await have(async () => (await first("serversSummary", "rows"))?.[0], () => report(ask, url)),
    plan: await have(async () => (await first("maintenancePlans", "plans"))?.id, () => ask("addMaintenance", PLAN)),
    slug: await have(
      async () => (await first("statusPages", "pages"))?.slug, () => ask("addStatusPage", "Example", "example"),
    ),
  };
  socket.close();
  return found;
}

const MONITOR = {
  type: "http", name: "Example", url: "http://127.0.0.1:9/", interval: 60, retryInterval: 60, maxretries: 0, timeout: 20,
  method: "GET", accepted_statuscodes: ["200-299"], active: true, notificationIDList: {}, conditions: [],
};
const PLAN = {
  title: "Example", description: "", strategy: "manual", active: true, intervalDay: 1, dateRange: [],
  timeRange: [{ hours: 2, minutes: 0 }, { hours: 3, minutes: 0 }], weekdays: [], daysOfMonth: [], timezoneOption: "UTC",
};

/** A server that has reported once. */
async function report(ask, url) {
  const { secret } = await ask("addToken", { name: "Example" });
  const metrics = [{ metric: "cpu_used", value: 1024, timestamp: new Date().toISOString() }];
  const attributes = {
    motherboard_id: "example", hostname: "example", operating_system: "Debian GNU/Linux 13", cpu_cores: 4,
    memory_total_bytes: 16e9, disk_total_bytes: 500e9, uptime: 90_000,
  };
  const response = await fetch(`${url}/api/v1/server_metrics`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ agent_version: "1.0.0", attributes, metrics, processes: [] }),
  });
  check(response.ok, `the report of a server was refused: ${await response.text()}`);
}

function filled(path, values) {
  return path.replace(/:(\w+)(\([^)]*\)+)?/g, (_all, name) => {
    check(values[name] !== undefined, `the server has nothing for ${name} of ${path}`);
    return String(values[name]);
  });
}

/** Pairs of what is declared and an address of it. `who` logs in: `{username, password}`. */
export async function routesOf(url, who) {
  const values = await examples(url, who);
  return declaredPaths().map((path) => [path, filled(path, values)]);
}

export const plain = (route) => route.replace(/\([^)]*\)+/g, "");
