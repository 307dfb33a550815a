/**
 * A stand-in for the server, for looking at the page with many monitors and servers: speaks docs/page-protocol.md,
 * with invented beats and reports, and serves the built page under the server's Content-Security-Policy.
 *
 *   npm run mock -- --port 4000 --monitors 5000 --servers 2000 [--setup] [--beats 17] [--again]
 *     [--server http://127.0.0.1:3001] [--page FOLDER]
 *
 * --beats: as many a second, of all monitors together; else each has one every 20 seconds.
 * --again: who enters sees the same beats as whoever entered before, so that two runs can be compared.
 * With --server, forms are drawn from that server's declarations; --page takes another build of the page, to compare two.
 * Any username with password "secret1" logs in.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Server } from "socket.io";
import { declarations } from "./declarations.mjs";
import { Fleet } from "./fleet.mjs";
import { World } from "./world.mjs";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "4000" },
    monitors: { type: "string", default: "5000" },
    servers: { type: "string", default: "200" },
    beats: { type: "string" },
    again: { type: "boolean", default: false },
    setup: { type: "boolean", default: false },
    server: { type: "string" },
    page: { type: "string", default: fileURLToPath(new URL("../../frontend_dist/", import.meta.url)) },
  },
});

const DIST = options.page;
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https: http:; " +
  "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'self'; form-action 'self'";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const BEATS_MS = 1000; // between two messages, as the server sends them
const NEWS_MS = 100; // but tells this soon what changes a state
const REPORTS_MS = 500;

async function answerApi(url, response) {
  const body = options.server
    ? await (await fetch(options.server + url)).text()
    : JSON.stringify(declarations[url] ?? {});
  response.writeHead(200, { "content-type": "application/json" }).end(body);
}

const http = createServer((request, response) => {
  const url = new URL(request.url, "http://mock").pathname;
  if (url.startsWith("/api/")) {
    answerApi(url, response).catch(() => response.writeHead(502).end());
    return;
  }
  const wanted = join(DIST, normalize(url));
  const path = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(DIST, "index.html");
  const headers = { "content-type": TYPES[extname(path)] ?? "application/octet-stream" };
  if (extname(path) === ".html") headers["content-security-policy"] = POLICY;
  if (existsSync(`${path}.br`) && request.headers["accept-encoding"]?.includes("br")) {
    response.writeHead(200, { ...headers, "content-encoding": "br" });
    createReadStream(`${path}.br`).pipe(response);
  } else {
    response.writeHead(200, headers);
    createReadStream(path).pipe(response);
  }
});

const world = new World(Number(options.monitors), options.beats === undefined ? null : Number(options.beats));
const fleet = new Fleet(Number(options.servers));
const page = new Server(http, { transports: ["polling", "websocket"] }).of("/page");
let needSetup = options.setup;

page.on("connection", (socket) => {
  socket.emit("hello", {
    version: "mock",
    needSetup,
    loginRequired: true,
    serverTimezone: "UTC",
    primaryBaseURL: null,
  });
  const enter = (ack) => {
    if (options.again) world.rewind();
    socket.join("in");
    ack({ ok: true, token: "mock" });
  };
  const refuse = (ack, msg) => ack({ ok: false, msg, msgi18n: true });
  socket.on("setup", (_name, _password, ack) => {
    needSetup = false;
    ack({ ok: true, msg: "successAdded", msgi18n: true });
  });
  socket.on("login", ({ username, password, token }, ack) => {
    if (password !== "secret1") refuse(ack, "authIncorrectCreds");
    else if (username === "two" && !token) ack({ tokenRequired: true });
    else enter(ack);
  });
  socket.on("loginByToken", (token, ack) => (token === "mock" ? enter(ack) : refuse(ack, "authInvalidToken")));
  socket.on("logout", (ack) => {
    socket.leave("in");
    ack();
  });
  for (const [event, answer] of Object.entries({ ...world.doors(page), ...fleet.doors(page) })) {
    socket.on(event, (...args) => {
      const ack = args.pop();
      try {
        ack({ ok: true, ...answer(...args) });
      } catch (error) {
        ack({ ok: false, msg: error.message });
      }
    });
  }
});

let waiting = [];
let toldAt = 0; // ms
setInterval(() => {
  waiting.push(...world.tick(NEWS_MS));
  const news = waiting.some(([, , , , , important]) => important);
  if (!waiting.length || (!news && Date.now() - toldAt < BEATS_MS)) return;
  page.to("in").emit("beats", { beats: waiting });
  toldAt = Date.now();
  waiting = [];
}, NEWS_MS);

setInterval(() => {
  const rows = fleet.tick(REPORTS_MS);
  if (rows.length) page.to("in").emit("serverChanges", { rows, deleted: [] });
}, REPORTS_MS);

http.listen(Number(options.port), "127.0.0.1", () => {
  const size = `${world.monitors.size} monitors and ${fleet.servers.size} servers`;
  console.log(`mock with ${size} on http://127.0.0.1:${options.port}/`);
});
