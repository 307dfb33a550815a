/** Two browsers show the same at any time; one whose server is gone says since when, and catches up when it is back. */
import { connect, createServer } from "node:net";
import { check, enter, expectAccessible, expectNoSidewaysScroll, logIn, openPage, search, Target } from "./lib.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };

const rowOf = (page, name) => page.locator("[data-row]", { hasText: name });
const stateOf = (page) => page.locator("#detail .state b").first();

/** What one does, the other shows: a monitor, its name and state, a tag, a plan; and that all of it is gone. */
export async function inStep(browser, url) {
  const target = new Target();
  const [here, there] = [await openPage(browser), await openPage(browser)];
  for (const page of [here, there]) {
    await logIn(page, url);
    await search(page, "in step");
  }
  await here.goto(`${url}/add?type=http&q=in+step`);
  await here.getByLabel(/^URL/).fill(await target.start());
  await here.getByLabel(/^Name/).fill("In step");
  await here.getByRole("button", { name: "Save", exact: true }).click();
  await rowOf(there, "In step").click();
  for (const page of [here, there]) await stateOf(page).filter({ hasText: "Up" }).waitFor();

  await here.getByRole("link", { name: "Edit" }).click();
  await here.getByLabel(/^Name/).fill("In step again");
  await here.getByRole("button", { name: "Save", exact: true }).click();
  for (const page of [here, there]) await page.getByRole("heading", { name: "In step again", level: 1 }).waitFor();
  await there.getByRole("button", { name: "Pause" }).click();
  for (const page of [here, there]) await stateOf(page).filter({ hasText: "Paused" }).waitFor();
  await rowOf(here, "In step again").filter({ hasText: "Paused" }).waitFor();

  await there.goto(`${url}/settings/tags`);
  await there.getByRole("heading", { name: "Tags", level: 2 }).waitFor();
  const { socket, ask } = await enter(url);
  const { tag } = await ask("addTag", { name: "in step", color: "#1971c2" });
  await there.getByRole("button", { name: "Edit in step" }).waitFor();
  await ask("deleteTag", tag.id);
  await there.getByRole("button", { name: "Edit in step" }).waitFor({ state: "detached" });
  socket.close();

  await there.goto(`${url}/dashboard?q=in+step`);
  await rowOf(there, "In step again").waitFor();
  await here.getByRole("button", { name: "More actions" }).click();
  await here.getByRole("menuitem", { name: "Delete" }).click();
  await here.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await rowOf(there, "In step again").waitFor({ state: "detached" });
  for (const page of [here, there]) {
    check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
    await page.context().close();
  }
  await target.stop();
}

/** A way to the server that can be cut, with everything that is on it. */
class Line {
  constructor(url) {
    this.to = new URL(url);
    this.open = new Set();
  }

  async start() {
    this.server = createServer((near) => {
      const far = connect(Number(this.to.port), this.to.hostname);
      for (const [one, other] of [[near, far], [far, near]]) {
        this.open.add(one);
        one.on("error", () => other.destroy()).on("close", () => other.destroy() && this.open.delete(one));
        one.pipe(other);
      }
    });
    await new Promise((resolve) => this.server.listen(this.port ?? 0, "127.0.0.1", resolve));
    this.port = this.server.address().port;
    return `http://127.0.0.1:${this.port}`;
  }

  async stop() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const one of this.open) one.destroy();
    await closed;
  }
}

export async function offline(browser, url) {
  const line = new Line(url);
  const address = await line.start();
  const { socket, ask } = await enter(url);
  const { monitorID } = await ask("add", {
    type: "push", name: "Away", pushToken: "away-while-offline-0123456789abcd", interval: 3600, retryInterval: 3600,
    maxretries: 0, notificationIDList: {}, conditions: [],
  });
  await fetch(`${url}/api/push/away-while-offline-0123456789abcd?status=up&msg=here`);
  const pages = [await openPage(browser), await openPage(browser, PHONE)];
  for (const page of pages) {
    await logIn(page, address);
    await page.goto(`${address}/dashboard/${monitorID}`);
    await stateOf(page).filter({ hasText: "Up" }).waitFor();
  }
  const colour = (page) => page.locator("main.panes").evaluate((one) => getComputedStyle(one).filter);
  const before = await colour(pages[0]);
  await line.stop();
  for (const [at, page] of pages.entries()) {
    await page.getByText(/^No connection since \d\d:\d\d/).waitFor();
    check((await colour(page)) !== before, "what is shown looks as live as before");
    await expectNoSidewaysScroll(page, "the page without a connection");
    await expectAccessible(page, `the page without a connection, ${at ? "on a phone in dark" : "light"}`, ".lines");
  }
  await fetch(`${url}/api/push/away-while-offline-0123456789abcd?status=down&msg=gone`);
  check(await stateOf(pages[0]).textContent() === "Up", "a page without a connection knows what is new");
  await line.start();
  for (const page of pages) {
    await stateOf(page).filter({ hasText: "Down" }).waitFor();
    await page.getByText(/^No connection since/).waitFor({ state: "detached" });
    check((await colour(page)) === before, "the colours did not come back");
    await page.context().close();
  }
  await ask("deleteMonitor", monitorID);
  socket.close();
  await line.stop();
}
