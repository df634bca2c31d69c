import type { Cloud } from "./cloud/start-cloud.ts";
import { complete, exchange, get, post, s3With, type TokenAnswer } from "./tour.ts";

/** Result of the tour's rules that remember: observed, not assumed. */
export interface MemoryReport {
  /** The budget allowed as many grants as it has, and refused the next one. */
  readonly budget_spent_refused: boolean;
  /** A label was held after its task's end, and until its key was dead at AWS by the fence alone. */
  readonly conflict_waits_for_fence: boolean;
}

interface Refused {
  readonly code?: string;
  readonly retry_after?: number;
}

/** Shows a budget, and two labels of which an agent never has keys at the same time. */
export async function memoryTour(api: string, cloud: Cloud, say: (line: string) => void): Promise<MemoryReport> {
  const intentOf = (action: string, path: string) => [
    { type: "aws", account: cloud.targetAccount, actions: [action], resources: [`arn:aws:s3:::${path}`] },
  ];
  const token = () => cloud.agents.mint({ sub: "agent:demo" });
  const ask = async (action: string, path: string) => {
    const answer = await post(api, await token(), intentOf(action, path));
    const body = (await answer.json()) as Refused & Partial<TokenAnswer>;
    const { code = "", retry_after: seconds = 0, access_token: key, task } = body;
    if (key !== undefined && task !== undefined) await complete(api, { access_token: key, task });
    return { status: answer.status, code, seconds };
  };

  say("\n15. Policy remembers what it granted. A budget: two notices an hour for each agent.");
  const notices = [];
  for (let count = 0; count < 3; count += 1) notices.push(await ask("s3:PutObject", "acme-data/notices/*"));
  const [first, second, third] = notices;
  say(`     two tasks for notices, each ended           -> ${first?.status}, ${second?.status}`);
  say(
    `     a third                                     -> ${third?.status} ${third?.code}, free in ${third?.seconds} s`,
  );

  say("   And labels: an agent that has read about people sends nothing outside, until its key has surely died.");
  const personal = await exchange(api, await token(), intentOf("s3:GetObject", "acme-people/*"));
  const s3 = s3With(personal.credentials[0], cloud);
  const read = () => get(s3, "ada.json", "acme-people");
  const before = await read();
  say(`     s3:GetObject acme-people/ada.json           -> ${before}`);
  // In an outage of IAM the end is not written, so that the fence alone ends the key.
  cloud.aws.iamIsDown(true);
  await complete(api, personal);
  const ended = await read();
  const outbound = await ask("s3:PutObject", "acme-data/outbox/*");
  say(`     its task has ended, IAM cannot be written   -> ${ended}`);
  say(
    `     a task that writes to the outbox            -> ${outbound.status} ${outbound.code}, free in ${outbound.seconds} s`,
  );
  cloud.aws.iamIsAhead(outbound.seconds * 1_000);
  const after = await read();
  cloud.aws.iamIsAhead(0);
  cloud.aws.iamIsDown(false);
  say(`     the first key, IAM's clock moved to then    -> ${after}`);
  s3.destroy();
  const statuses = notices.map(({ status }) => status).join(" ");
  const isHeld = ended === "200" && outbound.code === "label_conflict" && outbound.seconds > 0;
  return {
    budget_spent_refused: statuses === "200 200 429" && third?.code === "budget_spent",
    conflict_waits_for_fence: before === "200" && isHeld && after === "AccessDenied",
  };
}
