import { TOKEN_TYPES } from "../../contract/names.ts";
import type { RouteKey } from "../../functions/routes.ts";
import { exchangeForm, READ_REPORTS } from "../fakes/world/world.ts";
import { type Call, call } from "./call.ts";
import { DENIED } from "./flood.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { type HeldTokens, openedTask, presentationForm } from "./opened-task.ts";
import { secretsIn } from "./secrets-in.ts";

/**
 * An agent under prompt injection. The agent tries everything with every secret that it can see. The agent sees its
 * identity token, its task's token, its credentials and its presentation token. Another agent's presentation token was
 * left in a log or a chat.
 */
export interface Injected {
  readonly world: HostileWorld;
  readonly own: HeldTokens;
  readonly victim: HeldTokens;
}

export async function injected(): Promise<Injected> {
  const world = hostileWorld();
  world.addAgent({ id: "victim", bindings: [{ issuer: "mesh", claims: { sub: "agent:meshed" } }] });
  world.addAgent({ id: "agent-of-mesh", bindings: [] });
  const [own, victim] = [await openedTask(world), await openedTask(world, { issuer: "mesh" })];
  // After ten seconds a renewal gets a session of its own.
  world.pass(11);
  return { world, own, victim };
}

export type Holding =
  | "a fresh OIDC token"
  | "its used OIDC token"
  | "its task token"
  | "its presentation token"
  | "the other agent's presentation token"
  | "its credentials"
  | "a person's token that names it"
  | "a person's token that names another agent";

export const HOLDINGS: Readonly<Record<Holding, (it: Injected) => string>> = {
  "a fresh OIDC token": ({ world }) => world.mint(),
  "its used OIDC token": ({ own }) => own.oidc,
  "its task token": ({ own }) => own.taskToken,
  "its presentation token": ({ own }) => own.presentation,
  "the other agent's presentation token": ({ victim }) => victim.presentation,
  "its credentials": ({ own }) => own.accessKeyId,
  "a person's token that names it": ({ world }) => personToken(world, "agent:demo"),
  "a person's token that names another agent": ({ world }) => personToken(world, "agent:other"),
};

const personToken = (world: HostileWorld, sub: string): string =>
  world.mint({
    issuer: "staff",
    claims: { groups: ["support"], may_act: { iss: "https://robots.test", sub } },
  });

const REGISTRATION = {
  id: "mine",
  name: "x",
  owner: "x",
  team: "demo",
  bindings: [{ issuer: "robots", claims: { sub: "x" } }],
};

/** Every way to put a token into a request, with every target that the agent knows of. */
export function attempts(
  token: string,
  { world, own, victim }: Injected,
): readonly (readonly [how: string, call: () => Call])[] {
  const ways = [`Bearer ${token}`, token].flatMap((authorization) =>
    [own.task, victim.task].map(
      (task): Call => ({ authorization, path: { task, lease: "aws-0", agent: "demo" }, query: "agent=victim" }),
    ),
  );
  // Built at the time of sending, since one of them mints a token.
  const bodies: readonly (readonly [string, () => Call])[] = [
    ["exchanged for a task", () => ({ form: exchangeForm(token, READ_REPORTS) })],
    ["exchanged for what policy denies", () => ({ form: exchangeForm(token, DENIED) })],
    [
      "exchanged beside its own token",
      () => ({
        form: {
          ...exchangeForm(token, READ_REPORTS),
          actor_token: world.mint(),
          actor_token_type: TOKEN_TYPES.idToken,
        },
      }),
    ],
    ["exchanged for a presentation token", () => ({ form: presentationForm(token) })],
    [
      "exchanged for a presentation token of a server it has no tool of",
      () => ({ form: presentationForm(token, "payroll") }),
    ],
    ["shown", () => ({ form: { token } })],
    [
      "shown as client",
      () => ({
        form: {
          token: victim.presentation,
          client_assertion: token,
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        },
      }),
    ],
    ["reports an outcome", () => ({ json: { outcome: "success" } })],
    ["registered", () => ({ json: REGISTRATION })],
    ["bare", () => ({})],
  ];
  return ways.flatMap((way) =>
    bodies.map(([how, body]): [string, () => Call] => [
      `${way.path?.task === own.task ? "its own task" : "the other's task"}, ${how}`,
      () => ({ ...way, ...body() }),
    ]),
  );
}

/** Names what an answer gave: by the form, by nothing of the request, or by the task in the path. */
function reachedAt(route: RouteKey, how: string): string {
  const [task = "", form = ""] = how.split(", ");
  if (route === "GET /v1/self") return "learns who it is, and its own tasks";
  if (route === "GET /v1/self/reach") return "learns what policy grants it";
  if (route === "POST /v1/decide") return `learns what policy decides, ${form}`;
  return route === "POST /v1/token" ? form : task;
}

/** Effects of an attempt, in words: answers, issued tokens, changes. */
export async function effects(
  route: RouteKey,
  how: string,
  given: Call,
  { world, own, victim }: Injected,
): Promise<readonly string[]> {
  const status = (task: string) => world.ports.tasks.tasks.get(task)?.status;
  const shown = (task: string) => world.ports.tasks.tasks.get(task)?.presentations.length;
  const before = { own: status(own.task), victim: status(victim.task), shown: [shown(own.task), shown(victim.task)] };
  const sessions = world.ports.sessions.asked.length;
  // The shown token is the other one here, and has a row of its own in the table.
  if (how.endsWith("shown as client") && route === "POST /v1/revoke") return [];
  const answer = await call(route, world.ports, given);
  const body = answer.body === "" ? {} : JSON.parse(answer.body);

  const what: string[] = [];
  if (status(own.task) !== before.own) what.push("ends its own task");
  if (status(victim.task) !== before.victim) what.push("ends the other's task");
  if ((shown(own.task) ?? 0) < (before.shown[0] ?? 0)) what.push("gives its own presentation token back");
  if ((shown(victim.task) ?? 0) < (before.shown[1] ?? 0)) what.push("takes the other's presentation token from it");
  const isRefused = body.active === false || body.decision === "refused";
  const isNo = answer.statusCode >= 300 || isRefused || (route === "POST /v1/revoke" && answer.body === "");
  if (!isNo && what.length === 0) what.push(reachedAt(route, how));
  if (isNo && secretsIn(answer.body).length > 0) what.push("a secret in a no");
  // A session that nobody receives: STS is called at the same time as the record is written.
  if (isNo && world.ports.sessions.asked.length > sessions && !how.includes("exchanged for a task"))
    what.push("a session");
  return what;
}
