import { describe, expect, it } from "vitest";
import { faultsOfLooks } from "./faults-of-looks.ts";
import { StagedPage } from "./staged-page.ts";

const on = new StagedPage();

/** Pages with the permission that each takes, and the reads that policy then refuses. */
const PAGES = [
  ["/agents", "valetkey:ListAgents", "/v1/agents"],
  ["/policies", "valetkey:ReadPolicies", "/v1/policies"],
  ["/audit", "valetkey:ReadJournal", "/v1/journal"],
  ["/escalations", "valetkey:ListEscalations", "/v1/escalations"],
  ["/panic", "valetkey:ReadPanic", "/v1/panic"],
] as const;

describe("a page that a person may not read", () => {
  it.each(PAGES)("at %s names %s and who grants it, as no failure", async (path, permission, read) => {
    on.refuse(read, permission);
    await on.open(path);
    await on.page.getByText(`It takes ${permission}, and no policy permits that to alice.`).waitFor();
    await on.page.getByText("Ask those who own the policies").waitFor();
    expect(await on.page.locator(".notice.bad, [role=alert]:not(:empty)").count()).toBe(0);
    expect(await faultsOfLooks(on.page)).toEqual([]);
  });

  it("is not where an approver without it starts: that is the inbox, and the page says so later", async () => {
    on.refuse("/v1/overview", "valetkey:ReadOverview");
    await on.open("/");
    await on.page.getByRole("heading", { name: "Waiting for a decision" }).waitFor();
    expect(new URL(on.page.url()).pathname).toBe("/approvals");
    await on.page.getByRole("navigation").getByRole("link", { name: "Now" }).click();
    await on.page.getByText("It takes valetkey:ReadOverview, and no policy permits that to alice.").waitFor();
    expect(await on.page.locator(".notice.bad, [role=alert]:not(:empty)").count()).toBe(0);
    expect(await faultsOfLooks(on.page)).toEqual([]);
    expect(new URL(on.page.url()).pathname).toBe("/");
  });

  it("is named to an approver who goes there from another page, too", async () => {
    on.refuse("/v1/overview", "valetkey:ReadOverview");
    await on.open("/approvals");
    await on.page.getByRole("heading", { name: "Waiting for a decision" }).waitFor();
    await on.page.getByRole("navigation").getByRole("link", { name: "Now" }).click();
    await on.page.getByText("It takes valetkey:ReadOverview, and no policy permits that to alice.").waitFor();
    expect(new URL(on.page.url()).pathname).toBe("/");
  });

  it("shows a refusal of another kind as a failure, in the words of the API", async () => {
    on.stage.hub.answer = ({ url = "", method }, response) => {
      if (method !== "GET" || !url.startsWith("/v1/agents")) return false;
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ code: "agent_not_found", error_description: "valetkey:ListAgents <b>no</b>" }));
      return true;
    };
    await on.open("/agents");
    await on.page.locator(".notice.bad", { hasText: "valetkey:ListAgents <b>no</b>" }).waitFor();
  });
});

describe("a page that waits for its answer", () => {
  it("shows grey rows, and a sentence for screen readers, until the answer is there", async () => {
    let isHeld = true;
    on.stage.hub.reads.set("/v1/agents", { agents: [] });
    on.stage.hub.answer = ({ url = "", method }, response) => {
      if (!isHeld || method !== "GET" || !url.startsWith("/v1/agents")) return false;
      response.writeHead(503, { "content-type": "application/json" }).end("{}");
      return true;
    };
    await on.open("/agents");
    await on.page.getByRole("status").filter({ hasText: "Reading the agents…" }).waitFor();
    await expect
      .poll(() => on.page.evaluate("getComputedStyle(document.querySelector('.skeleton-row')).opacity"))
      .not.toBe("0");
    expect(await faultsOfLooks(on.page)).toEqual([]);
    isHeld = false;
    await on.page.evaluate("dispatchEvent(new Event('online'))");
    await on.page.getByText("No agent is registered.").waitFor();
    expect(await on.page.locator(".skeleton-row").count()).toBe(0);
  });
});
