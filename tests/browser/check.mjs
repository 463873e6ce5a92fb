// Drives the pages in a browser and writes what it found as JSON: {"check": ["what is wrong", …], …}.
//
//   node check.mjs URL CHROMIUM SITE [FOLDER FOR PICTURES]
//
// SITE is the folder of a static site of the same graph.
//
// An empty list is a check that passed. Nothing here knows Python; ../test_web_browser.py reads the result.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [, , base, executablePath, site, pictures = ""] = process.argv;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const found = {};

// For work on one check: ONLY="360" node check.mjs …
const only = new RegExp(process.env.ONLY ?? "");
const pages = {
  home: "/",
  ask: "/ask?q=what+does+Ada+Lane+want%3F",
  "not understood": "/ask?q=what+is+for+lunch%3F",
  questions: "/questions",
  question: "/question/stances-on?proposal=joint-authority",
  form: "/question/who-proposes",
  "many rows": "/question/positions",
  actors: "/actors",
  actor: "/actor/ada-lane",
  proposals: "/proposals",
  proposal: "/proposal/joint-authority",
  issues: "/issues",
  issue: "/issue/settlement-process",
  plans: "/plans",
  plan: "/plan/league-plan?beside=may-plan",
  documents: "/documents",
  "document with its text": "/document/may-hearing",
  "document without": "/document/tide-note",
  matrix: "/matrix",
  timeline: "/timeline",
  network: "/network",
  sparql: "/sparql",
  about: "/about",
  "no such page": "/nowhere",
};

const views = {
  "wide, light": { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  "wide, dark": { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  "360 px": { viewport: { width: 360, height: 740 }, colorScheme: "light", hasTouch: true },
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

function note(check, problem) {
  (found[check] ??= []);
  if (problem) found[check].push(problem);
}

async function opened(options, run) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  const said = [];
  // A page that is missing on purpose is no fault of the page.
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !/status of (404|422)/.test(message.text())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  page.on("request", (request) => {
    if (![base, `file://${site}/`].some((own) => request.url().startsWith(own)) && !request.url().startsWith("data:")) said.push(`asks for ${request.url()}`);
  });
  try {
    await run(page, said);
  } finally {
    await context.close();
  }
}

// A path may make the browser tell of what is wrong on purpose: *expected*.
async function path(check, options, run, expected = /^$/) {
  if (!only.test(check)) return;
  note(check);
  await opened(options, async (page, said) => {
    try {
      await run(page);
    } catch (error) {
      note(check, String(error.message ?? error).split("\n").slice(0, 4).join(" | "));
    }
    said.filter((text) => !expected.test(text)).forEach((text) => note(check, `console: ${text}`));
  });
}

function expect(condition, problem) {
  if (!condition) throw new Error(problem);
}

// ------------------------------------------------------------ every page in every view

for (const [view, options] of Object.entries(views)) {
  if (!only.test(view)) continue;
  await opened(options, async (page, said) => {
    for (const [name, address] of Object.entries(pages)) {
      await page.goto(base + address);
      // What is folded is looked at, too.
      await page.evaluate(() => document.querySelectorAll("details").forEach((each, at) => { if (at < 12) each.open = true; }));
      note(`axe, ${view}`);
      await page.evaluate(axe);
      const result = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
      for (const each of result.violations) {
        const where = each.nodes.slice(0, 2).map((node) => `${node.target.join(" ")}: ${node.failureSummary ?? ""}`).join("; ");
        note(`axe, ${view}`, `${name}: ${each.id} (${each.nodes.length}): ${where.replace(/\s+/g, " ").slice(0, 400)}`);
      }
      note(`no sideways scrolling, ${view}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) note(`no sideways scrolling, ${view}`, `${name} is ${over} px too wide`);
      note(`nothing on the console, ${view}`);
      said.splice(0).forEach((text) => note(`nothing on the console, ${view}`, `${name}: ${text}`));
      if (pictures) await page.screenshot({ path: `${pictures}/${name} ${view}.png`.replaceAll(" ", "-"), fullPage: true });
    }
  });
}

// ------------------------------------------------------------ the main paths

const wide = views["wide, light"];

await path("from a question in words to the passage", wide, async (page) => {
  await page.goto(base);
  await page.getByLabel("Ask in plain English").fill("who proposes membership in the Harbour League?");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/ask?q=*");
  expect((await page.locator("h1").textContent()).includes("Who proposes"), "the question is not told as understood");
  const evidence = page.locator(".answer details").first();
  expect(!(await evidence.getByText("Told by").isVisible()), "the evidence is open before anybody asked");
  await evidence.locator("summary").click();
  expect(await evidence.getByText("Told by").first().isVisible(), "the evidence does not open");
  await evidence.getByText("All about this position").first().click();
  await page.waitForURL("**/position/**");
  await page.getByRole("link", { name: "in its place" }).first().click();
  await page.waitForURL("**/document/**#p-*");
  const anchor = new URL(page.url()).hash;
  expect(await page.locator(anchor).count() === 1, `the document has no place ${anchor}`);
});

await path("from a refusal to an answer", wide, async (page) => {
  await page.goto(`${base}/ask?q=what+is+for+lunch%3F`);
  await page.locator("main .questions a").first().click();
  await page.waitForURL("**/question/**");
  expect(await page.locator(".answer, .empty").count() > 0, "there is no answer");
});

await path("a form is filled in and gives an address that can be passed on", wide, async (page) => {
  await page.goto(`${base}/question/who-proposes`);
  await page.getByLabel("Proposal").first().fill("nothing of the kind");
  await page.getByRole("button", { name: "Answer" }).click();
  expect(await page.locator(".problem").count() > 0, "a wrong name is not told");
  await page.getByLabel("Proposal").first().fill("league-membership");
  await page.getByRole("button", { name: "Answer" }).click();
  await page.waitForURL("**proposal=league-membership*");
  expect(!page.url().includes("since="), `empty fields are in the address: ${page.url()}`);
  await page.locator("table.answer").first().waitFor();
  const downloads = await page.getByRole("link", { name: "CSV", exact: true }).getAttribute("href");
  const answer = await page.request.get(base + downloads);
  expect(answer.ok() && (await answer.text()).startsWith("holder,"), "the download is not the answer");
});

await path("a table is sorted, its evidence with it", wide, async (page) => {
  await page.goto(`${base}/question/positions`);
  const column = page.locator("table.answer").first().locator("thead th").first();
  const cells = () => page.locator("table.answer").first().locator("tbody tr:first-child td:first-child").allTextContents();
  const before = await cells();
  await column.getByRole("button").click();
  expect(await column.getAttribute("aria-sort") === "ascending", "the direction is not told");
  const up = await cells();
  await column.getByRole("button").click();
  const down = await cells();
  expect(up.length === before.length && up[0].localeCompare(up.at(-1), "en", { numeric: true }) <= 0, "not sorted up");
  expect(down[0].localeCompare(down.at(-1), "en", { numeric: true }) >= 0, "not sorted down");
  const pairs = await page.locator("table.answer").first().locator("tbody").evaluateAll((all) => all.every((body) => body.rows.length <= 2));
  expect(pairs, "rows have lost their evidence");
});

await path("a chart leads to its evidence", wide, async (page) => {
  await page.goto(`${base}/matrix`);
  const cell = page.locator(".chart svg a[href*='/position/'], .chart svg a[href*='since-when']").first();
  await cell.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/position\/|since-when/);
  expect(await page.locator("h1").count() === 1, "no page");
  await page.goto(`${base}/matrix`);
  await page.getByLabel("Issue").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL("**/matrix?issue=*");
});

await path("a SPARQL query is answered below it", wide, async (page) => {
  await page.goto(`${base}/sparql`);
  await page.getByLabel("Start from a saved question").selectOption("actors");
  await page.getByRole("button", { name: "Show its text" }).click();
  await page.waitForURL("**example=actors*");
  expect((await page.getByLabel("Query").inputValue()).includes("?actor"), "the text of the question is not shown");
  await page.getByRole("button", { name: "Run" }).click();
  await page.locator("#result table").waitFor();
  await page.getByLabel("Query").fill("SELECT nonsense");
  await page.getByRole("button", { name: "Run" }).click();
  await page.locator("#result pre").waitFor();
}, /status of 400/);

await path("plans are laid side by side", wide, async (page) => {
  await page.goto(`${base}/plan/league-plan`);
  await page.getByLabel("Lay beside").selectOption("may-plan");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("heading", { name: /In both/ }).waitFor();
});

await path("everything works without scripts", { ...wide, javaScriptEnabled: false }, async (page) => {
  await page.goto(base);
  await page.getByLabel("Ask in plain English").fill("what does Ada Lane want?");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/ask?q=*");
  await page.locator(".answer summary").first().click();
  expect(await page.getByText("Told by").first().isVisible(), "the evidence does not open");
  await page.goto(`${base}/question/who-proposes`);
  await page.getByLabel("Proposal").first().fill("league-membership");
  await page.getByRole("button", { name: "Answer" }).click();
  await page.locator("table.answer").first().waitFor();
  await page.goto(`${base}/sparql`);
  await page.getByRole("button", { name: "Run" }).click();
  await page.waitForLoadState();
  expect((await page.content()).includes("bindings"), "the endpoint does not answer the form");
});

// ------------------------------------------------------------ keyboard, print

await path("the keyboard reaches everything, and one sees where it is", wide, async (page) => {
  await page.goto(`${base}/actor/ada-lane`);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement.className) === "skip", "the first stop is not the skip link");
  const top = await page.locator(".skip").evaluate((each) => each.getBoundingClientRect().top);
  expect(top >= 0, "the skip link is out of sight when it has the focus");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement.id) === "content", "it does not lead to the content");
  await page.goto(`${base}/actor/ada-lane`);
  const stops = new Set();
  const links = await page.evaluate(() => document.querySelectorAll("a[href], button, input, select, textarea, summary").length);
  for (let at = 0; at < links + 5; at += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const each = document.activeElement;
      if (!each || each === document.body) return null;
      const style = getComputedStyle(each);
      each.dataset.stop ??= String(Math.random());
      return { id: each.dataset.stop, what: each.outerHTML.slice(0, 120), shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
    });
    if (!stop) break;
    expect(stop.shown, `no outline on ${stop.what}`);
    stops.add(stop.id);
  }
  expect(stops.size > 20, `only ${stops.size} stops`);
  const summary = page.locator("details.behind > summary").first();
  await summary.focus();
  await page.keyboard.press("Enter");
  expect(await page.locator("details.behind").first().evaluate((each) => each.open), "Enter does not open the evidence");
});

await path("print has the content and no controls", wide, async (page) => {
  await page.goto(`${base}/question/stances-on?proposal=joint-authority`);
  await page.emulateMedia({ media: "print" });
  for (const hidden of [".top", ".filters", ".skip"]) {
    expect(!(await page.locator(hidden).first().isVisible()), `${hidden} is printed`);
  }
  expect(await page.locator("table.answer").first().isVisible(), "the answer is not printed");
  const [back, ink] = await page.evaluate(() => {
    const style = getComputedStyle(document.body);
    return [style.backgroundColor, style.color];
  });
  expect(back === "rgb(255, 255, 255)" && ink === "rgb(0, 0, 0)", `printed ${ink} on ${back}`);
  expect((await page.pdf({ format: "A4" })).length > 5000, "nothing is printed");
});

// ------------------------------------------------------------ the static site, from files

await path("a static site works from files, without a server or scripts", { ...views["360 px"], javaScriptEnabled: false }, async (page) => {
  await page.goto(`file://${site}/index.html`);
  expect(await page.locator("form, script").count() === 0, "there is a form or a script");
  await page.getByRole("link", { name: "Actors", exact: true }).click();
  await page.getByRole("link", { name: "Ada Lane", exact: true }).first().click();
  expect((await page.locator("h1").textContent()) === "Ada Lane", "not the page of the actor");
  await page.locator("details.behind > summary").first().click();
  await page.getByText("All about this position").first().click();
  await page.getByRole("link", { name: "in its place" }).first().click();
  expect(/\/document\/[^/]+\.html#p-/.test(page.url()), `not in the document: ${page.url()}`);
  await page.getByRole("link", { name: "Questions", exact: true }).click();
  await page.locator("main .questions a").first().click();
  await page.getByRole("heading", { name: "Answer" }).waitFor();
  await page.getByRole("link", { name: "Matrix", exact: true }).click();
  await page.locator(".chart svg a").first().click();
  expect(page.url().startsWith(`file://${site}/`), `left the site: ${page.url()}`);
});

await browser.close();
console.log(JSON.stringify(found, null, 1));
