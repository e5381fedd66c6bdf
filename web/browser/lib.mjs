// What the scripts share. Each step prints one line of JSON; the Go test makes a subtest of it.
import { chromium } from "playwright-core";

export const given = JSON.parse(process.argv[2]);

// What Chromium must not do: ask anybody for anything.
const quiet = ["--no-sandbox", "--disable-quic", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function open() {
  return chromium.launch({ executablePath: process.env.SVIDOK_CHROMIUM, args: quiet });
}

export function say(step, error = "") {
  process.stdout.write(JSON.stringify({ step, error }) + "\n");
}

let broken = false;

// step tries something. What depends on a broken step is not tried.
export async function step(name, f) {
  if (broken) return undefined;
  try {
    const out = await f();
    say(name);
    return out;
  } catch (e) {
    broken = true;
    say(name, String(e.stack || e));
    return undefined;
  }
}

export function must(ok, words) {
  if (!ok) throw new Error(words);
}

// context is a browser of one person. Whatever breaks the policy, fails in the page or asks
// another host is remembered.
export async function context(browser, options = {}) {
  const c = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  c.faults = [];
  c.on("page", (page) => {
    page.setDefaultTimeout(20000);
    page.on("console", (m) => { if (/Content Security Policy|Uncaught/.test(m.text()) && !page.url().includes("/original")) c.faults.push(`${page.url()}: ${m.text()}`); });
    page.on("pageerror", (e) => c.faults.push(`${page.url()}: ${e}`));
    page.on("request", (r) => { if (!r.url().startsWith(given.base + "/") && !r.url().startsWith("data:") && !r.url().startsWith("about:")) c.faults.push(`asked ${r.url()}`); });
  });
  return c;
}

export function faultless(c) {
  must(c.faults.length === 0, c.faults.join("\n"));
}

export async function signIn(page, name) {
  await page.goto(given.base + "/sign-in");
  await page.fill('input[name="name"]', name);
  await page.fill('input[name="password"]', given.password);
  await Promise.all([page.waitForURL((u) => !u.pathname.startsWith("/sign-in")), page.press('input[name="password"]', "Enter")]);
}

export async function signOut(page) {
  await Promise.all([page.waitForURL("**/sign-in"), page.click('form[action="/sign-out"] button')]);
}

export async function language(page, lang) {
  await page.click(`button[name="language"][value="${lang}"]`);
  await page.waitForSelector(`html[lang="${lang}"]`, { state: "attached" });
}

// eventually looks again until something is there: the machine works meanwhile.
export async function eventually(page, selector) {
  const until = Date.now() + 60000;
  while (!(await page.$(selector))) {
    must(Date.now() < until, `${selector} does not appear on ${page.url()}`);
    await page.waitForTimeout(200);
    await page.reload();
  }
}
