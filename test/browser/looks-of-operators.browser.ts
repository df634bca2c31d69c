import { describe, expect, it } from "vitest";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { StagedPage } from "./staged-page.ts";
import { aCondition, aPlace, aTask, manyTasks } from "./stub-operate.ts";

const on = new StagedPage();
const AT = "2026-11-27T12:00:00Z";

describe.each(["light", "dark"] as const)("in a %s theme", (colorScheme) => {
  it.each([320, 1_200, 1_920])("operators' pages have no finding of axe and fit, at %d px", async (width) => {
    const { operate } = on.stage.hub;
    const child = aTask({ id: "k7f3m2q9x4ab.c1x9.", status: "pending_approval", purpose: "\u202eA".repeat(99) });
    operate.tasks = [aTask(), child, ...manyTasks(2)];
    operate.halted = [
      { account: "111122223333", region: "eu-central-1", halted: true, halted_at: AT, halted_by: "staff|alice" },
    ];
    const reason = "\u202eA".repeat(99);
    operate.conditions = [aCondition({ holds: [aPlace("hub"), aPlace("account:111122223333", { reason })] })];
    await on.ask();
    await on.page.emulateMedia({ colorScheme });
    await on.page.setViewportSize({ width, height: 900 });
    await on.open("/");
    await on.page.getByText("Median time to dead").waitFor();
    await on.page.getByRole("region", { name: "Conditions" }).waitFor();
    // Rows of the list exist near the window alone.
    await on.page.locator(".virtual").first().scrollIntoViewIfNeeded();
    await on.page.locator(".task-row").first().waitFor();
    await on.page
      .getByRole("button", { name: /^End the task/ })
      .first()
      .click();
    expect(await faultsOfLooks(on.page)).toEqual([]);
    await on.page.getByRole("link", { name: /^site-deployer / }).click();
    await on.page.getByRole("button", { name: "Show the policy" }).click();
    await on.page.locator(".statement").first().focus();
    await on.page.getByText("used 12 times").waitFor();
    expect(await faultsOfLooks(on.page)).toEqual([]);
    await on.page.getByRole("link", { name: "Panic", exact: true }).click();
    await on.page.getByRole("button", { name: "Halt everything" }).click();
    await on.page.getByText("Write the reason").waitFor();
    expect(await faultsOfLooks(on.page)).toEqual([]);
    operate.panic = { halted: true, reason: "an agent ran wild", declared_at: AT, declared_by: "staff|alice" };
    await on.page.getByRole("link", { name: "Now", exact: true }).click();
    await on.page.getByText("Everything is halted").waitFor();
    await on.page.getByRole("link", { name: "Look at the panic, or lift it" }).click();
    await on.page.getByRole("link", { name: "Lift the panic…" }).waitFor();
    expect(await faultsOfLooks(on.page)).toEqual([]);
    expect(on.heard.heard).toEqual([]);
  });
});
