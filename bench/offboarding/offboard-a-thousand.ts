import { offboardAgent } from "../../functions/steps/agents/offboard-agent.ts";
import { signOff } from "../../functions/steps/agents/sign-off.ts";
import { startAccounts } from "../../local/cloud/local-accounts.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { crowd, recordAs } from "./crowd.ts";

const TASKS = 1_000;
const TARGET_SECONDS = 30;
/** Time until the last fence has passed by every clock; milliseconds. */
const ALL_FENCES_MS = 1_202_000;

/**
 * Offboards an agent with a thousand live tasks. Measures the time until the last task has ended, and that of the later
 * sign-off.
 */
export async function offboardAThousand({ say }: Run): Promise<readonly Row[]> {
  const accounts = await startAccounts();
  let nowMs = Date.now();
  const clock = { nowMs: () => nowMs };
  try {
    say(`opening ${TASKS} tasks`);
    const agent = await crowd(TASKS, accounts, clock);
    const operate = recordAs("operate", accounts, clock);
    say("offboarding their agent");
    const before = process.cpuUsage();
    const [{ ended, agent: leaving }, endedSeconds] = await timed(() => offboardAgent(agent, "staff|alice", operate));
    const { user, system } = process.cpuUsage(before);
    const cpuSeconds = (user + system) / 1e6;
    nowMs += ALL_FENCES_MS;
    const sweep = recordAs("sweep", accounts, clock);
    const [offboarded, signedSeconds] = await timed(() => signOff(leaving, "staff|alice", sweep));
    return [
      {
        name: `an agent with ${TASKS} live tasks, offboarded`,
        measured: `${endedSeconds.toFixed(1)} s until none is live`,
        target: `< ${TARGET_SECONDS} s`,
        verdict: verdict(ended.length === TASKS && offboarded.status === "offboarded" && endedSeconds < TARGET_SECONDS),
        notes: [
          `${cpuSeconds.toFixed(1)} s of one core in this process, the table's own process aside: on a machine that does something else it takes longer`,
          `signed off in ${signedSeconds.toFixed(1)} s, once the last fence had passed`,
          "tasks of one lease each over four roles, written straight into the record; the embedded AWS decides every call in this same process",
        ],
        figures: { endedSeconds, cpuSeconds, signedSeconds },
      },
    ];
  } finally {
    await accounts.close();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const beganAtMs = performance.now();
  const value = await work();
  return [value, (performance.now() - beganAtMs) / 1_000];
}
