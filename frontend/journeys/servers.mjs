/** Servers: a token, samples pushed with it, the list, the charts, a threshold that alerts, the token revoked. */
import { check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const GB = 1e9;
const MINUTE_MS = 60_000;
const SLOW_MS = 10_000;

/** Samples of one machine at some moments, as an agent sends them. `cpu` in percent. */
function report(moments, cpu) {
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
    motherboard_id: "journey-1",
    hostname: "journey-host",
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
  check((await push(url, token, report(past, 30))) === 201, "samples were not taken");
  await lookAtList(page);
  await lookAtServer(page);
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
  check((await page.getByRole("meter", { name: "CPU" }).getAttribute("aria-valuenow")) === "30", "CPU is not at 30 %");
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

async function setThreshold(page) {
  await page.getByRole("radio", { name: "Alerts" }).click();
  const cpu = page.getByRole("group", { name: "CPU" });
  await cpu.getByLabel("above").fill("140");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").filter({ hasText: "from 0 to 100" }).waitFor();
  await cpu.getByLabel("above").fill("50");
  await cpu.getByLabel("for").fill("0");
  await page.getByRole("button", { name: "Save" }).click();
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
  check(page.problems.length === 0, `the phone complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

async function revoke(page, url, token, now) {
  await page.goto(`${url}/settings/tokens`);
  await page.getByText(/used (now|\d+s ago)/).waitFor();
  await expectAccessible(page, "the tokens");
  await page.getByRole("button", { name: "Revoke journey-agent" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("No token yet.").waitFor();
  check((await push(url, token, report([now + 1000], 30))) === 401, "a revoked token still reports");
}
