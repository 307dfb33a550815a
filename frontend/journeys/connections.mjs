/** Proxies, Docker hosts, remote browsers, tags and API keys: made, edited, used by a monitor and removed. */
import { createServer } from "node:http";
import { check, expectAccessible, expectNoSidewaysScroll, logIn, openPage, Target } from "./lib.mjs";

const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

export async function connections(browser, url) {
  const page = await openPage(browser);
  const asked = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url);
    response.end("through a proxy");
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const daemon = createServer(answerAsDocker);
  await new Promise((resolve) => daemon.listen(0, "127.0.0.1", resolve));
  const target = new Target();
  const address = await target.start();
  try {
    await logIn(page, `${url}/settings/connections`);
    await allEmpty(page);
    await useProxy(page, url, proxy.address().port, asked);
    await useDockerHost(page, url, daemon.address().port);
    await useRemoteBrowser(page, url);
    await groupAndNotification(page, url, address);
    for (const name of ["elsewhere.invalid", "Web container", "Looked at"]) await removeMonitor(page, url, name);
    check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  } finally {
    await page.context().close();
    for (const server of [proxy, daemon]) {
      server.close();
      server.closeAllConnections();
    }
    await target.stop();
  }
}

/** Two containers, one of which says by its labels what is to be watched; events never come. */
function answerAsDocker(request, response) {
  if (request.url.startsWith("/events")) return response.flushHeaders();
  const labels = { "kuma.kiosk.http.name": "Kiosk", "kuma-lite.kiosk.http.url": "http://127.0.0.1:1/" };
  const named = (name, Labels) => ({ Id: name, Names: [`/${name}`], Image: "shop:1", State: "running", Labels });
  return response.end(JSON.stringify([named("web", {}), named("kiosk", labels)]));
}

const section = (page, name) =>
  page.locator("section").filter({ has: page.getByRole("heading", { name, exact: true, level: 2 }) });

async function inBothThemes(page, where) {
  const before = page.viewportSize();
  for (const [width, colorScheme] of [[before.width, "light"], [390, "dark"]]) {
    await page.setViewportSize({ ...before, width });
    await page.emulateMedia({ colorScheme });
    await expectNoSidewaysScroll(page, `${where} at ${width} px`);
    await expectAccessible(page, `${where} at ${width} px, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
}

async function allEmpty(page) {
  for (const name of ["Proxies", "Docker hosts", "Remote browsers"]) await section(page, name).waitFor();
  await section(page, "Proxies").getByRole("button", { name: "New proxy" }).waitFor();
  await inBothThemes(page, "connections without anything");
}

async function remove(page, name, ...says) {
  await page.getByRole("button", { name: `Delete ${name}` }).click();
  const dialog = page.getByRole("dialog");
  for (const text of says) await dialog.getByText(text).waitFor();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: `Delete ${name}` }).waitFor({ state: "detached" });
}

async function removeMonitor(page, url, name) {
  await page.goto(`${url}/dashboard`);
  await page.getByRole("link", { name: new RegExp(name) }).first().click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor({ state: "detached" });
}

async function saveMonitor(page, name) {
  await page.locator("form.frame").getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

async function useProxy(page, url, port, asked) {
  await section(page, "Proxies").getByRole("button", { name: "New proxy" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("This field is required.").first().waitFor();
  await dialog.getByLabel(/^Host/).fill("127.0.0.1");
  await dialog.getByLabel(/^Port/).fill(String(port));
  await dialog.getByRole("switch", { name: "Authentication" }).check({ force: true });
  await dialog.getByLabel("User name").fill("somebody");
  await dialog.getByLabel("Password", { exact: true }).fill("proxy-word");
  check((await dialog.locator("[data-field=protocol] .input").count()) === 1, "the protocol has more than one control");
  await dialog.getByLabel("Address for the test").fill("http://somewhere.invalid/x");
  await inBothThemes(page, "the dialog of a proxy");
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText(/^200 OK in /).waitFor();
  check(asked.includes("http://somewhere.invalid/x"), `the proxy was asked for ${asked}`);
  await dialog.getByRole("button", { name: "Save" }).click();
  await section(page, "Proxies").getByText(`127.0.0.1:${port}`).waitFor(); // a monitor may have had that port

  await page.getByRole("button", { name: `Edit 127.0.0.1:${port}` }).click();
  const password = dialog.getByLabel("Password", { exact: true });
  check((await password.inputValue()) === "", "a stored password is shown");
  check((await password.getAttribute("placeholder")).startsWith("Stored"), "nobody is told that a password is stored");
  await dialog.getByRole("switch", { name: /^Default/ }).check({ force: true });
  await dialog.getByRole("button", { name: "Save" }).click();
  await section(page, "Proxies").getByText("Default").waitFor();
  await inBothThemes(page, "a list of proxies");

  await page.goto(`${url}/add?type=http`);
  await page.getByLabel(/^URL/).fill("http://elsewhere.invalid/");
  await saveMonitor(page, "elsewhere.invalid");
  await page.locator("#detail").locator(".state b").filter({ hasText: "Up" }).waitFor();
  check(asked.includes("http://elsewhere.invalid/"), "the monitor did not go through the default proxy");
  await page.goto(`${url}/settings/connections`);
  await section(page, "Proxies").getByText("used by one monitor").waitFor();
  await remove(page, `127.0.0.1:${port}`, /elsewhere\.invalid/);
}

async function useDockerHost(page, url, port) {
  await page.goto(`${url}/add?type=docker`);
  await page.getByLabel(/^Container/).first().fill("web");
  await page.getByRole("button", { name: "New Docker host" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Name/).fill("Cellar");
  await dialog.getByLabel("Connection type").selectOption("tcp");
  await dialog.getByLabel("Docker daemon").fill(`http://127.0.0.1:${port}`);
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText("Amount of containers: 2").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  const chosen = page.getByLabel(/^Docker host/);
  check((await chosen.locator("option:checked").textContent()) === "Cellar", "what was made is not chosen");
  await expectAccessible(page, "the form after a Docker host was made in it");
  await page.getByLabel(/^Name/).fill("Web container");
  await saveMonitor(page, "Web container");
  await page.goto(`${url}/settings/connections`);
  await section(page, "Docker hosts").getByText("used by one monitor").waitFor();
  await page.getByRole("button", { name: "Edit Cellar" }).click();
  await dialog.getByLabel(/^Name/).fill("Attic");
  await dialog.getByRole("button", { name: "Save" }).click();
  await section(page, "Docker hosts").getByText("Attic").waitFor();
  await labelled(page, url);
  await remove(page, "Attic", /Web container/);
  await removeMonitor(page, url, "Kiosk");
}

/** What containers say of themselves becomes monitors, and whoever edits one is told where it comes from. */
async function labelled(page, url) {
  await page.getByRole("button", { name: "Edit Attic" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("switch", { name: "Containers make monitors" }).check({ force: true });
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.goto(`${url}/dashboard`);
  await page.getByRole("link", { name: /Kiosk/ }).first().click();
  await page.getByRole("link", { name: "Edit" }).click();
  const note = page.getByRole("note").filter({ hasText: "Managed by the file" });
  await note.getByText(/Docker host \d/).waitFor();
  await inBothThemes(page, "the form of a monitor that a file manages");
  await page.getByLabel(/^Description/).fill("Changed by hand");
  await saveMonitor(page, "Kiosk");
  await page.goto(`${url}/settings/connections`);
}

async function useRemoteBrowser(page, url) {
  await page.goto(`${url}/add?type=real-browser`);
  await page.getByRole("button", { name: "New remote browser" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Name/).fill("Farm");
  await dialog.getByLabel(/^Address/).fill("ws://127.0.0.1:1/?token=rented");
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText(/ECONNREFUSED/).waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  const chosen = page.getByLabel(/^Remote browser/i);
  check((await chosen.locator("option:checked").textContent()) === "Farm", "what was made is not chosen");
  await page.getByLabel(/^URL/).fill("http://127.0.0.1:1/");
  await page.getByLabel(/^Name/).fill("Looked at");
  await saveMonitor(page, "Looked at");
  await page.goto(`${url}/settings/connections`);
  await page.getByText("Farm").waitFor();
  check(!(await page.locator("main").textContent()).includes("rented"), "the list shows a secret");
  await page.getByRole("button", { name: "Edit Farm" }).click();
  await dialog.getByLabel(/^Name/).fill("Far farm");
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText(/ECONNREFUSED 127\.0\.0\.1:1/).waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Far farm").first().waitFor();
  await remove(page, "Far farm", /Looked at/);
  await section(page, "Remote browsers").getByRole("button", { name: "New remote browser" }).waitFor();
}

async function groupAndNotification(page, url, address) {
  await page.goto(`${url}/add?type=http`);
  await page.getByLabel(/^URL/).fill(address);
  await page.getByLabel(/^Name/).first().fill("Made whole");
  await page.getByRole("button", { name: "New group" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Name/).fill("Made here");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await page.waitForFunction(() => [...document.querySelectorAll("aside input")].some((one) => one.value === "Made here"));
  await page.getByRole("button", { name: /Add notification|Set up the first one/ }).click();
  await dialog.getByLabel("Service").click();
  await page.keyboard.type("webhook");
  await page.keyboard.press("Enter");
  await dialog.getByLabel(/^Name/).fill("Made hook");
  await dialog.getByLabel(/URL/).first().fill("http://127.0.0.1:9/hook");
  await dialog.getByRole("button", { name: "Save" }).click();
  const chosen = page.getByRole("switch", { name: "Made hook" });
  await chosen.waitFor({ state: "attached" });
  check(await chosen.isChecked(), "the notification made here is not chosen");
  check((await page.getByLabel(/^URL/).inputValue()) === address, "the form lost what was typed");
  await saveMonitor(page, "Made whole");
  await page.goto(`${url}/settings/notifications`);
  await remove(page, "Made hook", /Made whole/);
}

export async function tags(browser, url) {
  const page = await openPage(browser);
  const target = new Target();
  const address = await target.start();
  try {
    await logIn(page, `${url}/settings/tags`);
    await page.getByText("Tags sort monitors").waitFor();
    await inBothThemes(page, "the tags without any");
    await page.getByRole("button", { name: "New tag" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Name/).fill("team");
    await dialog.getByRole("radio", { name: "Pink" }).check({ force: true });
    check((await dialog.getByLabel("Own colour").inputValue()) === "#db2777", "the colour chosen is not written down");
    await dialog.getByLabel("Own colour").fill("pinkish");
    await dialog.getByText("A hex code").waitFor();
    await dialog.getByLabel("Own colour").fill("#123abc");
    await inBothThemes(page, "the dialog of a tag");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("on no monitor").waitFor();
    await tagsInTheForm(page, url, address);
    await manyAtOnce(page, url);
    await longList(page, url);
    for (const name of ["crew", "place"]) await remove(page, name);
    check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  } finally {
    await page.context().close();
    await target.stop();
  }
}

async function tagsInTheForm(page, url, address) {
  await page.goto(`${url}/add?type=http`);
  await page.getByLabel(/^URL/).fill(address);
  await page.getByLabel(/^Name/).first().fill("Tagged");
  await page.getByLabel("Add a tag").click();
  await page.keyboard.type("tea");
  await page.keyboard.press("Enter");
  await page.getByLabel("Value of team").fill("blue");
  await page.getByRole("button", { name: "New tag" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Name/).fill("place");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Remove place" }).waitFor();
  await inBothThemes(page, "tags in the form");
  await saveMonitor(page, "Tagged");
  const banner = page.locator("#detail .state");
  await banner.getByText("team: blue").waitFor();
  await banner.getByText("place", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Remove place" }).click();
  await saveMonitor(page, "Tagged");
  await banner.getByText("team: blue").waitFor();
  await banner.getByText("place", { exact: true }).waitFor({ state: "detached" });
}

async function manyAtOnce(page, url) {
  await page.goto(`${url}/settings/tags`);
  await page.getByRole("button", { name: "Edit team" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Name/).fill("crew");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Monitors with crew" }).click();
  await dialog.getByText("One monitor chosen").waitFor();
  await dialog.getByRole("searchbox").fill("tagged");
  const box = dialog.getByRole("checkbox", { name: "Tagged" });
  check(await box.isChecked(), "what carries the tag is not chosen");
  await box.uncheck();
  await dialog.getByRole("searchbox").fill("");
  const journey = dialog.getByRole("checkbox", { name: /^Journey/ });
  await journey.first().check();
  await dialog.getByLabel("Value").fill("red");
  await inBothThemes(page, "the monitors of a tag");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "1 monitor" }).click();
  await page.waitForURL(/tag=crew/);
  await page.getByRole("link", { name: /Journey/ }).first().waitFor();
}

async function longList(page, url) {
  await page.goto(`${url}/settings/tags`);
  await page.getByRole("button", { name: "Monitors with place" }).waitFor();
  await page.getByRole("link", { name: "1 monitor" }).waitFor();
  await page.goto(`${url}/dashboard?q=tagged`);
  await page.getByRole("link", { name: /Tagged/ }).first().click();
  await page.getByRole("link", { name: "Edit" }).click();
  for (const value of ["a", "b", "c", "d", "e", "f", "g"]) {
    await page.getByLabel("Add a tag").click();
    await page.keyboard.type("place");
    await page.keyboard.press("Enter");
    await page.getByLabel("Value of place").fill(value);
  }
  await saveMonitor(page, "Tagged");
  const banner = page.locator("#detail .state");
  await banner.getByRole("button", { name: /show all 7 tags/ }).waitFor();
  check((await banner.locator(".tag").count()) === 5, "more than five tags are shown");
  await inBothThemes(page, "a monitor with many tags");
  await banner.getByRole("button", { name: /show all 7 tags/ }).click();
  check((await banner.locator(".tag").count()) === 7, "not all tags are shown when asked for");
  await page.goto(`${url}/settings/tags`);
}

export async function apiKeys(browser, url) {
  const page = await openPage(browser, PHONE);
  await logIn(page, `${url}/settings/api-keys`);
  await page.getByText("No API key yet.").waitFor();
  await expectAccessible(page, "API keys without any");
  await page.getByRole("button", { name: "Create API key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Name/).fill("Prometheus");
  await dialog.getByLabel("Last day").fill("2099-12-31");
  await expectNoSidewaysScroll(page, "the dialog of a key");
  await dialog.getByRole("button", { name: "Create API key" }).click();
  const key = await dialog.getByLabel("API key").inputValue();
  await expectAccessible(page, "a new key");
  await page.keyboard.press("Escape");
  const warning = page.getByRole("dialog").filter({ hasText: "was not copied" });
  await warning.getByRole("button", { name: "Close" }).last().click();
  await page.getByText(/never expires|expires/).waitFor();
  check(!(await page.content()).includes(key), "the key is shown again");
  const scrape = async () => {
    const given = Buffer.from(`:${key}`).toString("base64");
    return (await fetch(`${url}/metrics`, { headers: { Authorization: `Basic ${given}` } })).status;
  };
  check((await scrape()) === 200, "the key opens nothing");
  await page.reload();
  await page.getByText(/used now|used .* ago/).waitFor();
  await page.getByRole("button", { name: "Disable Prometheus" }).click();
  await page.getByRole("button", { name: "Enable Prometheus" }).waitFor();
  check((await scrape()) === 401, "a key that is switched off still opens");
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `API keys, ${colorScheme}`);
  }
  await expectNoSidewaysScroll(page, "API keys");
  await page.getByRole("button", { name: "Enable Prometheus" }).click();
  await page.getByRole("button", { name: "Disable Prometheus" }).waitFor();
  check((await scrape()) === 200, "a key that is switched on again opens nothing");
  await remove(page, "Prometheus");
  check((await scrape()) === 401, "a key that is gone still opens");
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}
