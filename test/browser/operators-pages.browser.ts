import { beforeEach, describe, expect, it } from "vitest";
import { SAMPLE_READS } from "./sample-reads.ts";
import { StagedPage } from "./staged-page.ts";

const staged = new StagedPage();
beforeEach(() => {
  for (const [path, answer] of SAMPLE_READS) staged.stage.hub.reads.set(path, answer);
});

describe("the page of an agent", () => {
  it("suspends the agent with the typed reason once it is confirmed, and takes the reason along to the page of acts, where one signs what ends for good", async () => {
    await staged.open("/agents/report-agent");
    const { page, stage } = staged;
    await page.getByRole("textbox", { name: "Reason" }).fill("its key stood in a public log");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByRole("button", { name: "Keep" }).click();
    expect(stage.hub.performed).toEqual([]);
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByRole("button", { name: "Suspend it, and end its tasks" }).click();
    await page.getByText("The agent is suspended").waitFor();
    expect(stage.hub.performed).toEqual([
      { path: "/v1/agents/report-agent/suspend", body: { reason: "its key stood in a public log" } },
    ]);
    await page.getByRole("link", { name: "Offboard" }).click();
    await page.getByRole("heading", { name: "Offboard the agent report-agent" }).waitFor();
    await page
      .getByRole("region", { name: "What the link asks for" })
      .getByText("its key stood in a public log")
      .waitFor();
    expect(stage.hub.performed).toHaveLength(1);
  });

  it("still shows the other parts where the operator may not see one", async () => {
    staged.stage.hub.reads.delete("/v1/secrets");
    await staged.open("/agents/report-agent");
    await staged.page.getByText("Not shown: Unknown.").waitFor();
    await staged.page.getByRole("img", { name: "2 identities can be report-agent" }).waitFor();
  });

  it("lists the secrets of every page, and warns where it could not read all", async () => {
    const { secrets } = staged.stage.hub.reads.get("/v1/secrets") as { secrets: readonly { name: string }[] };
    const second = secrets.map((each) => ({ ...each, name: "demo/second-key" }));
    staged.stage.hub.answer = ({ url = "", method }, response) => {
      if (method !== "GET" || !url.startsWith("/v1/secrets")) return false;
      const page = url.includes("after=") ? { secrets: second } : { secrets, next: "demo/api-key" };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(page));
      return true;
    };
    await staged.open("/agents/report-agent");
    await staged.page.getByText("demo/second-key").waitFor();
    expect(await staged.page.getByText("At least").count()).toBe(0);
    const usual = staged.stage.hub.answer;
    staged.stage.hub.answer = (request, response) => {
      if (!request.url?.includes("after=")) return usual(request, response);
      response.writeHead(403, { "content-type": "application/json" }).end('{"code":"operator_denied"}');
      return true;
    };
    await staged.page.getByRole("link", { name: "Agents", exact: true }).first().click();
    await staged.page
      .getByRole("link", { name: /report-agent/ })
      .first()
      .click();
    await staged.page.getByText("At least 1. Only 1 secret was read; there are more.").waitFor();
  });

  it("shows a hostile purpose in its place alone", async () => {
    await staged.open("/agents/report-agent");
    await staged.page.getByText("<img src=x onerror=alert(1)>").waitFor();
    expect(await staged.page.locator("img").count()).toBe(0);
    expect(await staged.page.getByText("\\u{202E}").count()).toBe(1);
    expect(staged.heard.heard).toEqual([]);
  });
});

describe("the form that asks who decides", () => {
  it("is used by keyboard alone, and its answer gets the focus", async () => {
    await staged.open("/agents/report-agent");
    const { page, stage } = staged;
    await page.getByRole("link", { name: "How policy would decide a request of it" }).click();
    // The page's title takes the focus once the page is drawn, later than the link's click on a busy machine.
    await page.locator("h1:focus", { hasText: "Who decides?" }).waitFor();
    await page.getByLabel("Account", { exact: true }).focus();
    for (const text of ["111122223333", "s3:GetObject", "arn:aws:s3:::acme-data/reports/*"]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("The agent is suspended: it gets nothing").waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.className")).toBe("outcome");
    expect(stage.hub.requests).toContain("/v1/policies/explain");
    await page.getByRole("link", { name: "data-reads-reports" }).first().click();
    await page.getByRole("heading", { name: "data-reads-reports", level: 1 }).waitFor();
  });

  it("sends nothing while a field is missing, and names the field", async () => {
    await staged.open("/explain");
    await staged.page.getByRole("button", { name: "Ask" }).click();
    await staged.page.getByRole("alert").getByText("Name the agent.").waitFor();
    expect(staged.stage.hub.requests).not.toContain("/v1/policies/explain");
  });
});

describe("the policies", () => {
  it("are a line each, one's own apart from the guards, and show a text once it is opened", async () => {
    await staged.open("/policies");
    const { page } = staged;
    const idsIn = (name: string) => page.getByRole("list", { name }).locator(".policy-id").allInnerTexts();
    await page.getByText("5 policies").waitFor();
    expect(await idsIn("Your own")).toEqual(["data-reads-reports", "nobody-reads-pii"]);
    expect(await idsIn("Guards")).toEqual(["guard-iam", "guard-keys", "guard-trail"]);
    expect(await page.locator(".cedar").count()).toBe(0);
    await page.getByText("guard-iam").click();
    await page.getByRole("region", { name: "Text of guard-iam" }).waitFor();
    expect(await page.locator(".cedar").count()).toBe(1);
    await page.getByRole("link", { name: "Address of this policy alone" }).click();
    await page.getByRole("heading", { name: "guard-iam", level: 1 }).waitFor();
    await page.getByRole("region", { name: "Text of guard-iam" }).waitFor();
  });
});

describe("the log", () => {
  it("is searched by a URL that can be shared, and loads older events", async () => {
    await staged.open("/audit");
    const { page, stage } = staged;
    await page.getByRole("textbox", { name: "Agent" }).fill("report-agent");
    await page.getByLabel("Denials alone").check();
    await page.keyboard.press("Enter");
    await page.getByText("--agent report-agent --denied").waitFor();
    expect(new URL(page.url()).pathname).toBe("/audit/agent=report-agent&denied=true");
    await page.getByRole("button", { name: "Look further back" }).click();
    await expect.poll(() => stage.hub.requests.at(-1)).toBe("/v1/journal?agent=report-agent&denied=true&before=40000");
    expect(await staged.everythingStored()).not.toContain("eyJ");
  });
});
