import { setTimeout as sleep } from "node:timers/promises";
import { agentId } from "../../../contract/agent-id.ts";
import { AGENTS_IN_MESSAGE } from "../../../functions/core/conditions/recheck.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import { type RecheckPorts, recheckBatch } from "../../../functions/recheck/recheck-batch.ts";
import { sealTask } from "../../../functions/steps/tasks/believe-task.ts";
import { endTask } from "../../../functions/steps/tasks/end-task.ts";
import { aLease, aTask, aUse } from "../../fakes/samples/task.ts";
import { ACCOUNT, type FakeWorld, fakeWorld, policiesWith } from "../../fakes/world/world.ts";
import { aroundCalls } from "../../harness/around-calls.ts";
import { spentMs } from "../cpu/cpu-time.ts";
import { type Row, type Run, verdict } from "../row.ts";

const [TASKS, AGENTS, MOST_SECONDS] = [5_000, 100, 60];
/** Duration of each call of the table; milliseconds. Longer than DynamoDB's within a Region. */
const CALL_MS = 10;

/** Policies under which a freeze denies every other task. */
const POLICIES = policiesWith(`
@id("reads") permit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource);
@id("writes") permit (principal is Agent, action == Action::"s3:PutObject", resource is AWS::Resource);
@id("freeze") forbid (principal is Agent, action, resource is AWS::Resource)
when { context.conditions.contains("change-freeze") } unless { action in [Action::"aws:List", Action::"aws:Read"] };`);

/** Measures a freeze that is set while thousands of tasks live: one process decides all of them, and ends every other one. */
export async function recheckOfTasks({ say }: Run): Promise<readonly Row[]> {
  say(`${TASKS} live tasks of ${AGENTS} agents, twice`);
  const frozen = await livingTasks();
  const bare = await livingTasks();
  const now = frozen.world.nowSeconds();
  const held = {
    name: "change-freeze",
    scope: "hub",
    until: now + 600,
    at: now,
    by: "staff|alice",
    reason: "",
  } as const;
  frozen.world.ports.setConditions.put("restricts", held);

  const [beganAt, spentAt] = [performance.now(), spentMs()];
  let rest = [{ condition: "change-freeze", scope: "hub" as const } as object];
  while (rest.length > 0) {
    for (const body of rest) {
      const message = { messageId: "m", receiptHandle: "r", body: JSON.stringify(body) };
      const { batchItemFailures } = await recheckBatch({ Records: [message] }, frozen.ports);
      if (batchItemFailures.length > 0) throw new Error("a message of the benchmark failed");
    }
    rest = frozen.world.ports.recheckQueue.sent.splice(0);
  }
  const [seconds, cpuMs] = [(performance.now() - beganAt) / 1_000, (spentMs() - spentAt) / TASKS];
  const alive = [...frozen.world.ports.tasks.tasks.values()].filter(({ status }) => status === "active").length;
  if (alive !== TASKS / 2) throw new Error(`${alive} tasks of the benchmark live`);

  const bareAt = spentMs();
  for (const path of bare.paths) await endTask(path, { status: "revoked" }, "operator", bare.world.ports);
  const bareMs = (spentMs() - bareAt) / TASKS;
  return [
    {
      name: `a condition is tightened while ${TASKS} tasks live`,
      measured: `${seconds.toFixed(1)} s, ${cpuMs.toFixed(2)} ms of CPU a task`,
      target: `<= ${MOST_SECONDS} s`,
      verdict: verdict(seconds <= MOST_SECONDS),
      notes: [
        `one process, ${AGENTS_IN_MESSAGE} agents in a message, one message after the other; each call of the table takes ${CALL_MS} ms; half of the tasks end`,
        `${(cpuMs / bareMs).toFixed(1)} times the CPU of ending a task without a decision (${bareMs.toFixed(2)} ms), in the same run`,
      ],
      figures: { seconds, cpuMs, ratio: cpuMs / bareMs },
    },
  ];
}

/** World with live tasks, half of which read and half write. */
async function livingTasks() {
  const world = fakeWorld({ policies: POLICIES });
  const paths = [];
  const ids = Array.from({ length: AGENTS }, (_, index) => agentId(`robot-${String(index).padStart(3, "0")}`));
  for (const id of ids) world.addAgent({ id, limits: { ...LIMITS } });
  const [openedAt, fenceAt] = [world.nowSeconds(), world.nowSeconds() + 900];
  for (let index = 0; index < TASKS; index += 1) {
    const detail = {
      ...{ type: "aws", account: ACCOUNT, actions: [index % 2 === 0 ? "s3:GetObject" : "s3:PutObject"] },
      resources: [`arn:aws:s3:::acme-data/reports/${index}`],
    };
    const { task, event } = aTask({
      path: rootPath(world.ports.random.bytes(32)),
      agent: ids[index % AGENTS] ?? agentId("demo"),
      details: [detail as never],
      leases: [aLease(0, { startedAt: openedAt, fenceAt, state: "issued" })],
      openedAt,
      expiresAt: openedAt + 3_600,
    });
    await world.ports.tasks.open(await sealTask(task, world.ports), event, aUse(), undefined);
    paths.push(task.path);
  }
  return { world, paths, ports: slowed(world) };
}

const LIMITS = { liveTasks: 1_000, taskSeconds: 3_600 };

/** The ports of a recheck, whose table takes its time. */
const slowed = ({ ports }: FakeWorld): RecheckPorts =>
  aroundCalls(ports, async (_, run) => {
    await sleep(CALL_MS);
    return run();
  });
