/** Servers: a token, samples pushed with it, the list, charts, comparisons, a threshold that alerts, the token revoked. */
import { check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const GB = 1e9;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const SLOW_MS = 10_000;

/** Samples of one machine at some moments, as an agent sends them. `cpu` in percent. */
function report(moments, cpu, hostname = "journey-host") {
  const metrics = moments.flatMap((ms) => {
    const timestamp = new Date(ms).toISOString();
    const seconds = Math.floor(ms / 1000);
    return [
      { metric: "cpu_used", value: (cpu / 100) * 4 * 1024, timestamp },
      { metric: "mem_used_b", value: 5.5 * GB, timestamp },
      { metric: "disk_used_b", value: 320 * GB, timestamp },
      { metric: "load_1", value: (cpu / 100) * 4, timestamp },
      { metric: "net_recv_b", value: seconds * 120_000, timestamp },
    ];
  });
  const attributes = {
    motherboard_id: `board of ${hostname}`,
    hostname,
    operating_system: "Debian GNU/Linux 13",
    cpu_cores: 4,
    memory_total_bytes: 16 * GB,
    disk_total_bytes: 500 * GB,
    uptime: 90_000,
  };
  const processes = [{ name: "postgres", pid: 812, cpu: 12.5, memory: 800e6 }];
  return { agent_version: "1.0.0", attributes, metrics, processes };
}

async function push(url, token, body) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const response = await fetch(`${url}/api/v1/server_metrics`, { method: "POST", headers, body: JSON.stringify(body) });
  return response.status;
}

export async function servers(browser, url) {
  const page = await openPage(browser);
  await logIn(page, `${url}/servers`);
  const token = await createToken(page);
  const now = Date.now();
  const past = Array.from({ length: 30 }, (_, index) => now - (31 - index) * MINUTE_MS);
  const dayBefore = past.map((ms) => ms - DAY_MS);
  check((await push(url, token, report(dayBefore, 10))) === 201, "samples of the day before were not taken");
  check((await push(url, token, report(past, 30))) === 201, "samples were not taken");
  await lookAtList(page);
  await lookAtServer(page);
  check((await push(url, token, report(past, 55, "journey-other"))) === 201, "samples of another were not taken");
  await compareSpans(page);
  await compareServers(page);
  await setThreshold(page);
  check((await push(url, token, report([now], 90))) === 201, "samples were not taken");
  await handleAlert(page);
  await fitsAPhone(browser, url);
  await revoke(page, url, token, now);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

async function createToken(page) {
  await page.getByRole("heading", { name: "Watch a server from the inside" }).waitFor();
  const install = page.getByRole("textbox", { name: "Install the agent on the server" });
  await install.waitFor();
  await expectAccessible(page, "the empty list of servers");
  await page.getByLabel("Name", { exact: true }).fill("journey-agent");
  await page.getByRole("button", { name: "Create token" }).click();
  const token = await page.getByRole("textbox", { name: "Token" }).inputValue();
  const line = await install.inputValue();
  check(token.startsWith("klp_"), `a token looks like ${token.slice(0, 4)}…`);
  check(line.includes(`--token ${token}`) && line.includes("http"), "the install line lacks the token or the address");
  return token;
}

async function lookAtList(page) {
  await page.getByRole("link", { name: "journey-host" }).waitFor({ timeout: SLOW_MS });
  // The samples of the day before came first.
  await page.locator('[role=meter][aria-label=CPU][aria-valuenow="30"]').waitFor({ timeout: SLOW_MS });
  check((await page.getByRole("meter", { name: "Disk" }).getAttribute("aria-valuenow")) === "64", "disk is not at 64 %");
  await expectAccessible(page, "the list of servers");
  await page.locator("body").press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "journey-host" }).waitFor();
}

async function lookAtServer(page) {
  const chart = page.getByRole("img", { name: /^CPU: CPU 30%/ });
  await chart.waitFor({ timeout: SLOW_MS });
  await page.getByRole("img", { name: /^Network: Network in 120 kB\/s/ }).waitFor();
  await page.getByRole("cell", { name: "postgres" }).waitFor();
  await expectAccessible(page, "the page of a server");
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+/);
  await page.getByRole("button", { name: "Back to live" }).click();
  await page.waitForURL((address) => !address.search.includes("from="));
  await page.getByRole("radio", { name: "1 h" }).click();
  await page.waitForURL(/range=1/);
}

const sectionOf = (page, title) => page.locator("section").filter({ has: page.getByRole("heading", { name: title }) });

async function expectLegend(page, title, name, value) {
  const row = sectionOf(page, title).getByRole("listitem").filter({ hasText: name });
  await row.filter({ hasText: value }).waitFor({ timeout: SLOW_MS });
}

async function compareSpans(page) {
  const choice = page.getByRole("combobox", { name: "Compare with" });
  await choice.selectOption({ label: "a day earlier" });
  await page.waitForURL(/compare=day/);
  await expectLegend(page, "CPU", "this span", "30%");
  await expectLegend(page, "CPU", "a day earlier", "10%");
  await page.getByRole("img", { name: /^CPU: this span 30%, a day earlier 10%/ }).waitFor();
  await page.getByRole("img", { name: /^Network in: this span 120 kB\/s/ }).waitFor();
  await expectAccessible(page, "a server beside its day before");
  await page.reload();
  await expectLegend(page, "CPU", "a day earlier", "10%");
  await page.getByRole("radio", { name: "24 h" }).click();
  await choice.selectOption({ label: "the span before" });
  await page.waitForURL(/compare=previous/);
  await expectLegend(page, "CPU", "the span before", "10%");
  // What is pointed at has its time, of now and of then.
  const box = await page.getByRole("img", { name: /^CPU: this span/ }).boundingBox();
  await page.mouse.move(box.x + box.width - 16, box.y + 60);
  await expectLegend(page, "CPU", "this span", "30%");
  await expectLegend(page, "CPU", "the span before", /10%.*\d\d:\d\d:\d\d/);
  await page.getByRole("radio", { name: "1 h" }).click();
  await expectLegend(page, "CPU", "the span before", "–");
}

async function compareServers(page) {
  await page.getByRole("combobox", { name: "Compare with" }).selectOption({ label: "other servers" });
  const search = page.getByRole("combobox", { name: "Add a server" });
  await search.focus();
  await page.keyboard.type("other");
  await page.getByRole("option", { name: "journey-other" }).waitFor();
  await expectAccessible(page, "the search for a server to compare with");
  await page.keyboard.press("Enter");
  await page.waitForURL(/compare=[0-9a-f]{8}-/);
  await expectLegend(page, "CPU", "journey-host", "30%");
  await expectLegend(page, "CPU", "journey-other", "55%");
  await expectLegend(page, "Load · 1 min", "journey-other", "2.2");
  await expectAccessible(page, "two servers beside each other");
  const known = page.url();
  await page.goto(known.replace("compare=", "compare=00000000-0000-4000-8000-000000000000,"));
  await expectLegend(page, "CPU", "journey-other", "55%");
  check((await page.getByRole("alert").filter({ hasText: /\S/ }).count()) === 0, "a server that is gone is an error");
  await page.getByRole("button", { name: "Remove journey-other" }).press("Enter");
  await page.getByRole("img", { name: /^CPU: CPU 30%/ }).waitFor();
  check(await search.evaluate((input) => input === document.activeElement), "the focus was lost with the server");
  await page.getByRole("combobox", { name: "Compare with" }).selectOption({ label: "nothing" });
  await page.waitForURL((address) => !address.search.includes("compare="));
}

async function setThreshold(page) {
  await page.getByRole("radio", { name: "Alerts" }).click();
  const cpu = page.getByRole("group", { name: "CPU" });
  await cpu.getByLabel("above").fill("140");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await cpu.getByText("The threshold of CPU goes from 0 to 100 %.").waitFor();
  check(await cpu.getByLabel("above").evaluate((one) => one === document.activeElement), "what is wrong has no focus");
  await cpu.getByLabel("above").fill("50");
  await cpu.getByLabel("for").fill("0");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  await expectAccessible(page, "the alert settings of a server");
}

async function handleAlert(page) {
  const open = page.locator("section").filter({ has: page.getByRole("heading", { name: "Open alerts" }) });
  await open.getByText(/CPU is at 90/).waitFor({ timeout: SLOW_MS });
  await open.getByRole("button", { name: "Acknowledge" }).click();
  await open.getByText("acknowledged by admin").waitFor();
  await open.getByRole("button", { name: "Snooze" }).click();
  await page.getByRole("menuitem", { name: "Snooze for 1 h" }).click();
  await open.getByText(/snoozed until/).waitFor();
  await expectAccessible(page, "a server with an alert");
  await page.getByRole("link", { name: "Back to the servers" }).click();
  await page.getByText("CPU above its threshold", { exact: true }).waitFor();
}

async function fitsAPhone(browser, url) {
  const options = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
  const page = await openPage(browser, options);
  await logIn(page, url);
  for (const path of ["/settings/tokens", "/servers"]) {
    await page.goto(url + path);
    await page.getByText(/journey-(host|agent)/).first().waitFor();
    await expectNoSidewaysScroll(page, path);
    await expectAccessible(page, `${path} on a phone`);
  }
  await page.getByRole("link", { name: "journey-host" }).tap();
  await page.getByRole("img", { name: /^CPU: CPU 90%/ }).waitFor();
  await expectNoSidewaysScroll(page, "a server");
  await expectAccessible(page, "a server on a phone");
  await page.getByRole("combobox", { name: "Compare with" }).selectOption({ label: "other servers" });
  await page.getByRole("combobox", { name: "Add a server" }).tap();
  await expectNoSidewaysScroll(page, "the search for a server");
  await page.getByRole("option", { name: "journey-other" }).tap();
  await page.getByRole("img", { name: /^CPU: journey-host 90%, journey-other 55%/ }).waitFor();
  await expectNoSidewaysScroll(page, "two servers");
  await expectAccessible(page, "two servers on a phone");
  check(page.problems.length === 0, `the phone complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

async function revoke(page, url, token, now) {
  await page.goto(`${url}/settings/tokens`);
  await page.getByText(/used (now|\d+[sm] ago)/).waitFor();
  const sites = page.getByLabel("Sites whose pages may use the API");
  await sites.fill("shop.example");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/^shop\.example is not the origin/).waitFor();
  await expectAccessible(page, "the tokens");
  await page.getByRole("button", { name: "Remove shop.example" }).click();
  await sites.fill("https://shop.example");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("button", { name: "Revoke journey-agent" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("No token yet.").waitFor();
  check((await push(url, token, report([now + 1000], 30))) === 401, "a revoked token still reports");
}
