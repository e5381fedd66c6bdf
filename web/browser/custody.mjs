// What happens to one report: forms are filled in, its original is opened for a reason, and the chain says so.
import { context, faultless, given, language, must, open, signIn, signOut, step } from "./lib.mjs";

const words = {
  uk: { missing: "форму не заповнено", viewed: "оригінал переглянуто", form: "попередня оцінка" },
  en: { missing: "the form is not filled in", viewed: "original viewed", form: "preliminary assessment" },
  ru: { missing: "форма не заполнена", viewed: "оригинал просмотрен", form: "предварительная оценка" },
}[given.lang];

const browser = await open();
const c = await context(browser);
const page = await c.newPage();
const missing = async () => (await page.textContent("main")).split(words.missing).length - 1;

await step("an admin has reasons asked for", async () => {
  await page.goto(given.base + "/");
  await language(page, given.lang);
  await signIn(page, "ada");
  await page.goto(given.base + "/custody");
  await page.click('form[action="/custody/viewing"] button');
  await page.waitForSelector(".flash.done");
  await signOut(page);
});
await step("a coder fills in the preliminary assessment", async () => {
  await signIn(page, "olena");
  await page.goto(given.base + "/reports/1/versions");
  must((await missing()) === 2, `${await missing()} forms are missing`);
  const form = page.locator("details.card").first();
  await form.locator("summary").click();
  await form.locator('textarea[name="relevance"]').fill("До питання про черги за водою (зразок).");
  await form.locator("button").click();
  await page.waitForSelector(".flash.done");
  must((await missing()) === 1, `${await missing()} forms are missing`);
  await page.locator("details.card summary").first().click();
  must((await page.inputValue('textarea[name="relevance"]')).includes("зразок"), "what was written is gone");
});
await step("the original is asked a reason for", async () => {
  await page.goto(given.base + "/reports/1/original");
  must(!(await page.$("iframe")), "it is shown at once");
  await page.fill('textarea[name="reason"]', "Звірити одне слово (зразок).");
  await page.click('form[action="/reports/1/view"] button');
  await page.waitForSelector("iframe.original");
  await page.frameLocator("iframe.original").locator("text=Патруль перевіряв документи").waitFor();
});
await step("the chain says what happened, in order", async () => {
  await page.goto(given.base + "/reports/1/custody");
  const rows = await page.locator("main table").last().locator("tbody tr").allTextContents();
  const at = (what) => rows.findIndex((r) => r.includes(what));
  must(at(words.form) > 0 && at(words.viewed) > at(words.form), rows.join("\n"));
  must(rows[at(words.viewed)].includes("Звірити одне слово"), rows[at(words.viewed)]);
});
await step("nothing broke the policy or asked another host", async () => faultless(c));
await browser.close();
