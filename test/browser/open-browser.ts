import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const NO_BROWSER = "no browser: apt-get install chromium, or name one: CHROMIUM=/path/to/chrome npm run browser";

/** Finds an installed browser. */
export const browserPlace = (): string | undefined => PLACES.find((place) => place !== undefined && existsSync(place));

/** @throws {Error} where no browser is installed. The message explains how to get one. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = browserPlace();
  if (executablePath === undefined) throw new Error(NO_BROWSER);
  // Root may not use Chromium's sandbox, and containers have no namespaces for it.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** A page with a record of its console errors, policy violations and failed scripts. */
export interface HeardPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Violations of the page's policy, uncaught errors, and lines of the console that are errors. */
  readonly heard: string[];
}

/** @param options of the context: `colorScheme`, `viewport`, … */
export async function heardPage(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<HeardPage> {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const heard: string[] = [];
  await context.exposeFunction("tellViolation", (text: string) => heard.push(text));
  await context.addInitScript(
    "addEventListener('securitypolicyviolation', (told) => tellViolation(told.violatedDirective + ' ' + told.blockedURI));",
  );
  const page = await context.newPage();
  page.on("pageerror", (error) => heard.push(`error ${error.message}`));
  page.on("console", (message) => {
    // Chromium requests an icon from every site. The stub of an issuer has none.
    if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico"))
      heard.push(`console ${message.text()}`);
  });
  return { page, context, heard };
}
