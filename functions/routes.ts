import type { OperationName } from "./core/policy/operations.ts";
import type { FunctionName } from "./names.ts";

/** What a caller proves itself with on a route. */
export type Accepts =
  | "nothing"
  | "agent's OIDC token (+ delegation token), or task token"
  | "task token"
  | "presentation token + tool server's OIDC token"
  | "operator's OIDC token";

export interface Route {
  readonly method: "GET" | "POST";
  /** API Gateway's syntax: `{name}` stands for one path segment. */
  readonly path: string;
  readonly accepts: Accepts;
  readonly function: FunctionName;
  /** The Cedar action that policy must permit the operator. */
  readonly operation?: OperationName;
  readonly summary: string;
}

/** Every route: the stack, the local server, docs/reference/routes.md and a test that holds them together read this table. */
export const ROUTES = [
  {
    method: "GET",
    path: "/.well-known/oauth-authorization-server",
    accepts: "nothing",
    function: "exchange",
    summary: "Metadata (RFC 8414)",
  },
  {
    method: "POST",
    path: "/v1/token",
    accepts: "agent's OIDC token (+ delegation token), or task token",
    function: "exchange",
    summary: "Start a task, or exchange its token for a presentation or delegation token (RFC 8693, RFC 9396)",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/credentials/{lease}",
    accepts: "task token",
    function: "exchange",
    summary: "Fresh credentials for a live task (the AWS SDKs' container protocol)",
  },
  {
    method: "POST",
    path: "/v1/introspect",
    accepts: "presentation token + tool server's OIDC token",
    function: "tasks",
    summary: "Is this task alive, and what may it do here? (RFC 7662)",
  },
  {
    method: "POST",
    path: "/v1/revoke",
    accepts: "task token",
    function: "tasks",
    summary: "The holder ends its task, or a weaker token (RFC 7009)",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}",
    accepts: "task token",
    function: "tasks",
    summary: "The task as it stands",
  },
  {
    method: "POST",
    path: "/v1/tasks/{task}/complete",
    accepts: "task token",
    function: "tasks",
    summary: "End the task with an outcome",
  },
  {
    method: "POST",
    path: "/v1/agents",
    accepts: "operator's OIDC token",
    function: "register",
    operation: "valetkey:RegisterAgent",
    summary: "Register an agent",
  },
  {
    method: "GET",
    path: "/v1/agents",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ListAgents",
    summary: "List agents",
  },
  {
    method: "GET",
    path: "/v1/agents/{agent}",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadAgent",
    summary: "Read an agent",
  },
  {
    method: "POST",
    path: "/v1/agents/{agent}",
    accepts: "operator's OIDC token",
    function: "register",
    operation: "valetkey:ChangeAgent",
    summary: "Change an agent's name, owner, contact, team, labels, end date or limits",
  },
  {
    method: "POST",
    path: "/v1/agents/{agent}/suspend",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:SuspendAgent",
    summary: "Suspend an agent and end its tasks",
  },
  {
    method: "POST",
    path: "/v1/agents/{agent}/resume",
    accepts: "operator's OIDC token",
    function: "register",
    operation: "valetkey:ResumeAgent",
    summary: "Resume a suspended agent",
  },
  {
    method: "POST",
    path: "/v1/agents/{agent}/confirm",
    accepts: "operator's OIDC token",
    function: "register",
    operation: "valetkey:ConfirmAgent",
    summary: "Its owner confirms that an agent is still needed",
  },
  {
    method: "POST",
    path: "/v1/agents/{agent}/offboard",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:OffboardAgent",
    summary: "Offboard an agent, for good",
  },
  {
    method: "GET",
    path: "/v1/agents/{agent}/offboarding",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadAgent",
    summary: "The report on its offboarding, signed off once nothing is open",
  },
  {
    method: "POST",
    path: "/v1/people/{person}/end-tasks",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:EndPersonsTasks",
    summary: "End all tasks that act for a person",
  },
  {
    method: "GET",
    path: "/v1/tasks",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ListTasks",
    summary: "List an agent's live tasks (`?agent=`)",
  },
  {
    method: "POST",
    path: "/v1/tasks/{task}/end",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:EndTask",
    summary: "End any task",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/receipt",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadReceipt",
    summary: "When a task ended, when AWS was told for each of its keys, and when it was seen to refuse",
  },
  {
    method: "GET",
    path: "/v1/tasks/{task}/ledger",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadLedger",
    summary: "What a task was granted, what it used, what AWS denied it, and what nobody can see",
  },
  {
    method: "POST",
    path: "/v1/panic",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:Panic",
    summary: "Halt everything: nothing is issued, and all that was issued is denied",
  },
  {
    method: "POST",
    path: "/v1/panic/lift",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:LiftPanic",
    summary: "Lift it: vending begins anew a minute later, and what was issued before stays dead",
  },
  {
    method: "GET",
    path: "/v1/panic",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadPanic",
    summary: "Whether everything is halted",
  },
  {
    method: "GET",
    path: "/v1/accounts",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ListAccounts",
    summary: "List the target accounts, and which are halted",
  },
  {
    method: "POST",
    path: "/v1/accounts/{account}/halt",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:HaltAccount",
    summary: "Halt a target account: nothing is issued there",
  },
  {
    method: "POST",
    path: "/v1/accounts/{account}/lift",
    accepts: "operator's OIDC token",
    function: "register",
    operation: "valetkey:LiftAccount",
    summary: "Lift its halt",
  },
  {
    method: "GET",
    path: "/v1/secrets",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ListSecrets",
    summary: "List managed secrets: kind, holder, rotations, exposure; never a value",
  },
  {
    method: "GET",
    path: "/v1/secrets/{secret}",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadSecret",
    summary: "Read one of them; a `/` in its name is written `~`",
  },
  {
    method: "POST",
    path: "/v1/secrets/{secret}/rotate",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:RotateSecret",
    summary: "Have a secret rotated within minutes",
  },
  {
    method: "POST",
    path: "/v1/consents",
    accepts: "operator's OIDC token",
    function: "exchange",
    operation: "valetkey:GiveConsent",
    summary: "A person lets an agent act for them within a ceiling, by an ID token over exactly that",
  },
  {
    method: "GET",
    path: "/v1/consents",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadConsents",
    summary: "List one's own live consents, or those of another person (`?person=`)",
  },
  {
    method: "GET",
    path: "/v1/consents/{consent}",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:ReadConsents",
    summary: "Read a consent: the record that the person voted for, and its hash",
  },
  {
    method: "POST",
    path: "/v1/consents/{consent}/withdraw",
    accepts: "operator's OIDC token",
    function: "operate",
    operation: "valetkey:EndConsent",
    summary: "Withdraw a consent, one's own or as an operator, and end every task under it",
  },
  {
    method: "GET",
    path: "/v1/approvals",
    accepts: "operator's OIDC token",
    function: "approve",
    operation: "valetkey:Approve",
    summary: "List the requests that wait for people (`?group=`)",
  },
  {
    method: "GET",
    path: "/v1/approvals/{approval}",
    accepts: "operator's OIDC token",
    function: "approve",
    operation: "valetkey:Approve",
    summary: "Read one of them: the record that is decided about, its hash and its votes",
  },
  {
    method: "POST",
    path: "/v1/approvals/{approval}/decide",
    accepts: "operator's OIDC token",
    function: "approve",
    operation: "valetkey:Approve",
    summary: "Approve by an ID token over its hash, or deny with a reason",
  },
  {
    method: "POST",
    path: "/v1/approvals/{approval}/withdraw",
    accepts: "operator's OIDC token",
    function: "approve",
    operation: "valetkey:Approve",
    summary: "Take one's own approval back before it is used",
  },
  {
    method: "POST",
    path: "/v1/approvals/{approval}/review",
    accepts: "operator's OIDC token",
    function: "exchange",
    operation: "valetkey:Approve",
    summary: "Review a broken glass, as another person than the one who broke it",
  },
] as const satisfies readonly Route[];

/** Route of transmitters' Security Event Tokens (RFC 8935). It exists only where `valetkey.json` names a transmitter, and is in no list of the others. */
export const SIGNALS_ROUTE = { method: "POST", path: "/v1/signals", function: "signals" } as const satisfies {
  readonly method: "POST";
  readonly path: string;
  readonly function: FunctionName;
};

/** What no route takes goes here, so that it too is answered with an OAuth error and a sentence. */
export const DEFAULT_ROUTE = { key: "$default", function: "exchange" } as const satisfies {
  key: string;
  function: FunctionName;
};

/** CORS settings of the gateway for pages of the console's origin; pages of every other origin may send and read nothing. */
export const CORS = {
  allowMethods: ["GET", "POST"],
  allowHeaders: ["authorization", "content-type"],
  exposeHeaders: ["date", "retry-after"],
  maxAgeSeconds: 600,
} as const;

/** The path as an expression that its addresses match, whole; its groups are the parameters, in order. */
export const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "([^/]+)")}$`);

/** `"POST /v1/token"`: how API Gateway names a route in its event. */
export type RouteKey = KeyOf<(typeof ROUTES)[number]>;

/** The routes of one function. A map of its paths that lacks one, or has another's, does not compile. */
export type RouteKeyOf<F extends FunctionName> = KeyOf<Extract<(typeof ROUTES)[number], { readonly function: F }>>;

type KeyOf<R> = R extends { readonly method: infer M extends string; readonly path: infer P extends string }
  ? `${M} ${P}`
  : never;

export const keyOf = ({ method, path }: (typeof ROUTES)[number]): RouteKey => `${method} ${path}` as RouteKey;
