import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { heardPage, openBrowser } from "./open-browser.ts";
import { SAMPLE_READS } from "./sample-reads.ts";
import { type Stage, startStage } from "./stage.ts";
import { aRequest } from "./stub-hub.ts";
import { anEscalation, aTask } from "./stub-operate.ts";

const FOLDER = fileURLToPath(new URL("../../docs/console/", import.meta.url));
/** Looks in which each page is recorded. The tests of looks also cover a page of 320 px in the dark. */
const LOOKS = [
  ["light", 1_200],
  ["dark", 1_200],
  ["light", 320],
] as const;
/** Quality of WebP, and the height in pixels to which a long page is cut. */
const [QUALITY, MOST_HEIGHT] = [45, 2_000];

/** Pages by the name of their picture: the path, and a text that appears once the page is ready. */
const PAGES: readonly (readonly [name: string, path: string, text: string])[] = [
  ["now", "/", "tasks of"],
  ["task", "/tasks/k7f3m2q9x4ab.", "used 12 times"],
  ["panic", "/panic", "Nothing is halted"],
  ["approvals", "/approvals", "For you"],
  ["approval", "/approvals/ap7f3k2m9q4x8b5c", "What you sign"],
  ["consents", "/consents", "At the most"],
  ["agents", "/agents", "site-deployer"],
  ["agent", "/agents/report-agent", "What you can do"],
  ["policies", "/policies", "The nightly report."],
  ["explain", "/explain/report-agent", "Who decides?"],
  ["audit", "/audit", "holds the same log"],
  ["escalations", "/escalations", "more than are listed"],
];

/** Pages that need the stub's own tasks. */
const OF_TASKS: ReadonlySet<string> = new Set(["now", "task", "panic"]);

/** Fields of the form, so that its picture has an answer. */
const ASKED = { Account: "111122223333", Actions: "s3:GetObject", Resources: "arn:aws:s3:::acme-data/reports/*" };

/** Takes the pictures of every page anew. @returns bytes of all pictures. */
async function takePictures(browser: Browser, stage: Stage): Promise<number> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  let bytes = 0;
  for (const [colorScheme, width] of LOOKS)
    for (const [name, path, text] of PAGES) {
      const { page, context } = await heardPage(browser, {
        ...{ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" },
      });
      stage.hub.reads.clear();
      if (!OF_TASKS.has(name)) for (const [read, answer] of SAMPLE_READS) stage.hub.reads.set(read, answer);
      await page.goto(`${stage.origin}${path}`);
      const signIn = page.getByRole("button", { name: "Sign in" });
      await signIn.or(page.getByText(text)).first().waitFor();
      if ((await signIn.count()) > 0) await signIn.click();
      await page.getByText(text).first().waitFor();
      if (name === "explain") {
        for (const [label, typed] of Object.entries(ASKED)) await page.getByLabel(label, { exact: true }).fill(typed);
        await page.getByRole("button", { name: "Ask" }).click();
        await page.getByRole("heading", { name: "Answer" }).waitFor();
      }
      if (name === "task") {
        await page.getByRole("button", { name: "Show the policy" }).click();
        await page.locator(".statement").first().focus();
      }
      await page.waitForLoadState("networkidle");
      const height = Number(await page.evaluate("document.documentElement.scrollHeight"));
      const session = await context.newCDPSession(page);
      const { data } = await session.send("Page.captureScreenshot", {
        ...{ format: "webp", quality: QUALITY, captureBeyondViewport: true },
        clip: { x: 0, y: 0, width, height: Math.min(height, MOST_HEIGHT), scale: 1 },
      });
      const picture = Buffer.from(data, "base64");
      writeFileSync(`${FOLDER}${name}-${width === 320 ? "320" : colorScheme}.webp`, picture);
      bytes += picture.length;
      await context.close();
    }
  return bytes;
}

const browser = await openBrowser();
const stage = await startStage();
const shown = await aRequest(stage.hub.url);
stage.hub.approvals.set(shown.record.id, shown);
stage.hub.operate.tasks = [
  aTask(),
  aTask({ id: "k7f3m2q9x4ab.c1x9.", agent: "page-linter", purpose: "Check every link of the landing page" }),
  aTask({ id: "p0d4t5r6w7xy.", agent: "report-agent", purpose: "Write the weekly report", status: "pending_approval" }),
];
stage.hub.operate.escalations = [anEscalation()];
const bytes = await takePictures(browser, stage);
process.stdout.write(`${FOLDER}: ${PAGES.length * LOOKS.length} pictures, ${Math.round(bytes / 1_000)} KB\n`);
await browser.close();
stage.close();
