/**
 * Every route in both themes at three widths under axe; at 320 px, and with letters twice as large, nothing may have to be
 * scrolled sideways; with forced colours and with reduced motion it still holds.
 *
 *   node journeys/screens.mjs --url http://127.0.0.1:3001 --username U --password P [--only /servers] [--states]
 *
 * With --states also everything that opens on a route: menus, dialogs, folded parts (`states.mjs`).
 * Prints what is not so, and fails then.
 */
import { parseArgs } from "node:util";
import { account, expectAccessible, expectNoSidewaysScroll, logIn, openBrowser, openPage } from "./lib.mjs";
import { plain, routesOf } from "./routes.mjs";
import { eachState } from "./states.mjs";

const VIEWS = [
  ...[390, 820, 1440].flatMap((width) => ["light", "dark"].map((colorScheme) => ({ width, colorScheme }))),
  { width: 320, colorScheme: "light", reducedMotion: "reduce" },
  { width: 1280, height: 512, colorScheme: "light", zoom: 2 }, // as 640 px wide, in a low window
  { width: 1280, colorScheme: "dark", forcedColors: "active" },
];

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3001" },
    username: { type: "string", default: account.username },
    password: { type: "string", default: account.password },
    browser: { type: "string", default: "/usr/bin/chromium" },
    only: { type: "string" },
    states: { type: "boolean", default: false },
    views: { type: "string", default: "" }, // their numbers, from 0: "0,3"
  },
});
const url = options.url.replace(/\/+$/, "");
const routes = await routesOf(url, options);
const browser = await openBrowser(options.browser);
let wrong = 0;
const chosen = options.views ? options.views.split(",").map((place) => VIEWS[Number(place)]) : VIEWS;
for (const { width, height = 844, zoom = 1, ...media } of chosen) {
  const page = await openPage(browser, { ...media, viewport: { width: width / zoom, height: height / zoom } });
  await logIn(page, url, options);
  const look = async (where) => {
    for (const expect of [expectAccessible, expectNoSidewaysScroll]) {
      // The system chooses forced colours: contrast is no matter of the page then.
      if (expect === expectAccessible && media.forcedColors) continue;
      await expect(page, where).catch((error) => {
        wrong += 1;
        console.log(error.message);
      });
    }
  };
  for (const [route, path] of routes) {
    if (options.only && !route.startsWith(options.only)) continue;
    const where = `${plain(route)} at ${width} px, ${JSON.stringify({ ...media, zoom })}`;
    await page.goto(url + path);
    await page.locator("h1:visible, .tools:visible").first().waitFor();
    await page.waitForFunction(() => !document.querySelector(".parts[style*=none]"));
    await page.waitForTimeout(200);
    await look(where);
    if (!options.states) continue;
    const names = await eachState(page, url + path, (name) => look(`“${name}” on ${where}`));
    console.log(`${where}: ${names.join(", ") || "nothing opens"}`);
  }
  if (page.problems.length) console.log(`the browser complained: ${page.problems.join("; ")}`);
  wrong += page.problems.length;
  await page.context().close();
}
await browser.close();
console.log(wrong ? `${wrong} things are not as they should be.` : "All routes hold in all views.");
process.exitCode = wrong ? 1 : 0;
