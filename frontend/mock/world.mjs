/** Invented monitors with a believable past; every number comes from a seeded generator, so pictures repeat. */

const COLUMNS =
  "id name type parent active forceInactive maintenance status time ping uptime24 msg weight tags since".split(" ");
const INTERVAL_MS = 20_000;
const PAST = 100;
const TAGS = [
  ["production", "", "#d9480f"],
  ["staging", "", "#1971c2"],
  ["team", "payments", "#7048e8"],
  ["eu-west", "", "#2b8a3e"],
];
const HOSTS = ["shop", "api", "auth", "mail", "cdn", "db-primary", "db-replica", "search", "queue", "grafana", "vpn"];
const ZONES = ["example.org", "internal", "eu.example.net", "staging.example.org"];
const NEVER_USED = { active: true, waiting: 0, dead: 0, lastSuccess: null, lastError: null, lastErrorAt: null };
const TROUBLES = [
  "connect ECONNREFUSED 10.0.4.17:443",
  "Request failed with status code 503",
  "timeout of 48000ms exceeded",
  "getaddrinfo ENOTFOUND",
];

export function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const random = generator(7);
const pick = (list) => list[Math.floor(random() * list.length)];

function beatOf(monitor, time, chance = random) {
  const roll = chance();
  const sick = monitor.health;
  let status = roll < sick ? 0 : roll < sick * 1.5 ? 2 : 1;
  if (monitor.maintenance) status = 3;
  const ping = status === 1 ? Math.round(monitor.base * (0.7 + chance() * 0.6 + (chance() < 0.03 ? 2 : 0))) : null;
  const msg = status === 1 ? "200 - OK" : status === 3 ? "Monitor under maintenance" : monitor.trouble;
  return [time, status, monitor.type === "group" ? null : ping, msg];
}

export class World {
  /** @param perSecond beats of all monitors together; null: each has one every INTERVAL_MS */
  constructor(count, perSecond = null) {
    this.perSecond = perSecond ?? count / (INTERVAL_MS / 1000);
    this.monitors = new Map();
    this.events = [];
    const now = Date.now();
    this.notifications = [
      { ...NEVER_USED, id: 1, name: "On-call e-mail", type: "smtp", isDefault: true, lastSuccess: now - 8e6 },
      { ...NEVER_USED, id: 2, name: "Team chat", type: "ntfy", isDefault: false, waiting: 1,
        lastSuccess: now - 9e8, lastError: "401 Unauthorized", lastErrorAt: now - 3e6 },
    ];
    this.settings = { serverTimezone: "Europe/Berlin", keepDataPeriodDays: 365 };
    for (let id = 1; id <= count; id += 1) this.add({ name: this.nameOf(id), type: this.typeOf(id) }, id);
    this.events.sort((a, b) => b[1] - a[1]);
    this.past = {
      events: [...this.events],
      monitors: [...this.monitors.values()].map(({ id, since, beats }) => ({ id, since, beats: [...beats] })),
    };
    this.rewind();
  }

  /** To where it began: the same beats come once more, whatever was asked for in between. */
  rewind() {
    this.owed = 0;
    this.chance = generator(11);
    this.queue = [...this.monitors.keys()];
    this.events = [...this.past.events];
    for (const { id, since, beats } of this.past.monitors) {
      const monitor = this.monitors.get(id);
      if (monitor) Object.assign(monitor, { since, beats: [...beats] });
    }
  }

  nameOf(id) {
    return id % 40 === 1 ? `Region ${Math.ceil(id / 40)}` : `${pick(HOSTS)}-${id}.${pick(ZONES)}`;
  }

  typeOf(id) {
    return id % 40 === 1 ? "group" : pick(["http", "http", "http", "keyword", "ping", "port", "push", "json-query"]);
  }

  add(given, id = Math.max(0, ...this.monitors.keys()) + 1) {
    const now = Date.now();
    const luck = random();
    const monitor = {
      interval: 60,
      ...given,
      id,
      // Half of the regions' members lie in their group.
      parent: given.parent ?? (id % 40 > 1 && id % 40 < 20 ? id - (id % 40) + 1 : null),
      active: luck > 0.02,
      maintenance: luck > 0.99,
      health: luck < 0.96 ? 0.002 : 0.35,
      base: 8 + Math.floor(random() * 300),
      trouble: pick(TROUBLES),
      tags: given.type === "group" ? [] : TAGS.filter(() => random() < 0.18),
      uptime: { 24: luck < 0.96 ? 1 - random() * 0.003 : random(), 720: 0.9987, "1y": 0.9991 },
      beats: [],
    };
    for (let index = PAST; index > 0; index -= 1) {
      const beat = beatOf(monitor, now - index * INTERVAL_MS);
      const last = monitor.beats.at(-1);
      if (last?.[1] !== beat[1]) monitor.since = beat[0];
      if (last && last[1] !== beat[1]) this.events.push([id, beat[0], beat[1], beat[3]]);
      monitor.beats.push(beat);
    }
    this.monitors.set(id, monitor);
    return monitor;
  }

  row(monitor) {
    const [time, status, ping, msg] = monitor.beats.at(-1) ?? [null, null, null, null];
    const uptime = monitor.uptime[24];
    const row = { ...monitor, forceInactive: false, time, status, ping, msg, uptime24: uptime, weight: 2000 };
    return COLUMNS.map((column) => row[column]);
  }

  tick(elapsed) {
    this.owed += (this.perSecond * elapsed) / 1000;
    const due = Math.floor(this.owed);
    this.owed -= due;
    const beats = [];
    for (let count = 0; count < due && this.queue.length; count += 1) {
      const id = this.queue.shift();
      const monitor = this.monitors.get(id);
      if (!monitor) continue;
      this.queue.push(id);
      if (!monitor.active) continue;
      const last = monitor.beats.at(-1);
      const beat = beatOf(monitor, Date.now(), this.chance);
      monitor.beats.push(beat);
      if (monitor.beats.length > PAST) monitor.beats.shift();
      const important = last?.[1] !== beat[1];
      if (important) monitor.since = beat[0];
      if (important) this.events.unshift([id, beat[0], beat[1], beat[3]]);
      const [time, status, ping, msg] = beat;
      const told = last?.[3] === msg ? null : msg;
      beats.push([id, time, status, ping, told, Number(important), monitor.uptime[24]]);
    }
    return beats;
  }

  doors(page) {
    const get = (id) => {
      const monitor = this.monitors.get(id);
      if (!monitor) throw new Error("The monitor does not exist.");
      return monitor;
    };
    const changed = (...list) =>
      page.to("in").emit("changes", { monitors: list.map((monitor) => this.row(monitor)), deleted: [] });
    const saved = (msg, monitor) => {
      changed(monitor);
      return { msg, msgi18n: true, monitorID: monitor.id };
    };
    const active = (id, value, msg) => saved(msg, Object.assign(get(id), { active: value }));
    return {
      summary: () => ({
        columns: COLUMNS,
        rows: [...this.monitors.values()].map((monitor) => this.row(monitor)),
        serverTime: Date.now(),
      }),
      bars: (ids, count) => ({
        bars: Object.fromEntries(ids.map((id) => [id, get(id).beats.slice(-count).map((beat) => beat.slice(0, 3))])),
      }),
      monitor: (id) => {
        const monitor = get(id);
        const { beats, base, uptime } = monitor;
        return {
          monitor: {
            url: `https://${monitor.name}/health`,
            hostname: monitor.name,
            pushToken: "p".repeat(32),
            notificationIDList: { 1: true },
            accepted_statuscodes: ["200-299"],
            ...monitor,
            beats: undefined,
          },
          uptime,
          averagePing: base,
          certificate: monitor.type === "http" ? certificate() : null,
          beats,
        };
      },
      events: (id, offset, count) => {
        const list = id === null ? this.events : this.events.filter(([of]) => of === id);
        return { total: list.length, events: list.slice(offset, offset + count) };
      },
      monitorHistory: (id, days) => periods(get(id), days),
      monitorOutages: (id, count) => {
        const list = this.events.filter(([of]) => of === get(id).id);
        const outages = list.flatMap(([, began, status, msg], index) =>
          status === 0 ? [[began, list[index - 1]?.[1] ?? null, msg]] : [],
        );
        return { total: outages.length, outages: outages.slice(0, count) };
      },
      responseTimes: (id, hours) => {
        const { base } = get(id);
        const [least, p50, p95, p99, most] = [0.7, 1, 1.3, 2.8, 3].map((factor) => Math.round(base * factor));
        return { hours, checks: hours * 180, least, average: base, most, p50, p95, p99 };
      },
      savedAnswers: () => ({ answers: [] }),
      getMonitorChartData: (id, hours) => ({ data: buckets(get(id), hours) }),
      pauseMonitor: (id) => active(id, false, "successPaused"),
      resumeMonitor: (id) => active(id, true, "successResumed"),
      add: (monitor) => {
        const made = this.add(monitor);
        this.queue.push(made.id);
        return saved("successAdded", made);
      },
      editMonitor: (monitor) => saved("Saved.", Object.assign(get(monitor.id), monitor)),
      deleteMonitor: (id) => {
        this.monitors.delete(id);
        page.to("in").emit("changes", { monitors: [], deleted: [id] });
        return { msg: "successDeleted", msgi18n: true };
      },
      clearEvents: (id) => void (this.events = this.events.filter(([of]) => of !== id)),
      clearHeartbeats: (id) => void (get(id).beats.length = 0),
      notifications: () => ({ notifications: this.notifications }),
      notification: (id) => ({
        notification: { ...this.notifications.find((item) => item.id === id), smtpPassword: "\u0000keep" },
      }),
      testNotification: () => ({ msg: "Sent Successfully." }),
      addNotification: (item, id) => {
        const about = { isDefault: item.isDefault, name: item.name, type: item.type };
        const old = this.notifications.find((other) => other.id === id);
        if (old) Object.assign(old, about);
        else this.notifications.push({ ...NEVER_USED, id: Date.now(), ...about });
        return { msg: "Saved.", msgi18n: true };
      },
      deleteNotification: (id) => {
        this.notifications = this.notifications.filter((item) => item.id !== id);
        return { msg: "successDeleted", msgi18n: true };
      },
      getSettings: () => ({ data: this.settings }),
      setSettings: (data) => {
        this.settings = data;
        return { msg: "Saved.", msgi18n: true };
      },
      changePassword: () => ({ token: "mock", msg: "successAuthChangePassword", msgi18n: true }),
    };
  }
}

function periods({ base }, days) {
  const [seconds, count] = days === 1 ? [3600, 24] : [86_400, days];
  const last = Math.floor(Date.now() / 1000 / seconds);
  const rows = Array.from({ length: count }, (_, index) => {
    const lost = random() < 0.05 ? random() * 0.1 : 0;
    const began = (last - count + 1 + index) * seconds * 1000;
    return [began, 1 - lost, lost ? 1 : 0, Math.round(lost * seconds * 1000), base, base * 0.7, base * 3, 0];
  });
  return { seconds, periods: rows };
}

function certificate() {
  const link = (CN, issuer, days, more) => ({
    subject: { CN },
    issuer: { CN: issuer },
    daysRemaining: days,
    validTo: new Date(Date.now() + days * 86_400_000),
    ...more,
  });
  const root = link("Example Root X1", "Example Root X1", 4000, {});
  const middle = link("Example CA R11", "Example Root X1", 900, { issuerCertificate: root });
  const certInfo = link("*.example.org", "Example CA R11", 61, { issuerCertificate: middle });
  return { valid: true, certInfo, hostnameMatchMonitorUrl: true };
}

function buckets(monitor, hours) {
  const step = hours <= 24 ? 60 : hours <= 720 ? 3600 : 86_400;
  const end = Math.floor(Date.now() / 1000 / step) * step;
  const count = (hours * 3600) / step;
  return Array.from({ length: count }, (_, index) => {
    const wave = monitor.base * (1 + 0.3 * Math.sin(index / 37) + random() * 0.2);
    const timestamp = end - index * step;
    if (index > 90 && index < 104) return { timestamp, up: 0, down: 3, avgPing: null, minPing: null, maxPing: null };
    return { timestamp, up: 3, down: 0, avgPing: wave, minPing: wave * 0.8, maxPing: wave * 1.35 };
  });
}
