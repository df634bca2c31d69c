import { spawn } from "node:child_process";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageName } from "../../contract/decision/console-pages.ts";
import { auditorKeys } from "../../local/auditor-keys.ts";
import { type LocalPerson, PEOPLE } from "../../local/issuer/people.ts";
import { terminalOf } from "../../local/what-next.ts";
import { type LocalCloud, startLocalCloud } from "../harness/local-cloud.ts";
import { openBrowser } from "./open-browser.ts";
import { Visitors } from "./visitors.ts";

const [ALICE, BOB] = PEOPLE as readonly [LocalPerson, LocalPerson, ...LocalPerson[]];

let browser: Browser;
let local: LocalCloud;
let visitors: Visitors;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  browser = await openBrowser();
  local = await startLocalCloud();
  visitors = new Visitors(browser, local);
  const keys = await auditorKeys(local.cloud);
  environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...terminalOf(local.cloud, local.api),
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
});
afterAll(async () => {
  await browser?.close();
  await local?.close();
});

/** Goes to the page as a link of the console does, which needs no new sign-in, and returns what it offers to copy. */
async function commandsAt(page: Page, path: string): Promise<readonly string[]> {
  await page.evaluate(
    `history.pushState(null, "", ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent("popstate"))`,
  );
  const copied = page.locator(".command", { has: page.getByRole("button", { name: /^Copy/, includeHidden: true }) });
  await copied.first().waitFor({ state: "attached" });
  return copied.locator("code").allTextContents();
}

/** Runs a copied line in a shell, in this folder. A line that watches is ended once it has printed something. */
async function run(
  line: string,
  person: LocalPerson,
): Promise<{ readonly line: string; readonly code: number | null; readonly out: string }> {
  const env = {
    ...environment,
    VALETKEY_OPERATOR_TOKEN: await local.cloud.people.mint({ sub: person.id, groups: person.groups }),
  };
  const child = spawn("sh", ["-c", line], { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      out += data;
      if (WATCHES.test(line) && child.pid !== undefined) process.kill(-child.pid);
    });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { line, code, out };
}

/** Command that goes on until somebody ends it. */
const WATCHES = /--watch/;

/** Pages that offer no command by themselves: those of a sign-in, the inbox, and a form whose fields make the command. */
const WITHOUT = ["callback", "act", "trial", "explain", "approvals"] as const satisfies readonly PageName[];

describe("the commands that the pages of `npm start` offer to copy", () => {
  it("run in the terminal that `npm start` describes", { timeout: 300_000 }, async () => {
    const [agent, leaving] = [await local.newAgent(), await local.newAgent()];
    const { task } = await local.ask({ agent, purpose: "publish the weekly report" });
    await local.cloud.settled();
    await local.cloud.hosts.archive.invoke({});
    const addresses: Readonly<Record<Exclude<PageName, (typeof WITHOUT)[number]>, string>> = {
      now: "/",
      approval: `/approvals/${task.approval.id}`,
      task: `/tasks/${task.id}`,
      agents: "/agents",
      policies: "/policies",
      audit: "/audit",
      escalations: "/escalations",
      consents: "/consents",
      agent: `/agents/${leaving}`,
      panic: "/panic",
    };
    const alice = await visitors.openAs("Alice", `${local.origin}/`);
    const bob = await visitors.openAs("Bob", `${local.origin}/`);
    for (const path of Object.values(addresses)) {
      const [page, person] = path === addresses.approval ? [bob, BOB] : [alice, ALICE];
      const lines = await commandsAt(page, path);
      expect([path, lines.length > 0]).toEqual([path, true]);
      for (const line of lines.filter((each) => !each.includes(" conditions "))) {
        const ran = await run(line, person);
        expect.soft(ran).toMatchObject({ line, code: WATCHES.test(line) ? null : 0 });
      }
    }
    // Last, since a freeze ends what the other commands are about.
    await commandsAt(alice, "/");
    for (const verb of ["set", "lift"]) {
      const command = alice.locator(".command code", {
        hasText: `valetkey conditions ${verb} change-freeze --scope hub`,
      });
      await command.waitFor({ state: "attached" });
      expect(await run((await command.textContent()) ?? "", ALICE)).toMatchObject({ code: 0 });
    }
    await alice.getByRole("link", { name: "Policies" }).click();
    await alice.getByRole("link", { name: "Ask." }).click();
    const asked = { Agent: agent, Account: local.cloud.targetAccount, Actions: "s3:GetObject" };
    for (const [label, text] of Object.entries({ ...asked, Resources: "arn:aws:s3:::acme-data/reports/*" }))
      await alice.getByLabel(label, { exact: true }).fill(text);
    await alice.getByRole("button", { name: "Ask", exact: true }).click();
    const line = await alice.locator(".command code").textContent();
    expect(await run(line ?? "", ALICE)).toMatchObject({ code: 0, out: expect.stringContaining("of team demo") });
  });
});
