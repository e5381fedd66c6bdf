// Every page under axe-core, in every language, light and dark, wide and narrow.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { context, faultless, given, language, open, say, signIn } from "./lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const looks = [
  ["uk", "light", 1280], ["uk", "dark", 390], ["uk", "dark", 1280], ["uk", "light", 390],
  ["en", "light", 390], ["en", "dark", 1280], ["ru", "light", 1280], ["ru", "dark", 390],
];

async function judge(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    iframes: false,
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  const words = found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} (${n.failureSummary.split("\n").slice(1).join(" ").trim()})`).join("; ")}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) words.push(`the page runs over the edge by ${over} pixels`);
  if (found.passes.length < 5) words.push(`axe looked at next to nothing: ${found.passes.length} rules`);
  return words.join("\n");
}

const browser = await open();
const state = await (async () => {
  const c = await context(browser);
  const page = await c.newPage();
  await signIn(page, "ada");
  const kept = await c.storageState();
  await c.close();
  return kept;
})();

async function look(lang, scheme, width, signedIn) {
  const c = await context(browser, { colorScheme: scheme, viewport: { width, height: 900 }, reducedMotion: "reduce", ...(signedIn ? { storageState: state } : {}) });
  const page = await c.newPage();
  await page.goto(given.base + (signedIn ? "/help" : "/sign-in"));
  await language(page, lang);
  for (const path of signedIn ? given.pages : ["/sign-in"]) {
    const name = `${lang} ${scheme} ${width} ${path.replace(/[0-9a-f]{32}|e:[0-9a-f]{16}/, "ID")}`;
    try {
      await page.goto(given.base + path);
      if (given.pictures) await page.screenshot({ path: `${given.pictures}/${name.replace(/[^a-z0-9]+/gi, "-")}.png`, fullPage: true });
      await page.evaluate(() => document.querySelectorAll("main details").forEach((d) => { d.open = true; }));
      say(name, await judge(page));
    } catch (e) {
      say(name, String(e.stack || e));
    }
  }
  try {
    faultless(c);
    say(`${lang} ${scheme} ${width} policy`);
  } catch (e) {
    say(`${lang} ${scheme} ${width} policy`, String(e));
  }
  await c.close();
}

// Three at a time: pages are laid out while others are judged.
const left = looks.flatMap((x) => [[...x, true], [...x, false]]);
await Promise.all([1, 2, 3].map(async () => {
  while (left.length > 0) await look(...left.shift());
}));
await browser.close();
