import { ACCOUNT, exchangeForm } from "../fakes/world/world.ts";
import { call } from "./call.ts";
import type { Changed, HostileWorld } from "./hostile-world.ts";

/** Read access to the reports, and one tool of the tool server `tickets`. */
export const DETAILS = [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/*"] },
  { type: "tool", server: "tickets", tools: ["search"] },
];

export interface HeldTokens {
  /** The task's id. */
  readonly task: string;
  readonly oidc: string;
  readonly taskToken: string;
  readonly presentation: string;
  readonly accessKeyId: string;
}

/** A task that an agent opened, and all the tokens that the agent then holds. */
export async function openedTask(world: HostileWorld, changed: Changed = {}): Promise<HeldTokens> {
  const oidc = world.mint(changed);
  const opened = await call("POST /v1/token", world.ports, { form: exchangeForm(oidc, DETAILS) });
  if (opened.statusCode !== 200) throw new Error(`not opened: ${opened.body}`);
  const { access_token: taskToken, task, credentials } = JSON.parse(opened.body);
  const presented = await call("POST /v1/token", world.ports, { form: presentationForm(taskToken) });
  if (presented.statusCode !== 200) throw new Error(`not presented: ${presented.body}`);
  const { access_token: presentation } = JSON.parse(presented.body);
  return { task: task.id, oidc, taskToken, presentation, accessKeyId: credentials[0].AccessKeyId };
}

export const presentationForm = (taskToken: string, server = "tickets"): Record<string, string> => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: taskToken,
  subject_token_type: "urn:valetkey:token-type:task",
  requested_token_type: "urn:valetkey:token-type:presentation",
  audience: server,
});

/** A token with which the tool server `tickets`, or another agent, proves itself for introspection. */
export const serverToken = (world: HostileWorld, sub = "agent:tickets"): string =>
  world.mint({ claims: { sub, aud: "https://valetkey.test/introspect" } });
