/**
 * Every route in both themes at three widths under axe; at 320 px, and with letters twice as large, nothing may have to be
 * scrolled sideways; with forced colours and with reduced motion it still holds.
 *
 *   node journeys/screens.mjs --url http://127.0.0.1:3001 --username U --password P [--only /servers] [--states | --forms]
 *
 * With --states also everything that opens on a route: menus, dialogs, folded parts (`states.mjs`), each looked at in both
 * themes at all widths. With --forms instead the form of each monitor type, with all of its parts unfolded; --only has
 * types then, with commas.
 * Prints what is not so, and fails then.
 */
import { parseArgs } from "node:util";
import { account, expectAccessible, expectNoSidewaysScroll, logIn, openBrowser, openPage } from "./lib.mjs";
import { plain, routesOf } from "./routes.mjs";
import { eachState, settle, unfoldAll } from "./states.mjs";

const WIDTHS = [1440, 820, 390];
const THEMES = ["light", "dark"];
const HEIGHT = 844;
const VIEWS = [
  ...WIDTHS.flatMap((width) => THEMES.map((colorScheme) => ({ width, colorScheme }))),
  { width: 320, colorScheme: "light", reducedMotion: "reduce" },
  { width: 1280, height: 512, colorScheme: "light", zoom: 2 }, // as 640 px wide, in a low window
  { width: 1280, colorScheme: "dark", forcedColors: "active" },
];
const AROUND = "/dashboard"; // where what stands around all screens is opened

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3001" },
    username: { type: "string", default: account.username },
    password: { type: "string", default: account.password },
    browser: { type: "string", default: "/usr/bin/chromium" },
    only: { type: "string" },
    states: { type: "boolean", default: false },
    forms: { type: "boolean", default: false },
    views: { type: "string", default: "" }, // their numbers, from 0: "0,3"
  },
});
const url = options.url.replace(/\/+$/, "");
const routes = (await routesOf(url, options)).filter(([route]) => !options.only || route.startsWith(options.only));
const browser = await openBrowser(options.browser);
let wrong = 0;

async function expectGood(page, where, part = null, hasContrast = true) {
  for (const expect of hasContrast ? [expectAccessible, expectNoSidewaysScroll] : [expectNoSidewaysScroll]) {
    await expect(page, where, part).catch((error) => {
      wrong += 1;
      console.log(error.message);
    });
  }
}

/** One state in both themes at all widths; what opened at one of them stays open. */
async function everyView(page, where, part, widths = WIDTHS) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: HEIGHT });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await expectGood(page, `${where} at ${width} px, ${colorScheme}`, part);
    }
  }
  await page.setViewportSize({ width: widths[0], height: HEIGHT });
}

async function withPage(view, work) {
  const { width, height = HEIGHT, zoom = 1, ...media } = view;
  const page = await openPage(browser, { ...media, viewport: { width: width / zoom, height: height / zoom } });
  await logIn(page, url, options);
  await work(page);
  if (page.problems.length) console.log(`the browser complained: ${page.problems.join("; ")}`);
  wrong += page.problems.length;
  await page.context().close();
}

async function lookAtRoutes(view) {
  const { width, colorScheme, ...more } = view;
  await withPage(view, async (page) => {
    for (const [route, path] of routes) {
      await page.goto(url + path);
      await settle(page);
      const where = `${plain(route)} at ${width} px, ${[colorScheme, ...Object.entries(more).flat()].join(" ")}`;
      // The system chooses forced colours: contrast is no matter of the page then.
      await expectGood(page, where, null, !view.forcedColors);
    }
  });
}

async function lookAtStates(route, path) {
  const seen = new Set();
  // What only a narrow window offers is opened there.
  for (const widths of [WIDTHS, [390]]) {
    await withPage({ width: widths[0], colorScheme: "light" }, async (page) => {
      const around = route === AROUND;
      const look = (name, part) => everyView(page, `“${name}” on ${plain(route)}`, part, widths);
      const names = await eachState(page, url + path, look, { seen, around });
      console.log(`${plain(route)} at ${widths}: ${names.join(", ") || "nothing opens"}`);
    });
  }
}

async function lookAtForms() {
  const types = (await typesOf()).filter((type) => !options.only || options.only.split(",").includes(type));
  await withPage({ width: WIDTHS[0], colorScheme: "light" }, async (page) => {
    for (const type of types) {
      await page.goto(`${url}/add?type=${type}`);
      await settle(page);
      const parts = await unfoldAll(page, "#detail");
      await everyView(page, `the form of ${type}`, null);
      console.log(`${type}: ${parts} parts`);
    }
  });
}

async function typesOf() {
  const page = await openPage(browser);
  await logIn(page, url, options);
  const declared = page.waitForResponse((response) => response.url().includes("/api/v1/monitor-types"));
  await page.goto(`${url}/add?type=http`);
  const answer = await (await declared).json();
  await page.context().close();
  return Object.values(answer.types ?? answer).map((type) => type.name ?? type.type);
}

const chosen = options.views ? options.views.split(",").map((place) => VIEWS[Number(place)]) : VIEWS;
if (options.forms) await lookAtForms();
else if (options.states) for (const [route, path] of routes) await lookAtStates(route, path);
else for (const view of chosen) await lookAtRoutes(view);
await browser.close();
console.log(wrong ? `${wrong} things are not as they should be.` : "All of it holds.");
process.exitCode = wrong ? 1 : 0;
