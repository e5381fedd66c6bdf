// The whole round in one language: add, accept, confirm, gather, confirm, download.
import { context, eventually, faultless, given, language, must, open, signIn, signOut, step } from "./lib.mjs";

const words = {
  uk: { reports: "Повідомлення", preserved: "Збережено", accepted: "Прийнято 1 твердження.", confirmed: "Підтверджено: 1.", finding: "подія підтверджена" },
  en: { reports: "Reports", preserved: "Preserved", accepted: "1 statement accepted.", confirmed: "Confirmed: 1.", finding: "confirmed event" },
  ru: { reports: "Сообщения", preserved: "Сохранено", accepted: "Принято 1 утверждение.", confirmed: "Подтверждено: 1.", finding: "событие подтверждено" },
}[given.lang];

const browser = await open();
const c = await context(browser);
const page = await c.newPage();
let report, statement, event;

await step("sign in as a coder", async () => {
  await page.goto(given.base + "/");
  await language(page, given.lang);
  await signIn(page, "olena");
  must((await page.textContent("h1")) === words.reports, "the heading is " + (await page.textContent("h1")));
});
await step("an empty case says what to do first", async () => {
  await Promise.all([page.waitForURL("**/reports/add"), page.click(".empty a.main")]);
});
await step("add a report and see the receipt", async () => {
  await page.setInputFiles('input[type="file"]', given.page);
  await page.click('form:has(input[type="file"]) button.main');
  await page.waitForSelector(".receipt.preserved");
  must((await page.textContent(".receipt .status")) === words.preserved, "the receipt says " + (await page.textContent(".receipt .status")));
  must(/[0-9a-f]{64}/.test(await page.textContent(".receipt .hash")), "the receipt has no hash");
  report = await page.getAttribute(".receipt a.button", "href");
});
await step("the machine reads it and marks its words", async () => {
  await page.goto(given.base + report);
  await eventually(page, "mark.occurred");
  must((await page.locator(".statements > li").count()) >= 2, "no statements beside the text");
});
await step("the original stands beside the text and loads nothing", async () => {
  await page.goto(given.base + report + "/original");
  const inside = page.frameLocator("iframe.original");
  await inside.locator("text=Патруль перевіряв документи").waitFor();
});
await step("select words and add a statement", async () => {
  await page.goto(given.base + report);
  await page.evaluate(() => {
    const run = [...document.querySelectorAll("#text [data-at]")].find((x) => x.textContent.includes("без розпізнавальних знаків"));
    const at = run.firstChild.data.indexOf("без розпізнавальних знаків"), r = document.createRange();
    r.setStart(run.firstChild, at);
    r.setEnd(run.firstChild, at + "без розпізнавальних знаків".length);
    getSelection().removeAllRanges();
    getSelection().addRange(r);
  });
  await page.click("a.selection");
  must((await page.inputValue("[data-quote]")) === "без розпізнавальних знаків", "the form holds " + (await page.inputValue("[data-quote]")));
  await page.selectOption('select[name="code"]', "MTH.ID_PATROL");
  await page.fill('textarea[name="reason"]', "synthetic reason");
  await page.click("form.stack.card button.main");
  await page.waitForURL("**/statements/*");
  must((await page.textContent("mark.m")) === "без розпізнавальних знаків", "other words are marked");
});
await step("accept a suggestion", async () => {
  await page.goto(given.base + "/review");
  statement = (await page.getAttribute('button[value^="accept "]', "value")).split(" ")[1];
  await page.click(`button[value="accept ${statement}"]`);
  await page.waitForSelector(".flash.done");
  must((await page.textContent(".flash.done")).includes(words.accepted), await page.textContent(".flash.done"));
});
await step("sign out", async () => {
  await signOut(page);
  await page.goto(given.base + report);
  must(page.url().includes("/sign-in"), "the report can still be read");
});
await step("a reviewer confirms", async () => {
  await signIn(page, "taras");
  await page.goto(given.base + "/review?for=review&view=list");
  await page.check(`input[name="pick"][value="${statement}"]`);
  await page.click('button[name="bulk"][value="confirm"]');
  await page.waitForSelector(".flash.done");
  must((await page.textContent(".flash.done")).includes(words.confirmed), await page.textContent(".flash.done"));
});
await step("gather an event", async () => {
  await page.goto(given.base + "/events");
  await page.click('a[href="/events/new"]');
  await page.fill('input[name="title"]', "Повістки в черзі за водою");
  await page.fill('input[name="place"]', "Макіївка");
  await page.fill('input[name="from"]', "2025-10-06");
  await page.fill('textarea[name="basis"]', "Один синтетичний текст говорить про все це.");
  await page.check(`input[name="pick"][value="${statement}"]`);
  await page.click("form.halves button.main");
  await page.waitForURL("**/events/e:*");
  event = page.url();
  must(!(await page.$('button[value^="confirm e:"]')), "its author may confirm it");
});
await step("a second person confirms the event", async () => {
  await signOut(page);
  await signIn(page, "ivan");
  await page.goto(event);
  await page.click('button[value^="confirm e:"]');
  await page.waitForSelector(".flash.done");
  must((await page.textContent("main .standing")) === words.finding, await page.textContent("main .standing"));
});
await step("download the dossier", async () => {
  await page.goto(given.base + "/dossier");
  must((await page.inputValue('select[name="language"]')) === given.lang, "the report would be in another language");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("form.halves button.main")]);
  must(download.suggestedFilename().endsWith(`-${given.lang}.zip`), download.suggestedFilename());
  await download.saveAs(given.zip);
  must(!(await download.failure()), "the download failed");
  await page.goto(given.base + "/dossier");
  await page.waitForSelector("table tbody tr");
});
await step("the custody page says loudly what is unstamped", async () => {
  await page.goto(given.base + "/custody");
  must(await page.isVisible(".unstamped"), "it says nothing");
});
await step("nothing broke the policy or asked another host", async () => faultless(c));
await browser.close();
