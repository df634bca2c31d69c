import type { FakeWorld } from "../../fakes/world/world.ts";
import type { Refused } from "../operation.ts";
import type { Arrange, Call } from "../recording/call.ts";
import { whenPort } from "./outage.ts";

/**
 * Lists the refusals that an agent's OIDC token can cause.
 * @param presenting makes the call that presents the token.
 */
export function refusedIdentities(presenting: (world: FakeWorld, token: string) => Promise<Call>) {
  const claiming =
    (claims: (nowSeconds: number) => Readonly<Record<string, unknown>>): Arrange =>
    async (world) =>
      presenting(world, world.agentToken(claims(world.nowSeconds())));
  return {
    token_malformed: async (world) => presenting(world, "not-a-token"),
    issuer_unknown: claiming(() => ({ iss: "https://elsewhere.test" })),
    issuer_kind: async (world) => presenting(world, world.operatorToken()),
    token_signature: async (world) => presenting(world, world.agentToken().replace(/[^.]+$/, "Zm9yZ2Vk")),
    token_claims: claiming(() => ({ iat: undefined })),
    token_expired: claiming((now) => ({ iat: now - 600, exp: now - 300 })),
    token_lifetime: claiming((now) => ({ exp: now + 86_400 })),
    token_audience: claiming(() => ({ aud: "https://elsewhere.test" })),
    agent_unknown: claiming(() => ({ sub: "agent:stranger" })),
    agent_ambiguous: async (world) => {
      world.addAgent({ id: "demo-twin", bindings: [{ issuer: "robots", claims: { sub: "agent:demo" } }] });
      return presenting(world, world.agentToken());
    },
    issuer_unreachable: whenPort("tokens", undefined, "issuer_unreachable", async (world) =>
      presenting(world, world.agentToken()),
    ),
  } satisfies Refused;
}
