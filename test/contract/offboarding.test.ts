import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { gatherReport } from "../../functions/steps/agents/gather-report.ts";
import { offboardAgent } from "../../functions/steps/agents/offboard-agent.ts";
import { signOff } from "../../functions/steps/agents/sign-off.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";
import { NOW } from "../fakes/samples/task.ts";
import { patientTable } from "../harness/patient-table.ts";
import { crowd, recordAs } from "./crowd.ts";

/** Enough tasks for several rounds of concurrent work. `npm run bench` uses a thousand. */
const TASKS = 60;

describe("an agent with many live tasks, in the embedded AWS", () => {
  let accounts: LocalAccounts;
  let nowMs = NOW * 1_000;
  const clock = { nowMs: () => nowMs };
  beforeAll(async () => {
    accounts = await startAccounts();
  });
  afterAll(() => accounts.close());

  it("is offboarded with the rights of operate, twice with one outcome, and its report is signed with the rights of the sweep", async () => {
    const agent = await crowd(TASKS, accounts, clock);
    accounts.calls.length = 0;
    const operate = recordAs("operate", accounts, clock, patientTable);
    const first = await offboardAgent(agent, "staff|alice", operate);
    expect(first).toMatchObject({ agent: { status: "offboarding" }, left: 0 });
    expect(first.ended).toHaveLength(TASKS);
    expect(await offboardAgent(agent, "staff|alice", operate)).toMatchObject({ ended: [], left: 0 });
    expect(await operate.agents.history(agentId("crowd"))).toHaveLength(4);

    nowMs += 1_202_000;
    const sweep = recordAs("sweep", accounts, clock, patientTable);
    expect(await sweep.agents.offboarding()).toEqual(["crowd"]);
    expect(await signOff(first.agent, "staff|alice", sweep)).toMatchObject({ status: "offboarded" });
    expect(await sweep.agents.offboarding()).toEqual([]);
    const { report } = await gatherReport(first.agent, operate);
    expect(report).toMatchObject({ complete: true, totals: { tasks: { revoked: TASKS }, leases: { expired: TASKS } } });
    expect(accounts.calls.filter(({ decision }) => decision === "Denied")).toEqual([]);
  });
});
