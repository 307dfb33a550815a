/** Fills a server that stands on `python -m tests.benchmarks.example` with what people keep beside monitors. */
import { createServer } from "node:http";
import { check } from "./lib.mjs";

const GB = 1e9;
const MINUTE_MS = 60_000;
const GROUPS = {
  Shop: ["Shop", "Checkout", "Search", "Images"],
  Accounts: ["Accounts", "Payments API", "Invoices"],
  Around: ["Website", "Mail"],
};
const TAGS = {
  shop: ["#7048e8", ["Shop", "Checkout", "Search", "Images", "Payments API"]],
  internal: ["#1971c2", ["Warehouse", "Staging", "Invoices", "Mail"]],
};
const HOSTS = [ // with percent of processor and disk
  ["web-1", 34, 61], ["web-2", 29, 58], ["db-1", 52, 84], ["db-2", 18, 79], ["queue-1", 12, 33], ["backup", 71, 22],
];

/** What the monitors ask: `/down` answers 503, all others 200 after some milliseconds. */
export async function startTarget(port) {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/down" ? 503 : 200;
    setTimeout(() => response.end("hello"), 20 + Math.random() * 60);
  });
  await new Promise((resolve) => server.listen(port, resolve));
  return server;
}

export async function fillExample(ask) {
  const { columns, rows } = await ask("summary");
  const ids = Object.fromEntries(rows.map((row) => [row[columns.indexOf("name")], row[columns.indexOf("id")]]));
  for (const [name, [color, monitors]] of Object.entries(TAGS)) {
    const { tag } = await ask("addTag", { name, color });
    for (const monitor of monitors) await ask("addMonitorTag", tag.id, ids[monitor], "");
  }
  await addPage(ask, ids);
  await addPlans(ask, ids);
  return ids;
}

/** What the agents of all hosts send of the last minutes. */
export async function report(url, token, minutes) {
  const now = Date.now();
  const moments = Array.from({ length: minutes }, (_, index) => now - (minutes - 1 - index) * MINUTE_MS);
  for (const [hostname, cpu, disk] of HOSTS) {
    const wave = (ms) => cpu * (1 + 0.25 * Math.sin(ms / 1.3e6 + cpu) + 0.1 * Math.sin(ms / 1.7e5));
    const metrics = moments.flatMap((ms) => {
      const timestamp = new Date(ms).toISOString();
      const one = (metric, value) => ({ metric, value, timestamp });
      return [
        one("cpu_used", (wave(ms) / 100) * 8 * 1024), one("mem_used_b", (18 + wave(ms) / 20) * GB),
        one("disk_used_b", disk * 5 * GB), one("load_1", wave(ms) / 14), one("net_recv_b", (ms / 1000) * 9_000 * cpu),
        one("net_sent_b", (ms / 1000) * 14_000 * cpu),
      ];
    });
    const attributes = {
      motherboard_id: `board of ${hostname}`, hostname, operating_system: "Debian GNU/Linux 13", cpu_cores: 8,
      memory_total_bytes: 32 * GB, disk_total_bytes: 500 * GB, uptime: 1_900_000,
    };
    const response = await fetch(`${url}/api/v1/server_metrics`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ agent_version: "1.0.0", attributes, metrics, processes: [] }),
    });
    check(response.status === 201, `samples were answered with ${response.status}`);
  }
}

async function addPage(ask, ids) {
  await ask("addStatusPage", "Example Shop", "example");
  const { draft, version } = await ask("statusPage", "example");
  const member = (name) =>
    ({ id: ids[name], sendUrl: false, url: null, showCertificate: null, showTags: null, showPing: false });
  const groups = Object.entries(GROUPS).map(([name, monitors]) => ({ id: null, name, monitorList: monitors.map(member) }));
  const config = { ...draft.config, description: "How our services are, and what we do about it.", showResponseTimes: true };
  await ask("putStatusPage", "example", { ...draft, config, groups }, version);
  await ask("savePageSubscribers", "example", { kinds: ["push"], sender: null, address: "", private: false });
  const hour = 60 * MINUTE_MS;
  const day = 24 * hour;
  const past = await ask("beginIncident", "example", {
    title: "Orders were slow", content: "Placing an order takes up to a minute.", style: "danger",
    monitors: [ids.Checkout], time: Date.now() - 9 * day,
  });
  await ask("addIncidentUpdate", "example", past.incident.id, {
    state: "resolved", content: "A second database answers now. Sorry for the wait.", time: Date.now() - 9 * day + hour,
  });
  const { incident } = await ask("beginIncident", "example", {
    title: "Search answers with errors", content: "Some searches fail. Orders are not affected.", style: "warning",
    monitors: [ids.Search], time: Date.now() - 2 * hour,
  });
  await ask("addIncidentUpdate", "example", incident.id, {
    state: "identified", content: "An index is being rebuilt; it takes about **an hour**.", time: Date.now() - hour,
  });
}

async function addPlans(ask, ids) {
  const plan = {
    description: "", active: true, timezoneOption: "UTC", dateRange: [null, null], weekdays: [], daysOfMonth: [],
    timeRange: [{ hours: 2, minutes: 0 }, { hours: 3, minutes: 30 }], intervalDay: 1, cron: "", durationMinutes: 60,
  };
  const all = [
    [{ ...plan, title: "Database backups", strategy: "recurring-interval" }, ["Invoices"]],
    [{ ...plan, title: "Weekly updates", strategy: "recurring-weekday", weekdays: [2] }, ["Warehouse", "Mail"], true],
    [{ ...plan, title: "New release of the shop", strategy: "manual" }, ["Staging"]],
  ];
  const [page] = (await ask("statusPages")).pages;
  for (const [document, monitors, told] of all) {
    const { maintenanceID } = await ask("addMaintenance", document);
    await ask("addMonitorMaintenance", maintenanceID, monitors.map((name) => ({ id: ids[name] })));
    if (told) await ask("addMaintenanceStatusPage", maintenanceID, [{ id: page.id }]);
  }
}
