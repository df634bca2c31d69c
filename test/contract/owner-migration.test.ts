import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { askPeople } from "../../local/approval-tour.ts";
import { callClient } from "../unit/client/call-client.ts";
import { type ApprovingCloud, runApprovingCloud } from "./approving-cloud.ts";
import { BUCKET } from "./running-cloud.ts";

const [ALICE, BOB, CAROL] = ["person:alice", "person:bob", "person:carol"];
const NIGHTLY = `@id("demo-nightly") @approval("sre") @standing("2/1h") permit (
  principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource
) when { resource.arn like "arn:aws:s3:::acme-data/nightly/*" };`;

let running: ApprovingCloud;
let file: string;
beforeAll(async () => {
  // The agents `demo` and `tickets` of a running cloud are owned by an address.
  running = await runApprovingCloud({ nightly: NIGHTLY });
  file = join(mkdtempSync(join(tmpdir(), "valetkey-agents-")), "agents.yaml");
});
afterAll(() => running.close());

/** Runs a command of an operator. */
async function operate(argv: readonly string[], person = ALICE) {
  const token = await running.cloud.people.mint({ sub: person });
  return callClient(argv, { VALETKEY_URL: running.url, VALETKEY_OPERATOR_TOKEN: token });
}
const write = (owner: string, contact?: string): void =>
  writeFileSync(file, `- id: demo\n  owner: ${owner}\n${contact === undefined ? "" : `  contact: ${contact}\n`}`);

/**
 * Retries requests that are refused for the moment, as agents do. A function may have read the agent just before it was
 * changed.
 */
const retried = <T>(ask: () => Promise<T>): Promise<T> => vi.waitFor(ask, { timeout: 60_000, interval: 500 });

/** Requests two uses of the same approval. */
const askStanding = () => retried(askOnce);
async function askOnce() {
  const resource = `arn:aws:s3:::${BUCKET}/nightly/report.csv`;
  const { access_token: token, task } = await askPeople(running.url, running.cloud, {
    resource,
    agent: "demo",
    standing: "2/1h",
  });
  return { status: task.status, id: task.id, token, approval: task.approval?.id ?? "" };
}

describe("an agent whose owner is an e-mail address", { timeout: 120_000 }, () => {
  it("gets nothing that needs a vote, whoever votes, and doctor and apply report why", async () => {
    const held = await retried(() => running.ask("demo", "published/weekly.csv"));
    for (const person of [BOB, CAROL])
      expect(await running.voting.approve(person, held.approval)).toBe("403 not_eligible");
    expect((await operate(["doctor"])).stdout).toMatch(
      /^owners +unknown +2 agents have owners who name no person: demo, tickets\n {2}mend: .*owner: "issuer\|person"/m,
    );
    write("owner@acme.test");
    const { stdout, stderr } = await operate(["apply", "-f", file]);
    expect(stdout).toBe("= demo: is as the file says\n");
    expect(stderr).toContain('demo: the owner "owner@acme.test" names no person');
  });

  it("gets a person as its owner by apply: its tasks live on, and one vote approves again", async () => {
    const before = await retried(() => running.start());
    write('"staff|person:dora"', "owner@acme.test");
    const planned = await operate(["apply", "-f", file]);
    expect(planned.stdout).toBe("~ demo: change owner, contact\n");
    expect((await operate(["apply", "-f", file, "--yes"])).code).toBe(0);
    const shown = JSON.parse((await operate(["agents", "show", "demo", "--json"])).stdout);
    expect(shown).toMatchObject({ owner: "staff|person:dora", contact: "owner@acme.test", status: "active" });
    expect((await operate(["doctor"])).stdout).toMatch(/1 agent has an owner who names no person: tickets/);

    const renewed = await fetch(`${running.url}/v1/tasks/${before.id}/credentials/aws-0`, {
      headers: { authorization: before.token },
    });
    expect(renewed.status).toBe(200);
    const held = await retried(() => running.ask("demo", "published/monthly.csv"));
    // Alice changed the owner, so she has shaped the agent and may not vote for it.
    expect(await running.voting.approve(ALICE, held.approval)).toBe("403 not_eligible");
    expect(await running.voting.approve(BOB, held.approval)).toBe("200 approved");
    expect((await running.poll(held)).key).toBeDefined();
  });

  it("loses its standing approvals when its owner changes", async () => {
    const first = await askStanding();
    expect(await running.voting.approve(BOB, first.approval)).toBe("200 approved");
    expect((await running.poll(first)).key).toBeDefined();
    write('"staff|person:erin"');
    expect((await operate(["apply", "-f", file, "--yes"])).code).toBe(0);
    expect((await askStanding()).status).toBe("pending_approval");
  });
});
