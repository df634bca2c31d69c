import { expect, it } from "vitest";
import { actLink } from "../../contract/decision/act-link.ts";
import { startLocalCloud } from "../harness/local-cloud.ts";
import { openBrowser } from "./open-browser.ts";
import { signInAs, Visitors } from "./visitors.ts";

it("with stepUp, the console of `npm start` performs by a sign-in what a stolen operator's token cannot, and no link performs anything by itself", async () => {
  const local = await startLocalCloud({ change: (config) => ({ ...config, stepUp: true }), hasRules: false });
  const browser = await openBrowser();
  const visitors = new Visitors(browser, local);
  try {
    const agent = {
      id: "newcomer",
      name: "Newcomer",
      owner: "staff|person:alice",
      team: "demo",
      bindings: [{ issuer: "local", claims: { sub: "agent:newcomer" } }],
    };
    const operator = { authorization: `Bearer ${await local.cloud.people.mint({ sub: "person:alice" })}` };
    const read = async (): Promise<number> =>
      (await fetch(`${local.api}/v1/agents/newcomer`, { headers: operator })).status;
    const refused = await fetch(`${local.api}/v1/agents`, {
      method: "POST",
      headers: { ...operator, "content-type": "application/json" },
      body: JSON.stringify(agent),
    });
    const refusal = (await refused.json()) as { readonly code: string; readonly console: string };
    expect([refused.status, refusal.code]).toEqual([401, "step_up_required"]);
    expect(refusal.console).toBe(actLink(local.origin, { path: "/v1/agents", body: agent }));

    const page = await visitors.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(refusal.console);
    await page.getByRole("button", { name: "Register the agent newcomer" }).waitFor();
    expect(await read()).toBe(404);
    await page.getByRole("button", { name: "Register the agent newcomer" }).click();
    await signInAs(page, "Alice");
    await page.getByText("Done").waitFor();
    expect(await read()).toBe(200);

    // Only a sign-in for exactly that lifts a panic.
    const panic = (method: string, path = "", body?: object) =>
      fetch(`${local.api}/v1/panic${path}`, {
        method,
        headers: { ...operator, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    expect((await panic("POST", "", { reason: "a drill" })).status).toBe(200);
    expect((await panic("POST", "/lift", {})).status).toBe(401);
    const lifting = await visitors.openAs("Alice", `${local.origin}/panic`);
    lifting.setDefaultTimeout(20_000);
    await lifting.getByRole("link", { name: "Lift the panic…" }).click();
    await lifting.getByRole("button", { name: "Lift the panic" }).click();
    await signInAs(lifting, "Alice");
    await lifting.getByText("Done").waitFor();
    expect(await (await panic("GET")).json()).toMatchObject({ lifted_by: "staff|person:alice" });

    // Bob is no operator. The page shows him the act and lets him sign in, but the act is refused.
    const other = await visitors.newPage();
    other.setDefaultTimeout(20_000);
    await other.goto(actLink(local.origin, { path: "/v1/agents/newcomer/offboard", body: {} }));
    await other.getByRole("button", { name: "Offboard the agent newcomer" }).click();
    await signInAs(other, "Bob");
    await other.getByText("It was not done").waitFor();
    visitors.mayBeRefused(other);
    const after = await fetch(`${local.api}/v1/agents/newcomer`, { headers: operator });
    expect(await after.json()).toMatchObject({ status: "active" });
    await visitors.leave();
  } finally {
    await browser.close();
    await local.close();
  }
});
