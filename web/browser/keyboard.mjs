// The daily round by keyboard alone.
import { context, faultless, given, must, open, signIn, step } from "./lib.mjs";

const browser = await open();
const c = await context(browser);
const page = await c.newPage();
const quote = () => page.textContent(".desk mark.m");
const waiting = async () => Number((await page.textContent(".head .soft")).replace(/\D+/g, ""));
const turned = (f) => Promise.all([page.waitForNavigation(), f()]);

await step("sign in", () => signIn(page, "olena"));
await step("g q leads to the review", async () => {
  await page.keyboard.press("g");
  await turned(() => page.keyboard.press("q"));
  must(page.url().includes("/review"), page.url());
});
await step("a accepts", async () => {
  const before = await waiting();
  await turned(() => page.keyboard.press("a"));
  must((await waiting()) === before - 1, `${before} waited, now ${await waiting()}`);
});
await step("j and k go on and back", async () => {
  const first = await quote(), url = page.url();
  await turned(() => page.keyboard.press("j"));
  must(page.url() !== url, "j does nothing");
  await turned(() => page.keyboard.press("k"));
  must((await quote()) === first, "k does not lead back");
});
await step("r asks why, and rejects", async () => {
  const before = await waiting();
  await page.keyboard.press("r");
  must(await page.evaluate(() => document.activeElement.name.startsWith("ready:")), "the reason has no focus");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.type("a j k x");
  await page.keyboard.press("Tab");
  await turned(() => page.keyboard.press("Enter"));
  must((await waiting()) === before - 1, "not rejected");
});
await step("c corrects", async () => {
  await turned(() => page.keyboard.press("c"));
  must(page.url().includes("/statements/") && (await page.isVisible("#correct textarea")), page.url());
});
await step("a Cyrillic layout works too", async () => {
  await page.goto(given.base + "/review");
  const before = await waiting();
  await turned(() => page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ф", code: "KeyA", bubbles: true }))));
  must((await waiting()) === before - 1, "ф is not a");
});
await step("j, k, x and o in lists", async () => {
  await page.goto(given.base + "/review?view=list");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  must(await page.isChecked('li.current input[name="pick"]'), "x does not tick");
  must((await page.locator('input[name="pick"]:checked').count()) === 1, "x ticks more than one");
  await page.goto(given.base + "/reports");
  await page.keyboard.press("j");
  await turned(() => page.keyboard.press("o"));
  must(/\/reports\/\d+$/.test(page.url()), page.url());
});
await step("/ searches, and letters typed are only letters", async () => {
  await page.goto(given.base + "/reports");
  await page.keyboard.press("/");
  await page.keyboard.type("gqa");
  must((await page.inputValue("#q")) === "gqa" && page.url().endsWith("/reports"), page.url());
  await page.keyboard.press("Escape");
});
await step("? helps, Escape closes", async () => {
  await page.keyboard.press("?");
  must(await page.isVisible("#keys"), "no help");
  await page.keyboard.press("Escape");
  must(!(await page.isVisible("#keys")), "the help stays");
});
await step("the keys can be switched off", async () => {
  await page.keyboard.press("?");
  await page.uncheck("#keys-on");
  await page.keyboard.press("Escape");
  await page.goto(given.base + "/review");
  const before = await waiting();
  await page.keyboard.press("a");
  await page.reload();
  must((await waiting()) === before, "a still accepts");
  await page.keyboard.press("?");
  await page.check("#keys-on");
});
await step("Enter confirms, for a reviewer", async () => {
  const other = await context(browser);
  const p = await other.newPage();
  await signIn(p, "taras");
  await p.goto(given.base + "/review?for=review");
  await Promise.all([p.waitForNavigation(), p.keyboard.press("Enter")]);
  must(await p.isVisible(".flash.done"), "not confirmed");
  faultless(other);
});
await step("the skip link leads to the content", async () => {
  await page.goto(given.base + "/reports");
  await page.keyboard.press("Tab");
  must(await page.evaluate(() => document.activeElement.className === "skip"), "it is not the first stop");
  await page.keyboard.press("Enter");
  must(await page.evaluate(() => document.activeElement.id === "main"), "it leads nowhere");
});
await step("nothing broke the policy or asked another host", async () => faultless(c));
await browser.close();
