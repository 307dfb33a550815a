/** Thousands of monitors: the number of elements stays, scrolling shows the right ones, a phone holds. */
import { io } from "socket.io-client";
import { account, check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const AT_ONCE = 50;
const SETTLED_MS = 500;
const MOST_ELEMENTS = 2500; // the whole page, whatever the number of monitors

/** Adds paused monitors until there are `count`. */
export async function fill(url, count) {
  const socket = io(`${url}/page`, { transports: ["websocket"] });
  const ask = (...args) => socket.timeout(60_000).emitWithAck(...args);
  await new Promise((resolve) => socket.once("hello", resolve));
  const entered = await ask("login", account);
  check(entered.ok, `log-in failed: ${entered.msg}`);
  const add = async (index) => {
    const reply = await ask("add", {
      type: "manual",
      name: `Many ${String(index).padStart(5, "0")}`,
      interval: 3600,
      retryInterval: 60,
      maxretries: 0,
      active: false,
      accepted_statuscodes: ["200-299"],
      conditions: [],
      notificationIDList: {},
    });
    check(reply.ok, `adding a monitor failed: ${reply.msg}`);
  };
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) => add(done + index)));
  }
  socket.close();
}

export async function many(browser, url, count) {
  await fill(url, count);
  const page = await openPage(browser);
  await logIn(page, url);
  const rows = page.locator("[data-row]");
  await rows.first().waitFor();
  /** Once nothing comes any more: beats and events are later than rows. */
  const elements = async () => {
    for (let last = 0; ;) {
      const now = await page.evaluate(() => document.querySelectorAll("*").length);
      if (now === last) return now;
      last = now;
      await page.waitForTimeout(SETTLED_MS);
    }
  };
  const before = await elements();
  check(before < MOST_ELEMENTS, `${before} elements for ${count} monitors`);
  const viewport = page.locator(".viewport");
  await viewport.evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await page.locator("[data-row]", { hasText: `Many ${String(count - 1).padStart(5, "0")}` }).waitFor();
  const after = await elements();
  check(after < before + 150, `scrolling took the page from ${before} to ${after} elements`);

  await page.getByRole("searchbox").fill("many 00042");
  await page.locator("[data-row]", { hasText: "Many 00042" }).waitFor();
  check((await rows.count()) === 1, `${await rows.count()} rows match one name`);
  await page.waitForURL(/q=many/); // the address follows when the typing rests
  await page.reload();
  await page.locator("[data-row]", { hasText: "Many 00042" }).waitFor();
  check((await rows.count()) === 1, "a reload lost the search");
  await expectAccessible(page, "the filtered list");
  await page.context().close();
}

export async function phone(browser, url) {
  const options = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
  const page = await openPage(browser, options);
  await logIn(page, url);
  for (const path of ["/dashboard", "/list", "/add", "/settings/notifications", "/settings/general"]) {
    await page.goto(url + path);
    await page.getByRole("navigation", { name: "Main" }).first().waitFor();
    await page.waitForTimeout(500);
    await expectNoSidewaysScroll(page, path);
    await expectAccessible(page, `${path} on a phone`);
  }
  await page.getByRole("link", { name: "Monitors" }).tap();
  await page.locator("[data-row]").first().tap();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expectNoSidewaysScroll(page, "a monitor");
  await page.getByRole("link", { name: "Back to the list" }).tap();
  await page.locator("[data-row]").first().waitFor();
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}
