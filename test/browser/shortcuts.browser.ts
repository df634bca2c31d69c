import { beforeEach, describe, expect, it } from "vitest";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { SAMPLE_READS } from "./sample-reads.ts";
import { StagedPage } from "./staged-page.ts";

const on = new StagedPage();
/** Reads of the page Now, which the stub answers itself. */
const OF_NOW: ReadonlySet<string> = new Set(["/v1/overview", "/v1/tasks"]);
beforeEach(() => {
  for (const [path, answer] of SAMPLE_READS) if (!OF_NOW.has(path)) on.stage.hub.reads.set(path, answer);
});
const title = (name: string) => on.page.getByRole("heading", { name, level: 1, exact: true });
const list = () => on.page.getByRole("dialog", { name: "Keyboard shortcuts" });
const isFocused = (selector: string) => on.page.evaluate(`document.activeElement.matches('${selector}')`);

describe("the keyboard's shortcuts", () => {
  it("go to every page of the navigation by g and its letter, and keep the sign-in", async () => {
    await on.open("/agents");
    await title("Agents").waitFor();
    for (const [key, name] of [
      ["p", "Policies"],
      ["u", "Audit"],
      ["x", "Panic"],
      ["c", "Consents"],
      ["a", "Waiting for a decision"],
      ["n", "Now"],
      ["g", "Agents"],
    ] as const) {
      await on.page.keyboard.press("g");
      await on.page.keyboard.press(key);
      await title(name).waitFor();
    }
    expect(on.heard.heard.filter((line) => !line.includes("404"))).toEqual([]);
  });

  it("search a page by a slash, and are text in a field", async () => {
    await on.open("/policies");
    await title("Policies").waitFor();
    await on.page.getByText("The nightly report.").waitFor();
    await on.page.keyboard.press("/");
    expect(await isFocused("#sought")).toBe(true);
    await on.page.keyboard.type("gp/?");
    expect(await on.page.locator("#sought").inputValue()).toBe("gp/?");
    expect(new URL(on.page.url()).pathname).toBe("/policies");
    expect(await list().isVisible()).toBe(false);
  });

  it("do nothing with a modifier of the browser or a system", async () => {
    await on.open("/agents");
    await title("Agents").waitFor();
    await on.page.keyboard.press("g");
    await on.page.keyboard.press("Alt+p");
    await on.page.keyboard.press("p");
    expect(new URL(on.page.url()).pathname).toBe("/agents");
  });

  it.each([320, 1_200])("are listed by a question mark, without a finding of axe at %d px", async (width) => {
    await on.page.setViewportSize({ width, height: 800 });
    await on.open("/agents");
    await title("Agents").waitFor();
    await on.page.keyboard.press("?");
    await list().waitFor();
    expect(await list().locator("dt").allInnerTexts()).toEqual([
      "/",
      "g n",
      "g a",
      "g c",
      "g g",
      "g p",
      "g u",
      "g x",
      "?",
    ]);
    expect(await faultsOfLooks(on.page)).toEqual([]);
    await on.page.keyboard.press("Escape");
    await list().waitFor({ state: "hidden" });
  });

  it("are switched off for good by a person whose software types keys", async () => {
    await on.open("/agents");
    await on.page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    await list().getByRole("checkbox").uncheck();
    await list().getByRole("button", { name: "Close" }).click();
    await title("Agents").focus();
    await on.page.keyboard.type("gp?");
    expect(new URL(on.page.url()).pathname).toBe("/agents");
    expect(await list().isVisible()).toBe(false);
    expect(await on.everythingStored()).toContain('["valetkey-shortcuts","off"]');
  });
});
