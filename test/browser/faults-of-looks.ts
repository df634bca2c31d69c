import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/**
 * Lists findings of axe, content wider than the window, and surplus primary actions. Opens everything that can be
 * opened.
 */
export async function faultsOfLooks(page: Page): Promise<readonly string[]> {
  // A colour that fades in has too little contrast halfway. Less motion ends no transition that has begun.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate("for (const each of document.getAnimations()) each.finish()");
  await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(AXE);
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  };
  const [width, room] = (await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")) as [number, number];
  const primary = await page.locator("button.primary").count();
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    ...(width > room ? [`${width} px wide in ${room} px`] : []),
    ...(primary > 1 ? [`${primary} primary actions`] : []),
  ];
}
