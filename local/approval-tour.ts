import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { TOKEN_TYPES } from "../contract/names.ts";
import { defined } from "../functions/core/defined.ts";
import type { Cloud } from "./cloud/start-cloud.ts";
import { Voting } from "./issuer/voting.ts";
import { patientFetch } from "./patient-fetch.ts";
import { complete, post, type TokenAnswer } from "./tour.ts";

/** Results of the tour's approval: each value was observed, none assumed. */
export interface ApprovalReport {
  /** The agent waited without a key, a member of the group approved, and AWS accepted the key that followed. */
  readonly approved_then_vended: boolean;
  /** The owner of the agent could not approve. */
  readonly self_approval_refused: boolean;
  /** A vote for one request did not count for another. */
  readonly changed_request_refused: boolean;
}

const PUBLISHING = "arn:aws:s3:::acme-data/published/weekly.csv";

/**
 * Shows an approval. The agent waits, its owner may not approve, a colleague approves, and the agent's next poll
 * returns the key.
 */
export async function approvalTour(
  api: string,
  cloud: Cloud,
  consoleUrl: string,
  say: (line: string) => void,
): Promise<ApprovalReport> {
  const voting = new Voting(api, cloud.people.issuer, consoleUrl);
  const ask = (resource: string) => askPeople(api, cloud, { resource });

  say("\n7. Publishing needs a person: policy asks one of `sre`.");
  const waiting = await ask(PUBLISHING);
  const { id, url } = waiting.task.approval;
  say(`   -> task ${waiting.task.id} is ${waiting.task.status}, without a key; people decide on ${url}`);

  say(`     Bob's inbox lists ${await voting.inboxOf("person:bob")} request`);
  const byOwner = await voting.approve("person:alice", id);
  say(`     Alice, who owns the agent, approves    -> ${byOwner}`);

  const other = await ask(PUBLISHING.replace("weekly", "yearly"));
  const vote = await voting.voteFor("person:bob", id);
  const elsewhere = await voting.decide("person:bob", other.task.approval.id, vote);
  say(`     Bob's vote, sent for another request   -> ${elsewhere}`);
  await complete(api, other);

  const byColleague = await voting.decide("person:bob", id, vote);
  say(`     Bob's vote, for the request he saw     -> ${byColleague}`);
  const vended = (await (await poll(api, waiting.access_token)).json()) as Partial<TokenAnswer>;
  const key = vended.credentials?.[0];
  const published = key ? await put(cloud, key) : "no key";
  say(`     the agent's next poll brings a key, and s3:PutObject -> ${published}`);
  if (key) await complete(api, waiting);
  return {
    approved_then_vended: waiting.credentials.length === 0 && byColleague === "200 approved" && published === "200",
    self_approval_refused: byOwner.startsWith("403 not_eligible"),
    changed_request_refused: elsewhere.startsWith("403 vote_invalid") || elsewhere.startsWith("400 vote_invalid"),
  };
}

/** Answer to a request that people decide about. */
export interface WaitingAnswer extends TokenAnswer {
  readonly interval: number;
  readonly task: {
    readonly id: string;
    readonly status: string;
    readonly approval: { readonly id: string; readonly url: string };
  };
}

/** Requests a key to write an object, as an agent of the team `demo`. */
export async function askPeople(
  api: string,
  cloud: Cloud,
  {
    resource,
    agent = "demo",
    purpose,
    standing,
  }: {
    readonly resource: string;
    readonly agent?: string;
    readonly purpose?: string;
    /** Requested uses of one approval, such as `7/7d`. */
    readonly standing?: string;
  },
): Promise<WaitingAnswer> {
  const intent = [{ type: "aws", account: cloud.targetAccount, actions: ["s3:PutObject"], resources: [resource] }];
  const answer = await post(api, await cloud.agents.mint({ sub: `agent:${agent}` }), intent, {
    ...defined({ purpose, standing }),
  });
  if (answer.status !== 200) throw new Error(`asking people: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as WaitingAnswer;
}

/** Polls for people's decision, with the task's token. */
export const poll = (api: string, token: string): Promise<Response> =>
  patientFetch(`${api}/v1/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: TOKEN_TYPES.task,
      requested_token_type: TOKEN_TYPES.task,
    }),
  });

/** Writes the report with the key: `200`, or the name of AWS's error. */
export async function put(cloud: Cloud, key: TokenAnswer["credentials"][number]): Promise<string> {
  const s3 = new S3Client({
    region: "us-east-1",
    endpoint: cloud.aws.endpoint,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey, sessionToken: key.Token },
  });
  try {
    await s3.send(new PutObjectCommand({ Bucket: "acme-data", Key: "published/weekly.csv", Body: "week,orders\n" }));
    return "200";
  } catch (error) {
    return error instanceof Error ? error.name : "unknown";
  } finally {
    s3.destroy();
  }
}
