// Reading and judging without JavaScript.
import { context, faultless, given, must, open, signIn, step } from "./lib.mjs";

const browser = await open();
const c = await context(browser, { javaScriptEnabled: false });
const page = await c.newPage();

await step("sign in", () => signIn(page, "olena"));
await step("search, with snippets", async () => {
  await page.fill("#q", "каністрами");
  await page.click(".words button");
  must((await page.locator(".snippet .hit").count()) > 0, "no snippet");
});
await step("filter", async () => {
  await page.goto(given.base + "/reports");
  await page.click(".search summary");
  await page.selectOption('select[name="gate"]', "open");
  await page.check('input[name="copies"]');
  await page.click(".search details button");
  must((await page.locator(".reports > li").count()) === 2, "not both copies");
});
await step("read a report on all its tabs", async () => {
  await page.goto(given.base + "/reports/1");
  must((await page.locator("mark.m").count()) > 1, "nothing is marked");
  for (const tab of ["original", "copies", "custody"]) {
    await page.click(`.tabs a[href$="/${tab}"]`);
    must((await page.getAttribute(`.tabs a[href$="/${tab}"]`, "aria-current")) === "page", tab);
  }
});
await step("the words that copies share are marked", async () => {
  await page.goto(given.base + "/reports/1/copies");
  must((await page.locator("mark.shared").count()) > 0, "nothing is marked");
});
await step("accept, and reject with a reason", async () => {
  await page.goto(given.base + "/review");
  await page.click('button[value^="accept "]');
  must(await page.isVisible(".flash.done"), "not accepted");
  await page.click("details.no summary");
  await page.selectOption('select[name^="ready:"]', "not-said");
  await page.click('button[value^="reject "]');
  must(await page.isVisible(".flash.done"), "not rejected");
});
await step("judge in bulk", async () => {
  await page.goto(given.base + "/review?view=list");
  await page.locator('input[name="pick"]').first().check();
  await page.click('button[value="accept"]');
  must(await page.isVisible(".flash.done"), "not accepted");
});
await step("add a statement by pasting its words", async () => {
  await page.goto(given.base + "/reports/1/statement");
  await page.selectOption('select[name="code"]', "MTH.ID_PATROL");
  await page.fill('textarea[name="quote"]', "мікроавтобус");
  await page.fill('textarea[name="reason"]', "synthetic reason");
  await page.click("form.stack.card button.main");
  must((await page.locator('input[name="at"]').count()) === 2, "it does not ask which");
  await page.locator('input[name="at"]').nth(1).check();
  await page.click("form.stack.card button.main");
  must(page.url().includes("/statements/"), page.url());
});
await step("change the language and sign out", async () => {
  await page.click('button[name="language"][value="uk"]');
  must((await page.getAttribute("html", "lang")) === "uk" && page.url().includes("/statements/"), "another page or language");
  await page.click('form[action="/sign-out"] button');
  must(page.url().includes("/sign-in"), page.url());
});
await step("nothing asked another host", async () => faultless(c));
await browser.close();
