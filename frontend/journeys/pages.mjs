/** Status pages: one is built in place, by mouse and by keyboard, saved, and seen by a stranger. */
import { check, enter, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const NAMES = ["Front door", "Till", "Letters"];
const SIDE = 800; // px; as a bitmap some 2 MB

export async function pages(browser, url) {
  const { socket, ask } = await enter(url);
  const ids = [];
  for (const name of NAMES) ids.push(await addMonitor(ask, name));
  await ask("addStatusPage", "Taken", "taken");
  const page = await openPage(browser, { viewport: { width: 1280, height: 1000 } });
  await logIn(page, `${url}/manage-status-page`);
  await create(page);
  await fill(page);
  await move(page);
  await dress(page);
  await save(page, url);
  await combine(page, url);
  await protect(browser, page, url);
  await announce(page, url);
  await refuse(page);
  await together(page, ask, url);
  await goBack(page, url);
  await onAPhone(browser, url);
  await remove(page, url);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
  await ask("deleteStatusPage", "taken");
  for (const id of ids) await ask("deleteMonitor", id);
  socket.close();
}

const tokenOf = (name) => name.toLowerCase().replace(/[^a-z]/g, "").padEnd(32, "0");

async function addMonitor(ask, name) {
  const token = tokenOf(name);
  const monitor = {
    type: "push", name, interval: 3600, retryInterval: 3600, maxretries: 0, pushToken: token,
    accepted_statuscodes: ["200-299"], notificationIDList: {},
  };
  return (await ask("add", monitor)).monitorID;
}

const stranger = async (url) => (await fetch(`${url}/status/corner-shop`)).text();
const handle = (page, name) => page.getByRole("button", { name, exact: true });
const tab = (page, name) => page.getByRole("radio", { name, exact: true }).click();
const field = (page, name) => page.getByRole("region", { name: "Settings" }).getByLabel(name, { exact: true });

async function create(page) {
  await page.getByRole("link", { name: "Taken", exact: true }).waitFor();
  await page.getByRole("link", { name: "New status page" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Title/).fill("Corner Shop");
  check((await dialog.getByLabel(/^Slug/).inputValue()) === "corner-shop", "no slug was suggested");
  await dialog.getByLabel(/^Slug/).fill("taken");
  await page.keyboard.press("Enter");
  await dialog.getByText("Another status page has this slug.").waitFor();
  await dialog.getByLabel(/^Slug/).fill("corner-shop");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Corner Shop" }).waitFor();
}

async function addGroup(page, name, ...monitors) {
  await page.getByRole("button", { name: "Add group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name of the group").fill(name);
  await dialog.getByRole("combobox", { name: "Add monitors" }).focus();
  for (const monitor of monitors) {
    await page.keyboard.type(monitor.slice(0, 4));
    await page.getByRole("option", { name: monitor }).waitFor();
    await page.keyboard.press("Enter");
  }
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Done" }).click();
}

async function fill(page) {
  await addGroup(page, "Shop", "Front door", "Till");
  await handle(page, "Front door, 1 of 2 in Shop").waitFor();
  await addGroup(page, "Post", "Letters");
  await handle(page, "Letters, 1 of 1 in Post").waitFor();
}

async function move(page) {
  await handle(page, "Front door, 1 of 2 in Shop").focus();
  await page.keyboard.press("ArrowDown");
  await handle(page, "Front door, 2 of 2 in Shop").waitFor();
  await handle(page, "Group Post, 2 of 2").focus();
  await page.keyboard.press("ArrowUp");
  await handle(page, "Group Post, 1 of 2").waitFor();
  await handle(page, "Letters, 1 of 1 in Post").waitFor();
  await shown(page, ["Post", "Shop"]);
  await drag(page, "Till, 1 of 2 in Shop", "Letters, 1 of 1 in Post");
  await handle(page, "Till, 1 of 2 in Post").waitFor();
  await shown(page, ["Post", "Shop"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await handle(page, "Till, 1 of 2 in Shop").waitFor();
  await page.getByRole("button", { name: "Redo" }).click();
  await handle(page, "Till, 1 of 2 in Post").waitFor();
  await expectAccessible(page, "the editor of a status page");
}

/** What the preview shows is what was done. */
async function shown(page, groups) {
  await page.waitForFunction((wanted) => [...document.querySelectorAll("iframe:not(.back)")].some((frame) => {
    const found = [...frame.contentDocument.querySelectorAll("[data-group-id] h2")].map((one) => one.textContent);
    return JSON.stringify(found) === JSON.stringify(wanted);
  }), groups);
}

async function drag(page, what, where) {
  const from = await handle(page, what).boundingBox();
  const to = await handle(page, where).boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height, { steps: 4 });
  await page.mouse.move(to.x + to.width / 2, to.y + 2, { steps: 4 });
  await page.mouse.up();
}

/** As a finger does it: the browser scrolls where the page does not say that it drags. */
async function dragByFinger(page, what, where) {
  // What was moved before is where the preview shows it.
  await page.waitForFunction((names) => {
    const [from, to] = names.map((name) => document.querySelector(`[aria-label="${name}"]`)?.getBoundingClientRect().y);
    return from > to;
  }, [what, where]);
  const from = await handle(page, what).boundingBox();
  const to = await handle(page, where).boundingBox();
  const session = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
  const x = from.x + from.width / 2;
  const [start, end] = [from.y + from.height / 2, to.y + 2];
  await touch("touchStart", { x, y: start });
  for (let step = 1; step <= 8; step += 1) await touch("touchMove", { x, y: start + ((end - start) * step) / 8 });
  await touch("touchEnd");
  await session.detach();
}

/** A bitmap without compression. */
function bitmap() {
  const bytes = Buffer.alloc(54 + SIDE * SIDE * 3, 0x7f);
  bytes.write("BM");
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(0, 6);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(SIDE, 18);
  bytes.writeInt32LE(SIDE, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.fill(0, 30, 54);
  return bytes;
}

async function dress(page) {
  await tab(page, "Look");
  await field(page, "Theme").selectOption("dark");
  const chooser = page.locator("input[type=file]");
  await chooser.setInputFiles({ name: "no.png", mimeType: "image/png", buffer: Buffer.from("not a picture") });
  await page.getByText("no.png is not a picture").waitFor();
  await chooser.setInputFiles({ name: "sign.bmp", mimeType: "image/bmp", buffer: bitmap() });
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Enlarge").fill("2");
  await dialog.getByRole("img").focus();
  await page.keyboard.press("ArrowLeft");
  await expectAccessible(page, "cutting a logo");
  await dialog.getByRole("button", { name: "Use it" }).click();
  await field(page, "Custom CSS").fill("h1 { text-decoration: underline } @import 'http://127.0.0.1:9/x.css';");
  await tab(page, "Texts");
  await field(page, "Description").fill("All **day** <script>alert(1)</script>");
  await page.waitForFunction(() => [...document.querySelectorAll("iframe:not(.back)")].some((frame) => {
    const shop = frame.contentDocument;
    return shop.querySelector(".logo, header img")?.naturalWidth === 256
      && shop.querySelector("strong")?.textContent === "day" && shop.documentElement.dataset.theme === "dark";
  }));
  // The policy stops what a style sheet would load from elsewhere, and the browser says so.
  page.problems = page.problems.filter((text) => !text.includes("127.0.0.1:9"));
  await handle(page, "Front door, 1 of 1 in Shop").click();
  await page.getByRole("dialog").getByText("Show the latest response time").click();
  await page.getByRole("button", { name: "Done" }).click();
}

async function save(page, url) {
  check(!(await stranger(url)).includes("Letters"), "a draft is seen by strangers");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  const text = await stranger(url);
  const order = ["Post", "Till", "Letters", "Shop", "Front door"].map((word) => text.indexOf(`>${word}<`));
  check(order.every((place, index) => place > (order[index - 1] ?? 0)), `strangers see another order: ${order}`);
  const logo = /src="(\/upload\/[^"]+)"/.exec(text)?.[1];
  check(logo && (await fetch(url + logo)).headers.get("content-type") === "image/png", "strangers see no logo");
  check(!text.includes("<script>alert"), "a script came through");
}

/** Several monitors as one service, by a rule; only what the rule says is told. */
async function combine(page, url) {
  await handle(page, "Group Shop, 2 of 2").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add component" }).click();
  const components = dialog.getByRole("region", { name: "Components" });
  await components.getByLabel("Name of the component").fill("Counter");
  const monitors = components.getByRole("combobox", { name: "Monitors" });
  for (const name of ["Till", "Letters"]) {
    await monitors.fill(name);
    await page.getByRole("option", { name }).waitFor();
    await page.keyboard.press("Enter");
  }
  await components.getByLabel("It is up when").selectOption({ label: "one is up" });
  await expectAccessible(page, "a component in the editor");
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").last().waitFor();
  const row = async () => /data-component-id.*?<\/li>/s.exec(await stranger(url))?.[0] ?? "";
  const say = async (name, status) => {
    const answer = await fetch(`${url}/api/push/${tokenOf(name)}?status=${status}`);
    check(answer.ok, `${name} could not be said to be ${status}`);
  };
  await say("Till", "down");
  await say("Letters", "up");
  await until(async () => (await row()).includes("Counter") && (await row()).includes(">Up<"), "one is up");
  await say("Letters", "down");
  await until(async () => (await row()).includes(">Down<"), "all are down");
  await say("Letters", "up");
  await say("Till", "up");
}

async function until(holds, words) {
  for (let tries = 0; !(await holds()) && tries < 1200; tries += 1) await new Promise((go) => setTimeout(go, 50));
  check(await holds(), `strangers are not told that ${words}`);
}

/** A password and a link, set in the editor; a stranger is refused, and let in. */
async function protect(browser, page, url) {
  await tab(page, "Access");
  await page.getByText("Protect the page").first().click();
  await page.getByText("it is as if it did not exist").waitFor();
  const seen = await openPage(browser, { viewport: { width: 390, height: 844 } });
  const at = `${url}/status/corner-shop`;
  check((await fetch(at)).status === 404, "a page that nothing opens is there");
  const panel = page.getByRole("region", { name: "Settings" });
  await panel.getByLabel("Password", { exact: true }).fill("short");
  await panel.getByRole("button", { name: "Set password" }).click();
  await panel.locator("[aria-invalid=true]").waitFor();
  await panel.getByLabel("Password", { exact: true }).fill("open-Sesame-1");
  await panel.getByRole("button", { name: "Set password" }).click();
  await page.getByText("A password opens the page.").waitFor();
  await seen.goto(at);
  check(!(await seen.content()).includes("Corner Shop"), "strangers learn its title");
  await seen.getByLabel("Password").fill("open-Sesame-1");
  await seen.getByRole("button", { name: "Show the page" }).click();
  await seen.getByRole("heading", { name: "Corner Shop" }).waitFor();
  await seen.context().clearCookies();
  await page.getByRole("button", { name: "New link" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Name/).fill("Partners");
  await dialog.getByRole("button", { name: "New link" }).click();
  const link = await dialog.getByLabel("Link").inputValue();
  await seen.goto(link);
  await seen.getByRole("heading", { name: "Corner Shop" }).waitFor();
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByText("Partners", { exact: true }).waitFor();
  await expectAccessible(page, "who may see a page");
  await page.getByText("Protect the page").first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Open to everybody" }).click();
  await panel.getByLabel("Password", { exact: true }).waitFor({ state: "detached" });
  check((await stranger(url)).includes("Corner Shop"), "the page stays closed");
  await seen.context().close();
}

/** What the preview shows of the incident that is being written. */
const previewed = (page, selector, text) => page.waitForFunction(([at, words]) =>
  [...document.querySelectorAll("iframe:not(.back)")].some((frame) =>
    frame.contentDocument.querySelector(at)?.textContent.includes(words)), [selector, text]);

async function announce(page, url) {
  await tab(page, "Incidents");
  await page.getByRole("button", { name: "New incident" }).click();
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await page.getByText("This field is required.").first().waitFor();
  const panel = page.getByRole("region", { name: "Settings" });
  await panel.getByLabel(/^Title/).fill("Key lost");
  await panel.getByLabel(/^Text/).fill("We are *looking*.");
  await panel.getByRole("combobox", { name: "Affected services" }).fill("Till");
  await page.getByRole("option", { name: "Till" }).waitFor();
  await page.keyboard.press("Enter");
  await previewed(page, "[data-incident-id='0'] em", "looking");
  await previewed(page, "[data-incident-id='0'] .affects", "Till");
  await expectAccessible(page, "the form of an incident");
  check(!(await stranger(url)).includes("Key lost"), "an incident was told before it was posted");
  await page.getByRole("button", { name: "Post", exact: true }).click();
  const current = panel.getByRole("region", { name: "Current" });
  await current.getByText(/^Investigating · On the page/).waitFor();
  const told = await stranger(url);
  check(told.includes("<em>looking</em>") && told.includes("Affects Till"), "strangers are not told");
  await goOn(page, url, panel, current);
  await expectAccessible(page, "incidents");
}

/** An update is written, mended, taken back; the last one ends the incident. */
async function goOn(page, url, panel, current) {
  await current.getByRole("button", { name: "Add update" }).click();
  check((await panel.getByLabel("State", { exact: true }).inputValue()) === "identified", "no state is suggested");
  await panel.getByLabel(/^Text/).fill("It is in the **drawr**.");
  await previewed(page, ".step.identified strong + time + div strong, .step.identified div strong", "drawr");
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await current.getByText(/^Identified · On the page/).waitFor();
  await current.getByRole("button", { name: /^Actions for Identified/ }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await panel.getByLabel(/^Text/).fill("It is in the **drawer**.");
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await current.getByText("It is in the **drawer**.").waitFor();
  check((await stranger(url)).includes("<strong>drawer</strong>"), "strangers still read what was mended");
  await current.getByRole("button", { name: /^Actions for Identified/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await current.getByText(/^Investigating · On the page/).waitFor();
  await current.getByRole("button", { name: "Add update" }).click();
  await panel.getByLabel("State", { exact: true }).selectOption("resolved");
  await panel.getByLabel(/^Text/).fill("Found.");
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await panel.getByRole("region", { name: "Ended" }).getByText(/^Resolved/).first().waitFor();
  check(!(await stranger(url)).includes('id="incidents"'), "what is over is still on top of the page");
}

async function refuse(page) {
  await tab(page, "Texts");
  await page.getByLabel(/^Slug/).fill("taken");
  await page.getByText("Another status page has this slug.").waitFor();
  await page.getByLabel(/^Slug/).fill("corner-shop");
  await page.getByText("Another status page has this slug.").waitFor({ state: "detached" });
}

/** Two at once: the second is told, and chooses. */
async function together(page, ask, url) {
  await page.getByRole("textbox", { name: "Title", exact: true }).fill("Mine");
  const { draft, version } = await ask("statusPage", "corner-shop");
  await ask("putStatusPage", "corner-shop", { ...draft, config: { ...draft.config, title: "Theirs" } }, version);
  await page.getByText("Somebody else has saved this page meanwhile.").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("has saved this page meanwhile").first().waitFor();
  check((await stranger(url)).includes(">Theirs</h1>"), "what others saved was overwritten in silence");
  await page.getByRole("button", { name: "Save mine" }).click();
  await page.getByRole("button", { name: "Save mine" }).waitFor({ state: "detached" });
  check((await stranger(url)).includes(">Mine</h1>"), "what was saved on purpose is not there");
}

async function goBack(page, url) {
  await tab(page, "Versions");
  await page.getByText("Title: Theirs → Mine.").waitFor();
  await expectAccessible(page, "versions");
  await page.getByRole("button", { name: "Open in the editor" }).nth(1).click();
  await page.getByRole("heading", { name: "Corner Shop" }).waitFor();
  check((await stranger(url)).includes(">Mine</h1>"), "a version that is looked at is published");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Title: Mine → Corner Shop.").waitFor();
  await page.getByRole("button", { name: "Undo", exact: true }).last().click();
  await page.getByText("It is as it was before.").waitFor();
  check((await stranger(url)).includes(">Mine</h1>"), "the save was not undone");
}

async function onAPhone(browser, url) {
  const options = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
  const page = await openPage(browser, options);
  await logIn(page, `${url}/manage-status-page`);
  await page.getByRole("link", { name: "Mine", exact: true }).waitFor();
  await expectNoSidewaysScroll(page, "the list of status pages");
  await expectAccessible(page, "the list of status pages on a phone");
  await page.getByRole("link", { name: "Mine", exact: true }).tap();
  await handle(page, "Till, 1 of 2 in Post").tap();
  await page.getByRole("button", { name: "Move down" }).tap();
  await page.getByRole("button", { name: "Done" }).tap();
  await handle(page, "Till, 2 of 2 in Post").waitFor();
  await dragByFinger(page, "Till, 2 of 2 in Post", "Letters, 1 of 2 in Post");
  await handle(page, "Till, 1 of 2 in Post").waitFor();
  await expectNoSidewaysScroll(page, "the editor");
  await expectAccessible(page, "the editor on a phone");
  await tab(page, "Settings");
  await expectNoSidewaysScroll(page, "the settings of a page");
  page.problems = page.problems.filter((text) => !text.includes("127.0.0.1:9"));
  check(page.problems.length === 0, `the phone complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

async function remove(page, url) {
  await page.getByRole("button", { name: "Actions for Mine" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL(/manage-status-page$/);
  await page.getByRole("link", { name: "Mine", exact: true }).waitFor({ state: "detached" });
  check((await fetch(`${url}/status/corner-shop`)).status === 404, "a deleted page is still there");
  page.problems = page.problems.filter((text) => !text.includes("127.0.0.1:9"));
}
