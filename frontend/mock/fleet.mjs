/** Invented servers that report, and what can be asked about them. */
import { generator } from "./world.mjs";

const COLUMNS =
  "uuid name status maintenance cpu ram disk netIn netOut uptime lastSeen alerts since operatingSystem project".split(" ");
const REPORT_MS = 20_000; // every server reports once in this time
const SPARK_MS = 3_600_000;
const GB = 1e9;
const ROLES = ["web", "db", "cache", "mail", "build", "store", "proxy", "edge"];
const SYSTEMS = ["Debian GNU/Linux 13", "Ubuntu 26.04 LTS", "Alpine Linux 3.23", "Rocky Linux 10"];
const LIMITS = { cpu: 90, ram: 90, disk: 85, net_in: 10, net_out: 10 };
const GRACE = { cpu: 5, ram: 5, disk: 10, net_in: 3, net_out: 3, downtime: 5 };
const KEPT = { raw: 7, ten_minutes: 60, hours: 400, days: 3650, max_bytes: 500_000_000 };

const random = generator(11);
const pick = (list) => list[Math.floor(random() * list.length)];
const within = (value, low, high) => Math.min(high, Math.max(low, value));

const PLAN = {
  active: true, timezone: "UTC", timezoneOption: "UTC", dateRange: [null, null],
  timeRange: [{ hours: 2, minutes: 0 }, { hours: 3, minutes: 0 }], intervalDay: 1, weekdays: [], daysOfMonth: [],
  cron: "", durationMinutes: 60, window: null, monitors: 0, pages: 0,
};

export class Fleet {
  constructor(count) {
    this.servers = new Map();
    this.plans = [
      { ...PLAN, id: 1, title: "Weekly patches", strategy: "recurring-weekday", status: "scheduled", weekdays: [2] },
      { ...PLAN, id: 2, title: "Move of the data centre", strategy: "single", status: "ended" },
    ];
    this.pages = [{ id: 1, title: "Public status", slug: "public" }, { id: 2, title: "Customers", slug: "customers" }];
    this.kept = { ...KEPT };
    for (let number = 1; number <= count; number += 1) this.add(number);
    this.queue = [...this.servers.values()];
  }

  add(number) {
    const luck = random();
    const now = Date.now();
    const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
    this.servers.set(uuid, {
      uuid,
      name: `${pick(ROLES)}-${number}`,
      status: luck < 0.01 ? "offline" : "online",
      cpu: 100 * random() ** 3,
      ram: 100 * random(),
      disk: 90 * random(),
      netIn: random() * 3,
      netOut: random() * 3,
      uptime: Math.round(random() * 9e6),
      lastSeen: now - Math.round(luck < 0.01 ? random() * 9e7 : random() * REPORT_MS),
      alerts: luck < 0.01 ? ["downtime"] : luck < 0.03 ? ["cpu"] : luck < 0.04 ? ["disk", "ram"] : [],
      operatingSystem: pick(SYSTEMS),
      project: "main",
      plans: luck > 0.995 ? [1] : [],
      pages: [],
    });
  }

  get(uuid) {
    const server = this.servers.get(uuid);
    if (!server) throw new Error("The server does not exist.");
    return server;
  }

  isCovered(server) {
    return server.plans.some((id) => this.plans.some((plan) => plan.id === id && plan.status === "under-maintenance"));
  }

  row(server) {
    const since = server.alerts.length ? server.lastSeen - 600_000 : null;
    const row = { ...server, maintenance: this.isCovered(server), since };
    return COLUMNS.map((column) => row[column]);
  }

  /** What reported in the meantime: rows for `serverChanges`. */
  tick(elapsed) {
    const due = Math.min(this.queue.length, Math.ceil((this.queue.length * elapsed) / REPORT_MS));
    const heard = this.queue.splice(0, due);
    this.queue.push(...heard);
    const online = heard.filter(({ status }) => status === "online");
    for (const server of online) {
      server.cpu = within(server.cpu + (random() - 0.5) * 12, 0.5, 99);
      server.ram = within(server.ram + (random() - 0.5) * 2, 5, 98);
      server.lastSeen = Date.now();
    }
    return online.map((server) => this.row(server));
  }

  spark({ cpu }) {
    const now = Date.now();
    return Array.from({ length: 60 }, (_, index) => [
      now - SPARK_MS + index * 60_000,
      within(cpu + (random() - 0.5) * 16, 0.5, 99),
    ]);
  }

  details(uuid) {
    const server = this.get(uuid);
    return {
      server: {
        uuid,
        hostname: server.name,
        public_ip: "203.0.113.7",
        private_ip: "10.0.0.7",
        mac_address: "02:00:00:00:00:07",
        cpu_cores: 8,
        cpu_model: "Some processor",
        operating_system: server.operatingSystem,
        kernel_version: "6.12.1",
        uptime: server.uptime,
        alert_settings: server.settings ?? { threshold: LIMITS, grace_period: GRACE, general: { downtime: true } },
      },
      agentVersion: "1.0.0",
      memoryTotal: 16 * GB,
      diskTotal: 500 * GB,
      swapTotal: 4 * GB,
      values: { cpu: server.cpu, ram: server.ram, disk: server.disk, net_in: server.netIn, net_out: server.netOut },
      metrics: ["cpu_used", "mem_used_b", "disk_used_b", "net_recv_b", "net_sent_b"],
      processes: [{ name: "postgres", pid: 812, cpu: 12.5, memory: 800e6 }],
      containers: [],
      notifications: [1],
      maintenancePlans: server.plans,
      maintenance: this.isCovered(server),
      duplicateHost: null,
      clockOffset: null,
    };
  }

  doors(page) {
    const told = (...servers) =>
      page.to("in").emit("serverChanges", { rows: servers.map((server) => this.row(server)), deleted: [] });
    const plansChanged = () => {
      page.to("in").emit("maintenanceChanged", {});
      told(...this.servers.values());
    };
    const shown = (server) => ({ pages: this.pages.map((item) => ({ ...item, shown: server.pages.includes(item.id) })) });
    const kept = () => ({ retention: this.kept, usedBytes: this.servers.size * 212_000 });
    return {
      serversSummary: () => ({
        columns: COLUMNS,
        rows: [...this.servers.values()].map((server) => this.row(server)),
        serverTime: Date.now(),
      }),
      serverSparks: (uuids) => {
        if (uuids.length > 100) throw new Error("A list of at most 100 servers is expected.");
        return { sparks: Object.fromEntries(uuids.map((uuid) => [uuid, { cpu: this.spark(this.get(uuid)), ram: [] }])) };
      },
      server: (uuid) => this.details(uuid),
      serverMetrics: (uuid, wishes) => this.metrics(this.get(uuid), wishes),
      serverIncidents: () => ({ total: 0, incidents: [] }),
      saveServerAlerts: (uuid, settings) => {
        this.get(uuid).settings = settings;
        return { msg: "Saved.", msgi18n: true, alertSettings: settings };
      },
      setServerNotification: () => ({ notifications: [1] }),
      deleteServer: (uuid) => {
        this.servers.delete(uuid);
        this.queue = [...this.servers.values()];
        page.to("in").emit("serverChanges", { rows: [], deleted: [uuid] });
        return { msg: "successDeleted", msgi18n: true };
      },
      maintenancePlans: () => ({ plans: this.plans }),
      maintenanceWindows: () => ({ since: Date.now(), until: Date.now() + 30 * 86_400_000, windows: [], more: false }),
      monitorMaintenance: () => ({ plans: [] }),
      planServers: () => ({
        servers: Object.fromEntries(this.plans.map(({ id }) =>
          [id, [...this.servers.values()].filter((one) => one.plans.includes(id)).map(({ uuid }) => uuid)])),
      }),
      getMaintenance: (id) => ({ maintenance: this.plans.find((plan) => plan.id === id) ?? null }),
      getMonitorMaintenance: () => ({ monitors: [] }),
      addMaintenance: (plan) => {
        const id = Math.max(0, ...this.plans.map((plan) => plan.id)) + 1;
        const about = { timezone: plan.timezoneOption, window: null, monitors: 0, pages: 0 };
        this.plans.push({ ...plan, ...about, id, status: "under-maintenance" });
        plansChanged();
        return { msg: "successAdded", msgi18n: true, maintenanceID: id };
      },
      deleteMaintenance: (id) => {
        this.plans = this.plans.filter((plan) => plan.id !== id);
        for (const server of this.servers.values()) server.plans = server.plans.filter((one) => one !== id);
        plansChanged();
        return { msg: "successDeleted", msgi18n: true };
      },
      setServerMaintenance: (uuid, ids) => {
        const server = this.get(uuid);
        server.plans = ids;
        told(server);
        return { maintenancePlans: ids };
      },
      serverPages: (uuid) => shown(this.get(uuid)),
      setServerPage: (uuid, id, on) => {
        const server = this.get(uuid);
        server.pages = [...server.pages.filter((one) => one !== id), ...(on ? [id] : [])];
        return shown(server);
      },
      serverRetention: kept,
      saveServerRetention: (wishes) => {
        this.kept = { ...this.kept, ...wishes };
        return { ...kept(), msg: "Saved.", msgi18n: true };
      },
      agentInstall: (url) => ({
        url,
        lines: { run: "kuma-lite agent --token {token}", install: "install {token}", start: "start" },
      }),
    };
  }

  metrics(server, { since, until, points = 200 }) {
    const step = Math.max(60_000, (until - since) / points);
    const times = Array.from({ length: Math.floor((until - since) / step) }, (_, index) => since + index * step);
    const columns = (unit, base, spread) => {
      const mean = times.map((_, index) => within(base + spread * Math.sin(index / 17) + random() * spread, 0, 100));
      return { unit, times, min: mean.map((value) => value * 0.9), mean, max: mean.map((value) => value * 1.1) };
    };
    const series = {
      cpu: columns("%", server.cpu, 8),
      ram: columns("%", server.ram, 1),
      disk: columns("%", server.disk, 0.2),
      net_in: columns("MB/s", server.netIn, 0.5),
      net_out: columns("MB/s", server.netOut, 0.5),
    };
    return { since, until, tier: "raw", step, thresholds: LIMITS, series };
  }
}
