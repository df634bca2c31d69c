import type { Browser, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { poll, put, type WaitingAnswer } from "../../local/approval-tour.ts";
import type { TokenAnswer } from "../../local/tour.ts";
import type { LocalCloud } from "../harness/local-cloud.ts";
import { type HeardPage, heardPage } from "./open-browser.ts";

const ABOUT_A_REFUSAL = /^console Failed to load resource: the server responded with a status of 40[13] /;

const ABOUT_A_CUT = /^console Failed to load resource: net::ERR_FAILED/;

/** People at browsers of their own, in front of what `npm start` serves. */
export class Visitors {
  readonly #browser: Browser;
  readonly #local: LocalCloud;
  readonly #opened: HeardPage[] = [];
  readonly #refused = new Set<Page>();
  readonly #cut = new Set<Page>();

  constructor(browser: Browser, local: LocalCloud) {
    this.#browser = browser;
    this.#local = local;
  }

  /** Opens a page of a browser that nobody has signed in with. */
  async newPage(options: Parameters<typeof heardPage>[1] = {}): Promise<Page> {
    const one = await heardPage(this.#browser, options);
    this.#opened.push(one);
    return one.page;
  }

  /** Opens the address, and signs in as the person whose name begins so. */
  async openAs(name: string, address: string): Promise<Page> {
    const page = await this.newPage();
    await page.goto(address);
    await signInAs(page, name);
    return page;
  }

  /** Lets the hub refuse the page. Chromium logs such an answer, perhaps late; that line is then no fault. */
  mayBeRefused(page: Page): void {
    this.#refused.add(page);
  }

  /** Cuts the page's connections. Chromium logs each. */
  mayBeCut(page: Page): void {
    this.#cut.add(page);
  }

  /** Closes every page, and expects no page to have recorded a policy violation or an error. */
  async leave(): Promise<void> {
    for (const { page, context, heard } of this.#opened.splice(0)) {
      await context.close();
      const isExpected = (line: string): boolean =>
        (this.#refused.has(page) && ABOUT_A_REFUSAL.test(line)) || (this.#cut.has(page) && ABOUT_A_CUT.test(line));
      expect(heard.filter((line) => !isExpected(line))).toEqual([]);
    }
  }

  decisionOf({ task }: WaitingAnswer): string {
    return `${this.#local.origin}/approvals/${task.approval.id}`;
  }

  /** Polls with the task's token, as the agent. */
  async polled({
    access_token: token,
  }: WaitingAnswer): Promise<Partial<TokenAnswer> & Readonly<Record<string, unknown>>> {
    const answer = await poll(this.#local.api, token);
    return { ...((await answer.json()) as object), status: answer.status };
  }

  /** Polls for the key, and writes the object with it: `200`, `no key`, or the name of AWS's error. */
  async keyOf(waiting: WaitingAnswer): Promise<string> {
    const [key] = (await this.polled(waiting)).credentials ?? [];
    return key ? put(this.#local.cloud, key) : "no key";
  }
}

/** Signs in at the local issuer. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByLabel(name).check();
  await page.getByRole("button", { name: "Sign in" }).click();
}

export const approve = (page: Page): Locator => page.getByRole("button", { name: "Approve", exact: true });

export async function deny(page: Page, reason: string): Promise<void> {
  await page.getByRole("button", { name: "Deny…" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill(reason);
  await page.getByRole("button", { name: "Deny", exact: true }).click();
}
