import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import { JoseTokens } from "../../../functions/adapters/jose/jose-tokens.ts";
import { SecretRecordKey } from "../../../functions/adapters/secrets-manager/secret-record-key.ts";
import { defined } from "../../../functions/core/defined.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import type { PreparedPolicy } from "../../../functions/core/policy/prepared-policy.ts";
import type { HttpEvent } from "../../../functions/http/event.ts";
import { preparePolicies } from "../../../functions/policy/prepare-policies.ts";
import {
  CATALOGUE,
  DEPLOYMENT,
  exchangeForm,
  type FakeWorld,
  fakeWorld,
  formEvent,
  NOON_MS,
  URL_OF_HUB,
} from "../../fakes/world/world.ts";
import { benchPolicies, TEAM, THREE_PAIRS } from "../policies/bench-policies.ts";
import { LeanTasks } from "./lean-tasks.ts";

/**
 * Deployment without a network: real signatures, real Cedar with twenty policies, and the real catalogue. The record
 * and STS are in memory.
 */
export interface VendInMemory {
  readonly world: FakeWorld;
  readonly policies: readonly PreparedPolicy[];
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** Makes a new signed token of the agent. */
  token(): Promise<string>;
  /** Makes the request of a vend for three pairs. Each request has another purpose, as the tasks of an agent have. */
  event(token: string): HttpEvent;
  /** Forgets the tasks so far, so that no growing list slows down the vends. */
  forget(): void;
}

const ISSUER = "https://robots.test";
export const AGENT = "reporter";

/** Makes the deployment, with the twenty policies unless a folder is given. */
export async function vendInMemory(
  workDir: string,
  { policies, deployment = DEPLOYMENT }: { readonly policies?: string; readonly deployment?: Deployment } = {},
): Promise<VendInMemory> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const publicJwk = { ...(await exportJWK(publicKey)), kid: "bench", alg: "ES256", use: "sig" };
  const folder = policies ?? benchPolicies(`${workDir}/policies`);
  const prepared = preparePolicies(folder, CATALOGUE, [], defined({ conditions: deployment.conditions }));
  const documents: Readonly<Record<string, unknown>> = {
    [`${ISSUER}/.well-known/openid-configuration`]: { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` },
    [`${ISSUER}/jwks`]: { keys: [publicJwk] },
  };
  const tasks = new LeanTasks();
  // The real record key signs, which costs more than the fake's hash.
  const recordKey = new SecretRecordKey(
    async (stage) => (stage === "AWSCURRENT" ? "a sealing text that is long enough for a key of 256 bits" : undefined),
    { read: async () => undefined, publish: async () => undefined },
    () => NOON_MS,
  );
  const world = fakeWorld({
    deployment,
    tasks,
    recordKey,
    seals: recordKey,
    // Rate limits are off: they would refuse the benchmark's vends.
    rateLimits: { count: async () => true, isOver: () => false },
    policies: new CedarPolicies({ ...prepared, hash: "bundle-of-the-benchmark" }),
    tokens: new JoseTokens(
      () => NOON_MS,
      async ({ href }) => ({ status: 200, body: Buffer.from(JSON.stringify(documents[href])) }),
    ),
    log: { write: (entry) => void JSON.stringify(entry) },
  });
  world.addAgent({ id: AGENT, team: TEAM });
  let count = 0;
  let events = 0;
  const iat = NOON_MS / 1_000;
  return {
    world,
    policies: prepared.policies,
    publicJwk,
    token: () => {
      count += 1;
      return new SignJWT({ iss: ISSUER, sub: `agent:${AGENT}`, aud: URL_OF_HUB, iat, exp: iat + 300, jti: `${count}` })
        .setProtectedHeader({ alg: "ES256", kid: "bench", typ: "JWT" })
        .sign(privateKey);
    },
    event: (token) => {
      events += 1;
      return formEvent({ ...exchangeForm(token, THREE_PAIRS), purpose: `summarise the report of week ${events}` });
    },
    forget: () => {
      tasks.tasks.clear();
      world.ports.loads.loads.clear();
      world.ports.sessions.asked.length = 0;
    },
  };
}
