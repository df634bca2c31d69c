import { GRANT_TYPES, TOKEN_TYPES } from "../../../contract/names.ts";
import { FakeService, type Held } from "../../fakes/world/service.ts";
import { exchangeForm, type FakeWorld, READ_REPORTS } from "../../fakes/world/world.ts";
import type { Call } from "./call.ts";

type Form = Readonly<Record<string, string>>;

/** Details of most example tasks: read reports and search tickets. */
const DETAILS = [...READ_REPORTS, { type: "tool", server: "tickets", tools: ["search"] }];

/** Builds the parameters that start a task. */
export const startForm = (world: FakeWorld, changed: Form = {}): Record<string, string> => ({
  ...exchangeForm(world.agentToken(), DETAILS),
  ...changed,
});

/** Builds a call of `POST /v1/token` with these parameters. */
export const tokenCall = (form: Form): Call => ({ route: "POST /v1/token", body: { form } });

/** Starts a task of the agent `demo`; returns it with its token. */
export const startTask = (world: FakeWorld, changed: Form = {}): Promise<Held> =>
  new FakeService(world).start(startForm(world, changed));

/** Builds the parameters that request a presentation token for the tool server `tickets`. */
export const presentationForm = (token: string): Record<string, string> => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: token,
  subject_token_type: TOKEN_TYPES.accessToken,
  requested_token_type: TOKEN_TYPES.presentation,
  audience: "tickets",
});

/** Builds the parameters with which `demo` gets a token for the tool server `tickets` by an assertion. */
export const federateForm = (world: FakeWorld, changed: Form = {}): Record<string, string> => ({
  grant_type: GRANT_TYPES.assertion,
  assertion: world.agentToken(),
  resource: "https://tickets.acme.test/mcp",
  scope: "search",
  ...changed,
});

/** Builds the parameters that request a delegation token for the agent `helper`. */
export const delegationForm = (token: string, changed: Form = {}): Record<string, string> => ({
  ...presentationForm(token),
  requested_token_type: TOKEN_TYPES.delegation,
  audience: "helper",
  ...changed,
});

/** Builds the parameters with which `helper` starts a task below another. */
export async function belowForm(world: FakeWorld, held: Held, changed: Form = {}): Promise<Record<string, string>> {
  const token = await new FakeService(world).delegation(held);
  return {
    ...startForm(world),
    subject_token: token,
    subject_token_type: TOKEN_TYPES.delegation,
    actor_token: world.agentToken({ sub: "agent:helper" }),
    actor_token_type: TOKEN_TYPES.idToken,
    ...changed,
  };
}

/** Builds the parameters with which `demo` starts a task for the person `pat`. */
export const personForm = (
  world: FakeWorld,
  claims: Readonly<Record<string, unknown>> = {},
): Record<string, string> => ({
  ...startForm(world, { authorization_details: JSON.stringify(READ_REPORTS) }),
  subject_token: world.personToken(claims),
  actor_token: world.agentToken(),
  actor_token_type: TOKEN_TYPES.idToken,
});

/** Makes the form by which a fresh token of the person prolongs a task. */
export const prolongForm = (world: FakeWorld, token: string): Record<string, string> => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: world.personToken(),
  subject_token_type: TOKEN_TYPES.idToken,
  actor_token: token,
  actor_token_type: TOKEN_TYPES.task,
});

/** Starts a task of the agent `helper` below another. */
export const startBelow = (world: FakeWorld, held: Held): Promise<Held> =>
  new FakeService(world).startBelow(held, { authorization_details: JSON.stringify(DETAILS) });

/** Requests a presentation token for the tool server `tickets` and returns it. */
export async function showToken(world: FakeWorld, { token }: Held): Promise<string> {
  const { body } = await new FakeService(world).present(token);
  if (body.access_token === undefined) throw new Error(`no presentation token: ${body.error_description}`);
  return body.access_token;
}

/** Makes the OIDC token with which the tool server `tickets` authenticates itself. */
export const toolServerToken = (world: FakeWorld, claims: Readonly<Record<string, unknown>> = {}): string =>
  new FakeService(world).serverToken(claims);

/** Completes the task as its holder. */
export async function completeTask(world: FakeWorld, task: Held): Promise<void> {
  const { status } = await new FakeService(world).complete(task, COMPLETION);
  if (status !== 200) throw new Error(`the task was not completed: ${status}`);
}

export const COMPLETION = { outcome: "success", detail: "The report is summarised." } as const;
