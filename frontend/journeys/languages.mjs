/** The main screens in German and Arabic on a phone: nothing is cut off, nothing overflows, right to left holds; what the
 * server says is German, too. */
import { account, check, expectNoSidewaysScroll, openPage } from "./lib.mjs";

const PHONE = { viewport: { width: 390, height: 844 } };
const SCREENS = ["dashboard", "add", "servers", "maintenance", "settings/general"];
const LANGUAGES = [
  { locale: "de-DE", dir: "ltr", username: "Benutzername", password: "Passwort", submit: "Anmelden" },
  { locale: "ar", dir: "rtl", username: "اسم المستخدم", password: "كلمة المرور", submit: "تسجيل الدخول" },
];

export async function languages(browser, url) {
  for (const language of LANGUAGES) await readThrough(browser, url, language);
  await choose(browser, url);
  await hearTheServer(browser, url);
}

/** Helps of types and services, and a sentence with a value in it. */
async function hearTheServer(browser, url) {
  const page = await openPage(browser, { locale: "de-DE" });
  await logInAs(page, url, LANGUAGES[0]);
  await page.goto(`${url}/settings/notifications`);
  await page.getByRole("button", { name: /Benachrichtigung hinzufügen|Die erste einrichten/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Dienst").fill("Telegram");
  await page.getByRole("option", { name: /^Telegram/ }).first().click();
  await dialog.locator(".help", { hasText: "Sendet eine Nachricht Ihres Telegram-Bots" }).waitFor();
  await dialog.getByLabel("Eigene Nachrichtenvorlage verwenden").check();
  await dialog.getByLabel(/^Nachrichtenvorlage/).fill("{% if name %}");
  await dialog.getByText("Die Vorlage kann nicht verwendet werden: ").waitFor();
  await page.context().close();
}

async function logInAs(page, url, { username, password, submit }) {
  await page.goto(url);
  await page.getByLabel(username).fill(account.username);
  await page.getByLabel(password, { exact: true }).fill(account.password);
  await page.getByRole("button", { name: submit }).click();
  await page.getByRole("banner").waitFor();
}

async function readThrough(browser, url, language) {
  const page = await openPage(browser, { ...PHONE, locale: language.locale });
  await logInAs(page, url, language);
  check((await page.locator("html").getAttribute("dir")) === language.dir, `${language.locale} is not ${language.dir}`);
  for (const path of SCREENS) {
    await page.goto(`${url}/${path}`);
    await page.getByRole("banner").waitFor();
    await page.waitForLoadState("networkidle");
    const where = `${path} in ${language.locale}`;
    await expectNoSidewaysScroll(page, where);
    const cut = await cutOff(page);
    check(cut.length === 0, `${where} cuts off: ${cut.join(" | ")}`);
  }
  check(page.problems.length === 0, `the browser complained: ${page.problems.join("; ")}`);
  await page.context().close();
}

/** Visible texts that stand out of the window, or of a control that has no ellipsis for them. */
const cutOff = (page) =>
  page.evaluate(() => {
    const found = [];
    for (const element of document.querySelectorAll("button, a, h1, h2, h3, label, p, summary, legend, dt, dd, th")) {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const text = element.textContent.trim();
      if (!text || box.width < 2 || box.height < 2 || style.visibility === "hidden" || style.clipPath !== "none") continue;
      if (element.closest(".skip, [aria-hidden=true]")) continue;
      const scrolls = (one) => one && (/auto|scroll/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
      const inside = box.left >= -1 && box.right <= innerWidth + 1;
      const clipped = element.scrollWidth > element.clientWidth + 1 && style.overflowX === "hidden";
      const wider = element.matches("button, a") && element.scrollWidth > element.clientWidth + 1;
      const spills = wider && style.display !== "inline" && style.overflowX === "visible";
      const cut = (clipped && style.textOverflow !== "ellipsis") || spills;
      if ((!inside && !scrolls(element.parentElement)) || cut) found.push(`${element.tagName} “${text.slice(0, 40)}”`);
    }
    return found;
  });

/** By the settings, which hold against what the browser says. */
async function choose(browser, url) {
  const page = await openPage(browser, { locale: "de-DE" });
  await logInAs(page, url, LANGUAGES[0]);
  await page.goto(`${url}/settings/appearance`);
  await page.getByLabel("Sprache").selectOption("ja");
  await page.getByLabel("言語").waitFor();
  check((await page.locator("html").getAttribute("lang")) === "ja", "the page does not say that it is Japanese");
  await page.getByLabel("言語").selectOption({ index: 0 });
  await page.getByLabel("Sprache").waitFor();
  await page.context().close();
}
