import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { heardPage, openBrowser } from "./open-browser.ts";
import { type Stage, startStage } from "./stage.ts";
import { aRequest } from "./stub-hub.ts";

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const SIZES = [320, 1_200];

let browser: Browser;
let stage: Stage;
beforeAll(async () => {
  browser = await openBrowser();
  stage = await startStage();
  const shown = await aRequest(stage.hub.url);
  stage.hub.approvals.set(shown.record.id, shown);
  const other = await aRequest(stage.hub.url, { id: "ap-others", purpose: "\u202eA".repeat(200) });
  stage.hub.approvals.set("ap-others", { ...other, you: { may_vote: false, has_voted: false, why: "owner_alone" } });
});
afterAll(async () => {
  await browser.close();
  stage.close();
});

describe.each(["light", "dark"] as const)("in a %s theme", (colorScheme) => {
  describe.each(SIZES)("at %d px", (width) => {
    it.each([
      ["the inbox", "/approvals", "For you"],
      ["a decision", "/approvals/ap-7f3k2m9q", "What you sign"],
      ["somebody else's decision", "/approvals/ap-others", "You cannot decide"],
      ["a request that is not there", "/approvals/ap-none", "No request to show"],
    ])("%s has no finding of axe, fits its width, and has one primary action at most", async (_, path, text) => {
      const { page, context, heard } = await heardPage(browser, {
        ...{ colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" },
      });
      try {
        await page.goto(`${stage.origin}${path}`);
        await page.getByRole("button", { name: "Sign in" }).or(page.getByText(text)).first().waitFor();
        const signIn = page.getByRole("button", { name: "Sign in" });
        if ((await signIn.count()) > 0) await signIn.click();
        await page.getByText(text).first().waitFor();
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
        await page.evaluate(AXE);
        const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
          violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
        };
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
        expect(await page.locator("button.primary").count()).toBeLessThanOrEqual(1);
        expect(heard.filter((line) => !line.includes("404"))).toEqual([]);
      } finally {
        await context.close();
      }
    });
  });
});
