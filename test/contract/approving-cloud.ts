import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { askPeople, poll } from "../../local/approval-tour.ts";
import type { CloudOptions } from "../../local/cloud/start-cloud.ts";
import { freePorts } from "../../local/emulator/free-ports.ts";
import { Voting } from "../../local/issuer/voting.ts";
import type { TokenAnswer } from "../../local/tour.ts";
import { BUCKET, type RunningCloud, registrarOf, runCloud } from "./running-cloud.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** Task that waits for people, as its holder knows it. */
export interface Waiting {
  readonly id: string;
  readonly token: string;
  readonly approval: string;
}

/** A key that was vended, or the code of the refusal. */
export interface Polled {
  readonly key?: { readonly AccessKeyId: string };
  readonly code?: string;
}

/**
 * Running cloud whose policies require people's approval, with a sign-in page at which they vote. Bob and Carol may
 * approve; Alice registers and owns the agents.
 */
export interface ApprovingCloud extends RunningCloud {
  readonly voting: Voting;
  readonly policiesDir: string;
  /** Registers an agent of the team `demo` as Alice, who owns it. */
  register(id: string): Promise<void>;
  /** Requests to write an object as an agent, which people must approve. */
  ask(agent: string, key: string): Promise<Waiting>;
  poll(waiting: Waiting): Promise<Polled>;
  /** Requests the task's first lease at the credentials route. */
  renew(waiting: Waiting): Promise<Polled>;
}

/** Policy by which one person of `sre` may approve alone, in an emergency, what usually needs two. */
export const EMERGENCY = `@id("emergency") @approval("sre=2") @breakGlass @maxTtl("15m")
permit (principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/emergency/*" };`;

/** @param policies further Cedar text. @param more further configuration. @param hasRules `CloudOptions`. */
export async function runApprovingCloud(
  policies: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, unknown>> = {},
  { hasRules = true }: Pick<CloudOptions, "hasRules"> = {},
): Promise<ApprovingCloud> {
  const policiesDir = mkdtempSync(join(tmpdir(), "valetkey-policies-"));
  cpSync(join(REPOSITORY, "policies"), policiesDir, { recursive: true });
  cpSync(join(REPOSITORY, "local/publishing.cedar"), join(policiesDir, "publishing.cedar"));
  for (const [name, text] of Object.entries(policies)) writeFileSync(join(policiesDir, `${name}.cedar`), text);
  const [page = 0] = await freePorts(1);
  const console = { url: `http://127.0.0.1:${page}` };
  const approvers = Object.fromEntries(
    ["sre", "security"].map((name) => [name, { issuer: "staff", claim: "groups", value: name }]),
  );
  const running = await runCloud({ policiesDir, hasRules }, { console, approvers, ...more });
  const { url, cloud } = running;
  const registrar = registrarOf(url, cloud, { console, ...more });
  return {
    ...running,
    policiesDir,
    voting: new Voting(url, cloud.people.issuer, console.url),
    register: (id) => registrar(id, "staff|person:alice"),
    ask: async (agent, key) => {
      const resource = `arn:aws:s3:::${BUCKET}/${key}`;
      const { access_token: token, task } = await askPeople(url, cloud, { resource, agent });
      return { id: task.id, token, approval: task.approval.id };
    },
    poll: async ({ token }) => {
      const answer = (await (await poll(url, token)).json()) as Partial<TokenAnswer> & { readonly code?: string };
      const [key] = answer.credentials ?? [];
      return { ...(key ? { key } : {}), ...(answer.code ? { code: answer.code } : {}) };
    },
    renew: async ({ id, token }) => {
      const answer = await fetch(`${url}/v1/tasks/${id}/credentials/aws-0`, { headers: { authorization: token } });
      const body = (await answer.json()) as { readonly AccessKeyId?: string; readonly Code?: string };
      const { AccessKeyId, Code: code } = body;
      return { ...(AccessKeyId ? { key: { AccessKeyId } } : {}), ...(code ? { code } : {}) };
    },
  };
}
