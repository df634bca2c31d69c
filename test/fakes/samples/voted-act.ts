import { type Act, type ActRecord, actHash } from "../../../functions/core/approvals/act-record.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import type { Answer, FakeService } from "../world/service.ts";
import { fakeToken } from "../world/tokens.ts";
import { DEPLOYMENT, type FakeWorld, URL_OF_HUB } from "../world/world.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Deployment in which dangerous acts of operators take a vote. */
export const STEPPING_UP = { ...DEPLOYMENT, stepUp: true } as const;

/** Act that an operator requests: its route, the agent, account or condition in its path, and its body. */
export interface RequestedAct {
  readonly route: RouteKey;
  readonly agent?: string;
  readonly account?: string;
  readonly condition?: string;
  readonly body?: Claims;
}

const pathOf = ({ route, agent = "", account = "", condition = "" }: RequestedAct): string =>
  route.slice("POST ".length).replace("{agent}", agent).replace("{account}", account).replace("{condition}", condition);

/** Makes the record of an act, as the console's page does. */
export function actRecord(world: FakeWorld, requested: RequestedAct, changed: Partial<ActRecord> = {}): ActRecord {
  const act: Act = { method: "POST", path: pathOf(requested), body: requested.body ?? {} };
  const nonce = Buffer.from(world.ports.random.bytes(16)).toString("base64url");
  return { version: 1, hub: URL_OF_HUB, act, nonce, created_at: world.nowSeconds(), ...changed };
}

/** Makes the ID token by which a person votes for an act. */
export function actToken(world: FakeWorld, record: ActRecord, changed: Claims = {}, person = "alice"): string {
  const now = world.nowSeconds();
  return fakeToken({
    iss: "https://staff.test",
    sub: person,
    aud: "approvals",
    nonce: actHash(record),
    iat: now,
    exp: now + 300,
    auth_time: now,
    ...changed,
  });
}

/** Sends an act. @param vote by default a valid one for this act; a test may send another, or none. */
export function perform(
  service: FakeService,
  requested: RequestedAct,
  vote: Claims | "none" = votedFor(service.world, requested),
  token = service.world.operatorToken(),
): Promise<Answer> {
  const body = { ...requested.body, ...(vote === "none" ? {} : { step_up: vote }) };
  return service.operate(requested.route, {
    parameters: { agent: requested.agent, account: requested.account, condition: requested.condition },
    body,
    token,
  });
}

/** Makes the vote for an act, as the request's body has it. */
export function votedFor(world: FakeWorld, requested: RequestedAct, changed: Claims = {}, person = "alice"): Claims {
  const record = actRecord(world, requested);
  const { nonce, created_at } = record;
  return { vote: actToken(world, record, changed, person), nonce, created_at };
}
