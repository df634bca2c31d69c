import { describe, expect, it } from "vitest";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { StagedPage } from "./staged-page.ts";
import { aCondition, aPlace, aTask, manyTasks } from "./stub-operate.ts";

const on = new StagedPage();
/**
 * Upper bound on the milliseconds beyond 100 that frames of one scroll take in total. A bound on the number of slow
 * frames would show less: two of the slowest fit into a second.
 */
const MOST_STALLED_MS = 200;
const rows = () => on.page.locator(".task-row");
/** Makes the page poll now, as it does when the network comes back, rather than within 5 seconds. */
const lookAgain = () => on.page.evaluate("dispatchEvent(new Event('online'))");
const read = (path: string) => on.stage.hub.requests.filter((each) => each.startsWith(path)).length;

describe("the page of live tasks", () => {
  it("lists 5,000 tasks, draws some twenty, loads as far as a person scrolls, and gets 304s", async () => {
    on.stage.hub.operate.tasks = manyTasks(5_000);
    await on.open("/");
    await on.page.getByText("5,000 tasks of 40 agents are alive.").waitFor();
    await rows().first().waitFor();
    expect(await rows().count()).toBeLessThan(40);
    expect(read("/v1/tasks")).toBeLessThanOrEqual(2);
    const scrolls: { readonly atBottom: boolean; readonly frames: number; readonly stalledMs: number }[] = [];
    for (let times = 0; times < 3; times += 1) scrolls.push(await on.page.evaluate(SCROLLED_THROUGH));
    expect(scrolls.map(({ atBottom }) => atBottom)).toEqual([true, true, true]);
    // The best of several scrolls. Other processes may use the machine in the meantime; a list that stutters does so
    // each time.
    const least = Math.min(...scrolls.map(({ stalledMs }) => stalledMs));
    expect(least, JSON.stringify(scrolls)).toBeLessThanOrEqual(MOST_STALLED_MS);
    await on.page.getByText("Work number 4999").waitFor();
    expect(await rows().count()).toBeLessThan(40);
    await expect
      .poll(async () => [await lookAgain(), ...on.stage.hub.unchanged], { timeout: 30_000 })
      .toContain("/v1/overview");
    expect(on.heard.heard).toEqual([]);
  });

  it("ends a task at the second press, and shows when AWS denied its key", async () => {
    on.stage.hub.operate.tasks = [aTask(), aTask({ id: "k7f3m2q9x4ab.c1x9.", agent: "linter" })];
    on.stage.hub.operate.deniedAfterMs = 1_000;
    await on.open("/");
    await on.page.getByRole("button", { name: "End the task k7f3m2q9x4ab. of site-deployer" }).click();
    await on.page.getByRole("button", { name: "Keep" }).click();
    expect(on.stage.hub.operate.endedAt.size).toBe(0);
    await on.page.getByRole("button", { name: "End the task k7f3m2q9x4ab. of site-deployer" }).press("Enter");
    await expect.poll(() => on.page.evaluate("document.activeElement.textContent")).toBe("End it now");
    await on.page.keyboard.press("Enter");
    await on.page.getByText("1 of 1 key not yet denied").waitFor();
    await on.page.getByText("Denied by AWS 412 ms after the end.").waitFor();
    await on.page.getByText("No task is alive.", { exact: true }).waitFor();
    expect([...on.stage.hub.operate.endedAt.keys()]).toEqual(["k7f3m2q9x4ab."]);
  });

  it("shows an agent's purpose as text that can change nothing", async () => {
    on.stage.hub.operate.tasks = [aTask({ purpose: "<img src=x onerror=alert(1)>\u202egpj\u001b[31m" })];
    await on.open("/");
    await rows().first().waitFor();
    expect(await rows().first().textContent()).toContain("<img src=x onerror=alert(1)>\\u{202E}gpj\\u{1B}[31m");
    expect(await on.page.locator("main img").count()).toBe(0);
    expect(await on.everythingStored()).not.toContain("eyJ");
    expect(on.heard.heard).toEqual([]);
  });

  it.each([
    ["from left to right", `Write the weekly report${" and more".repeat(99)}`],
    ["from right to left", `اكتب التقرير الأسبوعي${" for everyone".repeat(99)}`],
  ])("shows the beginning of a long purpose that is read %s", async (_, purpose) => {
    on.stage.hub.operate.tasks = [aTask({ purpose })];
    await on.open("/");
    await rows().first().waitFor();
    expect(await on.page.evaluate(FIRST_CHARACTER_IS_SEEN)).toBe(true);
  });

  it("shows that valetkey does not answer, keeps the last tasks on the page, and recovers", async () => {
    on.stage.hub.operate.tasks = [aTask()];
    await on.open("/");
    await rows().first().waitFor();
    on.stage.hub.answer = (_, response) => response.destroy() !== undefined;
    await lookAgain();
    await on.page.getByText("valetkey does not answer").waitFor();
    expect(await rows().count()).toBe(1);
    on.stage.hub.answer = undefined;
    await lookAgain();
    await on.page.getByText("valetkey does not answer").waitFor({ state: "detached" });
  });

  it("paints within a second, and another page within 100 ms", async () => {
    on.stage.hub.operate.tasks = manyTasks(200);
    await on.open("/");
    await rows().first().waitFor();
    const paintedMs: number[] = [];
    for (let times = 0; times < 4; times += 1) {
      await on.page.reload();
      await rows().first().waitFor();
      paintedMs.push(
        Number(await on.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")),
      );
    }
    const tookMs: number[] = [];
    for (const name of ["Panic", "Now", "Panic", "Now", "Panic", "Now"])
      tookMs.push(Number(await on.page.evaluate(CHANGE_TO(name))));
    // The shortest of several: other processes may use the machine in the meantime.
    expect(Math.min(...paintedMs)).toBeLessThan(1_000);
    expect(Math.min(...tookMs)).toBeLessThan(100);
    // The rows from before are shown at once.
    expect(await rows().count()).toBeGreaterThan(0);
  });
});

describe("requests that wait", () => {
  it("are one link away from the first page, whoever they wait for", async () => {
    await on.open("/");
    await on.page.getByText("No request waits for people.").waitFor();
    expect(await on.page.getByRole("link", { name: /wait/ }).count()).toBe(0);
    on.stage.hub.operate.waiting = 1;
    await lookAgain();
    await on.page.getByRole("link", { name: "Requests wait: 1 for sre." }).click();
    await on.page.getByText("Nothing waits.").waitFor();
    // No answer of the hub tells an approver without requests from a person who is none.
    await on.page.getByText("That takes valetkey:Approve, which the owners of the policies grant.").waitFor();
    expect(await faultsOfLooks(on.page)).toEqual([]);
  });
});

describe("an address that somebody types", () => {
  it("leads to the first page by the name that it has", async () => {
    await on.open("/now");
    await on.page.getByRole("heading", { name: "Now", level: 1 }).waitFor();
    expect(await on.page.locator("nav [aria-current]").allTextContents()).toEqual(["Now"]);
    await on.page.getByText("Nothing that you may see can act: no task is alive.").waitFor();
  });

  it("that is no page has a link to the first page", async () => {
    await on.page.goto(`${on.stage.origin}/nothing`);
    expect(await faultsOfLooks(on.page)).toEqual([]);
    await on.page.getByRole("link", { name: "Go to the first page" }).click();
    await on.page.getByRole("button", { name: "Sign in" }).waitFor();
    await on.page.getByRole("button", { name: "Sign in" }).click();
    await on.page.getByRole("heading", { name: "Now", level: 1 }).waitFor();
  });
});

describe("the numbers of the last 24 hours", () => {
  const figure = (name: string) => on.page.getByRole("listitem").filter({ hasText: name });

  it("are those of the log, each with a plot whose words say what it shows", async () => {
    await on.open("/");
    await figure("Keys issued").getByText("213", { exact: true }).waitFor();
    await figure("Keys issued").getByText("for 189 tasks").waitFor();
    await figure("Denials").getByText("4", { exact: true }).waitFor();
    await figure("Unused rights").getByText("44", { exact: true }).waitFor();
    await figure("Unused rights")
      .getByText("of 176 granted to 176 of 198 ended tasks; of 22 nothing is known")
      .waitFor();
    expect(await figure("Unused rights").locator("rect").count()).toBe(24);
    await figure("Median time to dead").getByText("412 ms", { exact: true }).waitFor();
    expect(await figure("Keys issued").getByRole("img").getAttribute("aria-label")).toMatch(
      /at the most 24, in the hour/,
    );
    expect(await figure("Keys issued").locator("rect").count()).toBe(24);
    await on.page.getByText("Nothing that you may see can act: no task is alive.").waitFor();
    expect(on.heard.heard).toEqual([]);
  });

  it.each([
    [403, "operator_denied", "The operation is valetkey:ReadJournal.", "Not shown: it takes valetkey:ReadJournal"],
    [503, "archive_unavailable", "The archive cannot be read.", "Not shown: The archive cannot be read."],
  ])("are not shown where the API answers %d, and the rest of the page is", async (status, code, says, shown) => {
    on.stage.hub.operate.tasks = [aTask()];
    on.stage.hub.answer = ({ url = "", method }, response) => {
      if (method !== "GET" || !url.startsWith("/v1/journal")) return false;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ code, error_description: says }));
      return true;
    };
    await on.open("/");
    await on.page.getByText(shown).waitFor();
    await rows().first().waitFor();
    expect(await on.page.locator(".number").count()).toBe(0);
    expect(await on.page.getByText("valetkey does not answer").count()).toBe(0);
  });

  it("are at least so many where one read does not reach back a day", async () => {
    const from = "2026-11-27T12:00:00.000Z";
    const answer = { searched: { from: 9, to: 99, back_to: from }, before: 9, events: [] };
    on.stage.hub.reads.set("/v1/journal", {
      ...answer,
      counts: { hours: [{ from, opened: 1_000, keys: 2_000, denied: 0, ended: 1 }] },
    });
    await on.open("/");
    await figure("Keys issued").getByText("≥ 2,000", { exact: true }).waitFor();
    await on.page.getByText("Counted back to 27 Nov 2026").waitFor();
    await figure("Median time to dead").getByText("no task with a key of AWS has ended").waitFor();
    await figure("Unused rights").getByText("not counted yet: CloudTrail is late by up to an hour").waitFor();
  });
});

describe("the conditions of the world", () => {
  const part = () => on.page.getByRole("region", { name: "Conditions" });
  const places = () => part().getByRole("listitem");
  const copied = async () => (await part().locator(".command code").allTextContents()).toSorted();

  it("that hold are each named with their place, who set it, why, until when, and how to lift it", async () => {
    on.stage.hub.operate.accounts = [{ account: "111122223333", name: "Payments" }];
    on.stage.hub.operate.conditions = [
      aCondition({ holds: [aPlace("hub"), aPlace("account:111122223333", { set_by: "event:7f3a" })] }),
      aCondition({ condition: "watched", holds: [aPlace("agent:linter", { set_by: "escalation:E4:9x4b" })] }),
      aCondition({ condition: "incident", kind: "permits", longest_seconds: 900 }),
      aCondition({ condition: "audit", scopes: ["team"] }),
    ];
    await on.open("/");
    await part().getByText("111122223333 (Payments)").waitFor();
    expect(await places().allInnerTexts()).toEqual([
      expect.stringMatching(
        /^change-freeze\s+restricts\s+the whole hub\s+until 1 Dec 2026.*\s+Set by person:alice at staff: the quarter ends\s/,
      ),
      expect.stringMatching(
        /^change-freeze\s+restricts\s+the account 111122223333 \(Payments\)\s[\s\S]*Set by the event 7f3a on the bus: /,
      ),
      expect.stringMatching(/^watched\s+restricts\s+the agent linter\s[\s\S]*Set by rule E4 of escalation: /),
    ]);
    expect(await copied()).toEqual([
      'npx valetkey conditions lift change-freeze --scope account:111122223333 --reason "…" --yes',
      'npx valetkey conditions lift change-freeze --scope hub --reason "…" --yes',
      'npx valetkey conditions lift watched --scope agent:linter --reason "…" --yes',
      'npx valetkey conditions set audit --scope team:… --for 60m --reason "…" --yes',
      'npx valetkey conditions set incident --scope hub --for 15m --reason "…" --yes',
    ]);
    on.stage.hub.operate.conditions = [aCondition()];
    await lookAgain();
    await part().getByText("Nowhere: change-freeze").waitFor();
    expect(await places().count()).toBe(0);
    expect(on.heard.heard).toEqual([]);
  });

  it("are text that can change neither the page nor a command", async () => {
    const scope = "team:data'; rm -rf ~ #";
    const reason = "<img src=x onerror=alert(1)>\u202egpj\u001b[31m";
    on.stage.hub.operate.conditions = [aCondition({ holds: [aPlace(scope, { reason }), aPlace("team:\u202ea")] })];
    await on.open("/");
    await places().first().waitFor();
    expect(await places().first().textContent()).toContain("<img src=x onerror=alert(1)>\\u{202E}gpj\\u{1B}[31m");
    expect(await on.page.locator("main img").count()).toBe(0);
    expect((await copied()).join()).toContain(`--scope 'team:data'\\''; rm -rf ~ #' --reason`);
    expect(await part().getByRole("button", { name: /^Copy/ }).count()).toBe(1);
  });

  it("show the digits of an account to a person who may not list accounts", async () => {
    on.stage.hub.operate.conditions = [aCondition({ holds: [aPlace("account:111122223333")] })];
    on.refuse("/v1/accounts", "valetkey:ListAccounts");
    await on.open("/");
    await part().getByText("the account 111122223333", { exact: true }).waitFor();
    await expect.poll(() => read("/v1/accounts")).toBe(1);
    expect(await places().count()).toBe(1);
  });

  it("are not shown to a person who may not list them, who reads which permission it takes", async () => {
    on.stage.hub.operate.tasks = [aTask()];
    on.refuse("/v1/conditions", "valetkey:ListConditions");
    await on.open("/");
    await part().getByText("Not shown: it takes valetkey:ListConditions").waitFor();
    expect(await part().textContent()).not.toContain("0");
    await rows().first().waitFor();
  });

  it("are not on the page where the deployment defines none", async () => {
    on.stage.hub.operate.tasks = [aTask()];
    await on.open("/");
    await rows().first().waitFor();
    await expect.poll(() => read("/v1/conditions")).toBeGreaterThan(0);
    await lookAgain();
    await expect.poll(() => read("/v1/conditions")).toBeGreaterThan(1);
    expect(await part().count()).toBe(0);
    expect(read("/v1/accounts")).toBe(0);
  });
});

describe("the page of the panic", () => {
  it("declares a panic only with a reason and a typed word", async () => {
    await on.open("/panic");
    const halt = on.page.getByRole("button", { name: "Halt everything" });
    await halt.click();
    await on.page.locator("#reason + #reason-fault", { hasText: "Write the reason" }).waitFor();
    expect(await on.page.evaluate("document.activeElement.id")).toBe("reason");
    await on.page.getByRole("textbox", { name: "Reason" }).fill("an agent ran wild");
    await halt.click();
    await on.page.locator("#word + #word-fault", { hasText: "Type the word" }).waitFor();
    expect(await on.page.evaluate("document.activeElement.id")).toBe("word");
    expect(on.stage.hub.operate.panic.halted).toBe(false);
    await on.page.getByLabel("Type halt").fill("halt");
    await on.page.keyboard.press("Enter");
    await on.page.getByText("Everything is halted").waitFor();
    expect(on.stage.hub.operate.panic).toMatchObject({ halted: true, reason: "an agent ran wild" });
    await on.page.getByRole("link", { name: "Now" }).first().click();
    await on.page.getByText("Everything is halted").waitFor();
    await on.page.getByRole("link", { name: "Look at the panic, or lift it" }).click();
    await on.page.getByRole("link", { name: "Lift the panic…" }).click();
    await on.page.getByRole("heading", { name: "Lift the panic" }).waitFor();
    expect(on.stage.hub.performed).toEqual([]);
  });
});

/** True where the first character of the purpose is within its row. */
const FIRST_CHARACTER_IS_SEEN = `(() => {
  const row = document.querySelector(".task-purpose");
  const range = document.createRange();
  range.setStart(row.firstChild.firstChild, 0);
  range.setEnd(row.firstChild.firstChild, 1);
  const [seen, place] = [row.getBoundingClientRect(), range.getBoundingClientRect()];
  return place.left >= seen.left - 1 && place.right <= seen.right + 1;
})()`;

/**
 * Scrolls from the top to the bottom within a second, frame by frame. Returns the total by which frames took longer
 * than 100 ms.
 */
const SCROLLED_THROUGH = `new Promise((done) => {
  scrollTo(0, 0);
  const [begun, bottom] = [performance.now(), document.documentElement.scrollHeight];
  let [last, frames, stalledMs] = [begun, 0, 0];
  const step = (now) => {
    frames += 1;
    stalledMs += Math.max(0, now - last - 100);
    last = now;
    const part = Math.min(1, (now - begun) / 1000);
    scrollTo(0, part * bottom);
    if (part < 1) requestAnimationFrame(step);
    else done({ atBottom: scrollY + innerHeight >= document.documentElement.scrollHeight - 2, frames, stalledMs });
  };
  requestAnimationFrame(step);
})`;

/** Follows a link of the navigation. Returns the milliseconds until the page's title is painted and has the focus. */
const CHANGE_TO = (name: string) => `new Promise((done) => {
  const begun = performance.now();
  [...document.querySelectorAll("nav a")].find((each) => each.textContent === "${name}").click();
  const look = () =>
    document.activeElement?.tagName === "H1" && document.activeElement.textContent === "${name}"
      ? done(performance.now() - begun)
      : requestAnimationFrame(look);
  requestAnimationFrame(look);
})`;
