import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Cloud } from "./cloud/start-cloud.ts";
import { patientFetch } from "./patient-fetch.ts";
import { exchange, registerAgents } from "./tour.ts";

/** Results of the tour: each value was observed, none assumed. */
export interface EscalationReport {
  /** True where an agent that tried to widen its own role was suspended, its task ended, and the detection reported. */
  readonly escalation_contained: boolean;
  /** Milliseconds from the denied call to the suspension, with the trail's delay. */
  readonly escalation_to_contained_ms: number;
}

const WITHIN_MS = 30_000;
const EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

/**
 * Shows an escalation: an agent tries to widen its own role, AWS denies the call, and valetkey suspends the agent.
 * @param say prints a step.
 */
export async function escalationTour(
  api: string,
  cloud: Cloud,
  say: (text: string) => void,
): Promise<EscalationReport> {
  say("9. Another agent tries to give its own role every right:");
  await registerAgents(api, cloud, ["curious"]);
  const account = cloud.targetAccount;
  const intent = [{ type: "aws", account, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/*"] }];
  const answer = await exchange(api, await cloud.agents.mint({ sub: "agent:curious" }), intent);
  const beganAt = performance.now();
  say(`     iam:PutRolePolicy                           -> ${await widen(cloud, answer.credentials[0])}`);

  const operator = { authorization: `Bearer ${await cloud.people.mint({ sub: "person:alice" })}` };
  const read = async (path: string) =>
    (await (await patientFetch(`${api}${path}`, { headers: operator })).json()) as Body;
  let agent: Body = {};
  while (performance.now() - beganAt < WITHIN_MS && agent.status !== "suspended") {
    agent = await read("/v1/agents/curious");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const milliseconds = Math.round(performance.now() - beganAt);
  const { by = "nobody" } = (agent.halted ?? {}) as { readonly by?: string };
  await cloud.settled();
  const { tasks = [] } = (await read("/v1/tasks?agent=curious")) as { readonly tasks?: readonly unknown[] };
  say(
    `   -> the agent is ${agent.status} by ${by}, ${milliseconds} ms later, and has ${tasks.length} live tasks\n      (in AWS, CloudTrail tells of the call after minutes, and so this takes as long)`,
  );
  return {
    escalation_contained: agent.status === "suspended" && by.startsWith("escalation:E4:") && tasks.length === 0,
    escalation_to_contained_ms: milliseconds,
  };
}

type Body = Readonly<Record<string, unknown>>;
type Key = Awaited<ReturnType<typeof exchange>>["credentials"][number];

/** Tries to put a policy on the task role, with the task's key. @returns the name of AWS's error, or `200`. */
async function widen({ aws }: Cloud, key: Key | undefined): Promise<string> {
  const iam = new IAMClient({
    region: "us-east-1",
    endpoint: aws.endpoint,
    maxAttempts: 1,
    credentials: {
      accessKeyId: key?.AccessKeyId ?? "",
      secretAccessKey: key?.SecretAccessKey ?? "",
      sessionToken: key?.Token ?? "",
    },
  });
  try {
    const policy = { RoleName: "valetkey-task-0", PolicyName: "mine", PolicyDocument: EVERYTHING };
    await iam.send(new PutRolePolicyCommand(policy));
    return "200";
  } catch (error) {
    return error instanceof Error ? error.name : "unknown";
  } finally {
    iam.destroy();
  }
}
