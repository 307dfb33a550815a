// A full round of the JavaScript client: node round.mjs FRONTEND_FOLDER SERVER_URL WATCHED_URL TRANSPORTS
// TRANSPORTS is "websocket", "polling", or "polling,websocket" for an upgrade. Prints a line of JSON per step.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [folder, url, watched, transports] = process.argv.slice(2);
const { io } = createRequire(`${folder}/package.json`)("socket.io-client");

const USER = "admin";
const PASSWORD = "Secret-1234";
const TIMEOUT_MS = 10_000;

// A logo of 300 kB: more than one chunk of a frame or of a POST.
const LOGO = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(300_000)]);

/** A connection that remembers every push, in order. */
class Session {
    constructor() {
        this.pushed = [];
        this.socket = io(url, { transports: transports.split(","), forceNew: true, reconnection: false });
        this.socket.onAny((name, ...values) => this.pushed.push([name, ...values]));
    }

    async opened() {
        await until(() => this.socket.connected, "connection");
        if (transports.includes(",")) await until(() => this.transport() === "websocket", "upgrade");
        return this;
    }

    transport() {
        return this.socket.io.engine.transport.name;
    }

    /** The first value of the acknowledgement. */
    call(name, ...values) {
        return this.socket.timeout(TIMEOUT_MS).emitWithAck(name, ...values);
    }

    /** The answer of a call that has to succeed. */
    async done(name, ...values) {
        const answer = await this.call(name, ...values);
        assert.equal(answer.ok, true, `${name}: ${answer.msg}`);
        return answer;
    }

    /** Arguments of the newest push of that name since `start`. */
    last(name, start = 0) {
        return this.pushed.slice(start).findLast(([pushed]) => pushed === name)?.slice(1);
    }

    close() {
        this.socket.disconnect();
    }
}

async function until(look, what) {
    const deadline = Date.now() + TIMEOUT_MS;
    while (Date.now() < deadline) {
        const found = look();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no ${what}`);
}

let session;
let token;
let monitor;
const pushToken = "p".repeat(32);

const common = {
    interval: 20,
    retryInterval: 20,
    maxretries: 0,
    accepted_statuscodes: ["200-299"],
    notificationIDList: {},
    conditions: [],
};

const steps = {
    async connect() {
        session = await new Session().opened();
        assert.equal(session.transport(), transports.split(",").at(-1));
        const [info] = await until(() => session.last("info"), "info");
        assert.equal(info.version, undefined);
        if (await session.call("needSetup")) {
            assert.equal((await session.done("setup", USER, PASSWORD)).msg, "successAdded");
        }
        assert.equal(await session.call("needSetup"), false);
    },

    async logIn() {
        const wrong = await session.call("login", { username: USER, password: "wrong", token: "" });
        assert.deepEqual(wrong, { ok: false, msg: "authIncorrectCreds", msgi18n: true });
        ({ token } = await session.done("login", { username: USER, password: PASSWORD, token: "" }));
        assert.ok(session.last("monitorList"), "the lists come before the answer");
        session.close();
        session = await new Session().opened();
        assert.equal((await session.call("getSettings")).ok, false);
        await session.done("loginByToken", token);
        const names = session.pushed.map(([name]) => name);
        for (const list of ["monitorList", "notificationList", "proxyList", "statusPageList", "apiKeyList"]) {
            assert.ok(names.includes(list), list);
        }
    },

    async addAMonitor() {
        const start = session.pushed.length;
        const added = await session.done("add", { ...common, type: "http", name: "web – 網站", url: watched });
        monitor = added.monitorID;
        const [list] = session.last("updateMonitorIntoList", start);
        assert.equal(list[monitor].name, "web – 網站");
        const [beat] = await until(() => session.last("heartbeat", start), "beat");
        assert.deepEqual([beat.monitorID, beat.status, beat.msg], [monitor, 1, "200 - OK"]);
        await until(() => session.last("uptime", start), "uptime");
        await until(() => session.last("avgPing", start), "average");
    },

    async editPauseAndResume() {
        const { monitor: found } = await session.done("getMonitor", monitor);
        await session.done("editMonitor", { ...found, description: "edited" });
        assert.equal((await session.done("getMonitor", monitor)).monitor.description, "edited");
        await session.done("pauseMonitor", monitor);
        assert.equal(session.last("updateMonitorIntoList")[0][monitor].active, false);
        await session.done("resumeMonitor", monitor);
        assert.equal(session.last("updateMonitorIntoList")[0][monitor].active, true);
    },

    async history() {
        assert.equal((await session.done("getMonitorBeats", monitor, 1)).data[0].msg, "200 - OK");
        assert.ok((await session.done("getMonitorChartData", monitor, 1)).data[0].up >= 1);
        const { count } = await session.done("monitorImportantHeartbeatListCount", monitor);
        const { data } = await session.done("monitorImportantHeartbeatListPaged", monitor, 0, 10);
        assert.ok(count >= 1);
        assert.equal(data.length, count);
        assert.equal(data[0].monitorID, monitor);
    },

    async tags() {
        const { tag } = await session.done("addTag", { name: "place", color: "#ffffff" });
        await session.done("addMonitorTag", tag.id, monitor, "cellar");
        assert.equal(session.last("updateMonitorIntoList")[0][monitor].tags[0].value, "cellar");
        await session.done("deleteMonitorTag", tag.id, monitor, "cellar");
        await session.done("deleteTag", tag.id);
    },

    async notifications() {
        const hook = { name: "hook", type: "webhook", webhookURL: `${watched}/hook`, webhookContentType: "json" };
        assert.equal((await session.done("testNotification", hook)).msg, "Sent Successfully.");
        const { id } = await session.done("addNotification", hook, null);
        assert.equal(session.last("notificationList")[0][0].id, id);
        await session.done("deleteNotification", id);
        assert.deepEqual(session.last("notificationList")[0], []);
    },

    async proxiesAndDockerHosts() {
        const proxy = { protocol: "http", host: "127.0.0.1", port: 9, auth: false, active: true, default: false };
        const { id } = await session.done("addProxy", proxy, null);
        assert.equal(session.last("proxyList")[0][0].id, id);
        await session.done("deleteProxy", id);
        const host = { name: "engine", dockerType: "tcp", dockerDaemon: watched };
        assert.equal((await session.done("testDockerHost", host)).msg.slice(-1), "1");
        const docker = await session.done("addDockerHost", host, null);
        assert.equal(session.last("dockerHostList")[0][0].name, "engine");
        await session.done("deleteDockerHost", docker.id);
    },

    async maintenance() {
        const plan = { title: "Move", description: "", strategy: "manual", active: true, intervalDay: 1 };
        const times = { dateRange: [null], timeRange: [{ hours: 2, minutes: 0 }, { hours: 3, minutes: 0 }] };
        const rest = { weekdays: [], daysOfMonth: [], cron: "", durationMinutes: 60, timezoneOption: "UTC" };
        const { maintenanceID } = await session.done("addMaintenance", { ...plan, ...times, ...rest });
        await session.done("addMonitorMaintenance", maintenanceID, [{ id: monitor }]);
        const { monitors } = await session.done("getMonitorMaintenance", maintenanceID);
        assert.deepEqual(monitors.map(({ id }) => id), [monitor]);
        assert.equal(session.last("maintenanceList")[0][maintenanceID].status, "under-maintenance");
        await session.done("pauseMaintenance", maintenanceID);
        await session.done("deleteMaintenance", maintenanceID);
        await until(() => !session.last("maintenanceList")[0][maintenanceID], "list without it");
    },

    async statusPage() {
        await session.done("addStatusPage", "Public", "public");
        const { config } = await session.done("getStatusPage", "public");
        const groups = [{ name: "Web", weight: 1, monitorList: [{ id: monitor }] }];
        const logo = `data:image/png;base64,${LOGO.toString("base64")}`;
        await session.done("saveStatusPage", "public", { ...config, title: "Open" }, logo, groups);
        const page = await (await fetch(`${url}/api/status-page/public`)).json();
        assert.equal(page.config.title, "Open");
        assert.equal(page.publicGroupList[0].monitorList[0].id, monitor);
        const icon = await (await fetch(new URL(page.config.icon, url))).arrayBuffer();
        assert.ok(LOGO.equals(Buffer.from(icon)));
        const incident = { title: "Trouble", content: "We look.", style: "info" };
        assert.ok((await session.done("postIncident", "public", incident)).incident.id);
        await session.done("deleteStatusPage", "public");
    },

    async keysAndSettings() {
        const { key, keyID } = await session.done("addAPIKey", { name: "metrics", expires: null, active: true });
        const authorization = `Basic ${Buffer.from(`:${key}`).toString("base64")}`;
        assert.equal((await fetch(`${url}/metrics`, { headers: { authorization } })).status, 200);
        await session.done("deleteAPIKey", keyID);
        const { data } = await session.done("getSettings");
        await session.done("setSettings", { ...data, primaryBaseURL: "http://here" }, "");
        assert.equal((await session.done("getSettings")).data.primaryBaseURL, "http://here");
    },

    async pushesOfOthers() {
        const other = await new Session().opened();
        await other.done("loginByToken", token);
        const fields = { ...common, type: "push", name: "backup", pushToken };
        const { monitorID } = await session.done("add", fields);
        await until(() => other.last("updateMonitorIntoList")?.[0][monitorID], "monitor of the other");
        await fetch(`${url}/api/push/${pushToken}?msg=done&ping=12`);
        for (const who of [session, other]) {
            const seen = () => who.pushed.some(([name, beat]) => name === "heartbeat" && beat.msg === "done");
            await until(seen, "pushed beat");
        }
        await session.done("deleteMonitor", monitorID, false);
        const [deleted] = await until(() => other.last("deleteMonitorFromList"), "deletion");
        assert.equal(deleted, monitorID);
        other.close();
    },

    async logOut() {
        await session.done("deleteMonitor", monitor);
        await until(() => session.last("deleteMonitorFromList")?.[0] === monitor, "deletion");
        assert.equal(await session.call("logout"), undefined);
        assert.equal((await session.call("getSettings")).ok, false);
        session.close();
    },
};

for (const [step, run] of Object.entries(steps)) {
    const began = performance.now();
    let trouble = null;
    try {
        await run();
    } catch (error) {
        trouble = error.stack;
    }
    console.log(JSON.stringify({ step, seconds: Math.round(performance.now() - began) / 1000, trouble }));
}
process.exit(0);
