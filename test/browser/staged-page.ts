import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Shown } from "../../console/approvals/prove-record.ts";
import { type HeardPage, heardPage, openBrowser } from "./open-browser.ts";
import { type Stage, startStage } from "./stage.ts";
import { aRequest } from "./stub-hub.ts";

/** Default id of a stage's request. */
export const ID = "ap7f3k2m9q4x8b5c";

/** Page of a test's own on a stage of its own, in a browser that the file's tests share. */
export class StagedPage {
  #browser: Browser | undefined;
  #stage: Stage | undefined;
  #heard: HeardPage | undefined;

  /** Opens the browser for the tests of a file, and a stage with a page for each. */
  constructor() {
    beforeAll(async () => {
      this.#browser = await openBrowser();
    });
    afterAll(() => this.#browser?.close());
    beforeEach(async () => {
      this.#stage = await startStage();
      if (this.#browser) this.#heard = await heardPage(this.#browser);
    });
    afterEach(async () => {
      await this.#heard?.context.close();
      this.#stage?.close();
    });
  }

  get stage(): Stage {
    return begun(this.#stage);
  }

  get heard(): HeardPage {
    return begun(this.#heard);
  }

  get page(): Page {
    return this.heard.page;
  }

  /** Adds a request to the hub. @param changes of its record. */
  async ask(changes: Parameters<typeof aRequest>[1] = {}): Promise<Shown> {
    const shown = await aRequest(this.stage.hub.url, changes);
    this.stage.hub.approvals.set(shown.record.id, shown);
    return shown;
  }

  /** Opens a page of the console, and signs in. */
  async open(path = `/approvals/${ID}`): Promise<void> {
    await this.page.goto(`${this.stage.origin}${path}`);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Lets the hub refuse every read of a path, as it does where no policy permits it. */
  refuse(path: string, permission: string): void {
    this.stage.hub.answer = ({ url = "", method }, response) => {
      if (method !== "GET" || !url.startsWith(path)) return false;
      const error_description = `Policy does not permit this operation. The operation is ${permission}.`;
      response
        .writeHead(403, { "content-type": "application/json" })
        .end(JSON.stringify({ error: "access_denied", code: "operator_denied", error_description }));
      return true;
    };
  }

  approve() {
    return this.page.getByRole("button", { name: "Approve" });
  }

  /** Picks both requests of the inbox for one decision. */
  async pickBoth(): Promise<void> {
    for (const box of [this.page.getByRole("checkbox").first(), this.page.getByRole("checkbox").last()])
      await box.check();
    await this.page.getByRole("button", { name: "Look at these 2 together" }).click();
  }

  everythingStored(): Promise<string> {
    return this.page.evaluate(
      "JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie, location.href, history.state])",
    );
  }

  /** Presses Tab until the focus is on the link or button whose text begins so. */
  async tabTo(text: string): Promise<void> {
    for (let press = 0; press < 40; press += 1) {
      await this.page.keyboard.press("Tab");
      const at = await this.page.evaluate("document.activeElement.textContent.trim()");
      if (String(at).startsWith(text)) return;
    }
    throw new Error(`Tab does not reach ${text}`);
  }
}

function begun<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("no test has begun");
  return value;
}
