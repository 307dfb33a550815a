/**
 * Journeys through the page with a real browser, against a running server with an empty data folder:
 *
 *   npm run journeys -- --url http://127.0.0.1:3001 [--monitors 5000] [--browser /usr/bin/chromium] [--only many]
 *
 * With --slower 8, browsers have an eighth of the processor: what acts before the state it waited for is there fails.
 */
import { parseArgs } from "node:util";
import { bulk } from "./bulk.mjs";
import { configFile } from "./config-file.mjs";
import { apiKeys, connections, tags } from "./connections.mjs";
import { deliveries } from "./deliveries.mjs";
import { firstRun } from "./first-run.mjs";
import { fleet } from "./fleet.mjs";
import { form } from "./form.mjs";
import { history } from "./history.mjs";
import { importKuma } from "./import.mjs";
import { keyboard, logInByForm } from "./keyboard.mjs";
import { keys } from "./keys.mjs";
import { languages } from "./languages.mjs";
import { openBrowser, slowDown } from "./lib.mjs";
import { limits } from "./limits.mjs";
import { maintenance } from "./maintenance.mjs";
import { managed } from "./managed.mjs";
import { many, phone } from "./many.mjs";
import { pages } from "./pages.mjs";
import { problems } from "./problems.mjs";
import { push } from "./push.mjs";
import { security } from "./security.mjs";
import { servers } from "./servers.mjs";
import { settings } from "./settings.mjs";
import { subscribe } from "./subscribe.mjs";
import { system } from "./system.mjs";
import { inStep, offline } from "./together.mjs";
import { visitor } from "./visitor.mjs";

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3001" },
    monitors: { type: "string", default: "5000" },
    browser: { type: "string", default: "/usr/bin/chromium" },
    only: { type: "string" },
    slower: { type: "string", default: "1" },
  },
});

const url = options.url.replace(/\/+$/, "");
const journeys = {
  "first-run": (browser) => firstRun(browser, url),
  "log-in": (browser) => logInByForm(browser, url),
  keyboard: (browser) => keyboard(browser, url),
  keys: (browser) => keys(browser, url),
  "in-step": (browser) => inStep(browser, url),
  offline: (browser) => offline(browser, url),
  limits: (browser) => limits(browser, url),
  form: (browser) => form(browser, url),
  settings: (browser) => settings(browser, url),
  history: (browser) => history(browser, url),
  deliveries: (browser) => deliveries(browser, url),
  push: (browser) => push(browser, url),
  security: (browser) => security(browser, url),
  system: (browser) => system(browser, url),
  problems: (browser) => problems(browser, url),
  connections: (browser) => connections(browser, url),
  tags: (browser) => tags(browser, url),
  "api-keys": (browser) => apiKeys(browser, url),
  servers: (browser) => servers(browser, url),
  fleet: (browser) => fleet(browser, url),
  maintenance: (browser) => maintenance(browser, url),
  visitor: (browser) => visitor(browser, url),
  subscribe: (browser) => subscribe(browser, url),
  pages: (browser) => pages(browser, url),
  bulk: (browser) => bulk(browser, url),
  many: (browser) => many(browser, url, Number(options.monitors)),
  phone: (browser) => phone(browser, url),
  languages: (browser) => languages(browser, url),
};
// On a server of their own, only where they are asked for.
const alone = {
  import: (browser) => importKuma(browser, url),
  managed: (browser) => managed(browser, url),
  "config-file": (browser) => configFile(browser, url),
};

slowDown(Number(options.slower));
const browser = await openBrowser(options.browser);
let failed = 0;
for (const [name, journey] of Object.entries(options.only ? { ...journeys, ...alone } : journeys)) {
  if (options.only && options.only !== name) continue;
  const began = performance.now();
  try {
    await journey(browser);
    console.log(`ok    ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.error(`FAIL  ${name}: ${error.message}`);
  }
}
await browser.close();
process.exit(failed ? 1 : 0); // what a journey that failed left open would keep it here
