/** Two-factor from the QR code to the log-in and off again, sessions, and a server where nobody logs in. */
import { createHmac } from "node:crypto";
import { account, check, expectAccessible, expectNoSidewaysScroll, logIn, openPage } from "./lib.mjs";

const STEP_S = 30;

/** The code of RFC 6238 for a secret in base 32. */
export function oneTimeCode(secret, now = Date.now()) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const key = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 1000 / STEP_S)));
  const digest = createHmac("sha1", key).update(step).digest();
  const number = digest.readUInt32BE(digest.at(-1) & 0x0f) & 0x7fffffff;
  return String(number % 1e6).padStart(6, "0");
}

const card = (page, name) => page.locator("section").filter({ has: page.getByRole("heading", { name, exact: true }) });

export async function security(browser, url) {
  const page = await openPage(browser);
  await logIn(page, `${url}/settings/security`);
  await card(page, "Two-factor authentication").getByRole("button", { name: "Set up" }).waitFor();
  await expectAccessible(page, "the security settings");
  const secret = await setUpTwoFactor(page);
  const other = await openPage(browser, { colorScheme: "dark", viewport: { width: 390, height: 800 } });
  await logInWithCode(other, url, secret);
  await endOtherSession(page, other);
  await logInWithCode(other, url, secret, 1);
  await switchTwoFactorOff(page);
  await authentication(page, other, url);
  await logOutFromForm(page, url);
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await other.context().close();
  await page.context().close();
}

async function setUpTwoFactor(page) {
  const form = card(page, "Two-factor authentication");
  await form.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Current password").fill("wrong");
  await page.keyboard.press("Enter");
  await dialog.getByRole("alert").filter({ hasText: "Incorrect current password" }).waitFor();
  await dialog.getByLabel("Current password").fill(account.password);
  await page.keyboard.press("Enter");
  await dialog.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
  await expectAccessible(page, "the QR code");
  const secret = await dialog.getByLabel("Secret for the authenticator app").inputValue();
  check(/^[A-Z2-7]{52,}$/.test(secret), `the secret is ${secret.length} characters`);
  await dialog.getByLabel("Two-factor code").fill("000000");
  await page.keyboard.press("Enter");
  await dialog.getByRole("alert").filter({ hasText: "Invalid token." }).waitFor();
  await dialog.getByLabel("Two-factor code").fill(oneTimeCode(secret));
  await page.keyboard.press("Enter");
  await page.getByText("Two-factor authentication is on.").waitFor();
  await form.getByText("kuma-lite user remove-2fa").waitFor();
  return secret;
}

/** Each code opens once: `ahead` steps on is another one that is good already. */
async function logInWithCode(page, url, secret, ahead = 0) {
  await page.goto(`${url}/settings/security`);
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Log in" }).click();
  const code = page.getByLabel("Two-factor code");
  await code.waitFor();
  await expectAccessible(page, "the log-in with a code");
  await code.fill(oneTimeCode(secret, Date.now() + ahead * STEP_S * 1000));
  await page.keyboard.press("Enter");
  await page.getByRole("banner").waitFor();
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
  await expectNoSidewaysScroll(page, "the security settings on a phone");
  await expectAccessible(page, "the security settings on a phone in dark");
}

async function endOtherSession(page, other) {
  await page.reload();
  const sessions = card(page, "Sessions");
  await sessions.getByText("open now").first().waitFor();
  check(await sessions.getByText("this session").count() === 1, "it is not said which session this is");
  await sessions.getByRole("button", { name: "Log out everywhere else" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Log out everywhere else" }).click();
  await sessions.getByText("You are logged in nowhere else.").waitFor();
  await other.getByText("You were logged out from another device.").waitFor();
  await expectAccessible(other, "the log-in that says why");
}

async function switchTwoFactorOff(page) {
  const form = card(page, "Two-factor authentication");
  await form.getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("dialog").getByLabel("Current password").fill(account.password);
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await page.getByText("Two-factor authentication is off.").waitFor();
  await form.getByRole("button", { name: "Set up" }).waitFor();
}

async function authentication(page, other, url) {
  const form = card(page, "Logging in");
  await form.getByRole("button", { name: "Switch off" }).click();
  const dialog = page.getByRole("dialog");
  await expectAccessible(page, "the warning before nobody has to log in");
  await dialog.getByLabel("Current password").fill("wrong");
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await dialog.getByRole("alert").filter({ hasText: "Incorrect current password" }).waitFor();
  await dialog.getByLabel("Current password").fill(account.password);
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await form.getByText("Nobody has to log in").waitFor();
  await other.context().clearCookies();
  await other.evaluate(() => localStorage.clear());
  await other.goto(`${url}/settings/security`);
  await card(other, "Logging in").getByText("Nobody has to log in").waitFor();
  await form.getByRole("button", { name: "Switch on" }).click();
  await form.getByText("Whoever opens this page has to log in.").waitFor();
  await other.getByText("Logging in has been switched on for this server.").waitFor();
}

/** Whoever logs in next begins at the overview, not in a form that somebody else had opened. */
async function logOutFromForm(page, url) {
  await page.goto(`${url}/add`);
  await page.getByLabel("What should be watched?").waitFor(); // the head of the page is whole then
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  check(!page.url().endsWith("/add"), "the address of a form stays after the log-out");
}
