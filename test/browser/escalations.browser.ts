import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { StagedPage } from "./staged-page.ts";
import { anEscalation, aTask } from "./stub-operate.ts";

const on = new StagedPage();
const OTHER = { agent: agentId("linter"), task: "p0d4t5r6w7xy.", event: "e5f3m2q9x4ab." };
const lookAgain = () => on.page.evaluate("dispatchEvent(new Event('online'))");
const rows = () => on.page.locator(".findings > li");

describe("escalations", () => {
  it("are on the first page, which describes them until one comes", async () => {
    on.stage.hub.operate.tasks = [aTask()];
    await on.open("/");
    await on.page.getByText("No rule found anything within the last 24 hours.").waitFor();
    await on.page.getByText("touched tripwires").waitFor();
    const old = anEscalation({ found_at: "2026-01-01T00:00:00Z", event: "e6f3m2q9x4ab." });
    on.stage.hub.operate.escalations = [anEscalation(), old];
    await lookAgain();
    await rows().first().waitFor();
    expect(await rows().count()).toBe(1);
    expect(await rows().first().textContent()).toMatch(/E4.*site-deployer.*AWS denied a write.*The task was ended\./s);
    await rows().first().getByText("Evidence").click();
    await on.page.getByText("5f6c2c1e-0b3d-4a51-9f3e-2d7a53b1c001").waitFor();
    const head = rows().first().locator(".finding-head");
    const gap = await head.evaluate(({ children: [first, second] }) =>
      second && first ? second.getBoundingClientRect().left - first.getBoundingClientRect().right : 0,
    );
    expect(gap).toBeGreaterThan(8);
    await on.page.setViewportSize({ width: 390, height: 800 });
    expect(await rows().first().getByText("The task was ended.").isVisible()).toBe(true);
    await on.page.getByRole("link", { name: "All escalations of 90 days" }).click();
    await expect.poll(() => rows().count()).toBe(2);
    expect(on.heard.heard).toEqual([]);
  });

  it("of a task and of an agent are one link away, under a URL that can be shared", async () => {
    on.stage.hub.operate.tasks = [aTask()];
    on.stage.hub.operate.escalations = [anEscalation(), anEscalation(OTHER)];
    await on.open("/tasks/k7f3m2q9x4ab.");
    await on.page.getByRole("link", { name: "What the escalation rules found about its tree" }).click();
    await on.page.getByText("valetkey escalations --task k7f3m2q9x4ab.").waitFor();
    expect(new URL(on.page.url()).pathname).toBe("/escalations/tree=k7f3m2q9x4ab.");
    await expect.poll(() => rows().count()).toBe(1);
    await on.page.goto(`${on.stage.origin}/escalations/agent=linter`);
    await on.page.getByText("valetkey escalations --agent linter").waitFor();
    await expect.poll(() => rows().count()).toBe(1);
    expect(on.stage.hub.requests).toContain("/v1/escalations?agent=linter");
  });

  it("are listed page by page, each once, with the mark of an hour that had too many", async () => {
    const ids = ["e1", "e2", "e3", "e4"].map((id) => anEscalation({ event: `${id}f3m2q9x4ab.` }));
    const { rule, says, agent } = anEscalation({ agent: "\u202elinter" as never });
    const mark = {
      rule,
      says,
      ...(agent ? { agent } : {}),
      until: "2026-11-27T11:59:59.999Z",
      unlisted: true,
    } as const;
    on.stage.hub.operate.escalations = [mark, ...ids];
    await on.open("/escalations");
    await rows().first().waitFor();
    expect(await rows().first().textContent()).toContain("more than are listed, about \\u{202E}linter");
    expect(await rows().count()).toBe(3);
    await on.page.getByRole("button", { name: "Look further back" }).click();
    await expect.poll(() => rows().count()).toBe(5);
    expect(await on.page.getByRole("button", { name: "Look further back" }).count()).toBe(0);
  });
});
