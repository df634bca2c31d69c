import { JoseTokens } from "../../functions/adapters/jose/jose-tokens.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import type { SealingPorts } from "../../functions/core/ports.ts";
import { DEPLOYMENT, type FakeWorld, fakeWorld, URL_OF_HUB } from "../fakes/world/world.ts";
import { type IssuersWeb, issuersWeb } from "./issuers-web.ts";
import { KEYS, type SigningKey, signatureOf } from "./signing-keys.ts";

/** A deployment that really verifies tokens, against keys that issuers in memory publish. */
export interface HostileWorld extends FakeWorld {
  readonly web: IssuersWeb;
  /** Makes a token that would be accepted, with one thing changed. */
  mint(changed?: Changed): string;
}

export interface Changed {
  /** Replaces members of the header; `undefined` leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Replaces claims; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The payload's own bytes, instead of claims. */
  readonly payload?: string | Buffer | ((claims: Readonly<Record<string, unknown>>) => string | Buffer);
  readonly key?: SigningKey;
  /** `robots` unless given. */
  readonly issuer?: string;
}

const like = (name: string, changed: Partial<Issuer>): Issuer => ({
  ...(DEPLOYMENT.issuers[0] as Issuer),
  name,
  url: `https://${name}.test`,
  ...changed,
});

/** One issuer for each kind of subject, beside those of the fakes. All of them but `mesh` and `staff` sign with the keys of `robots`. */
export const ISSUERS: Deployment["issuers"] = [
  ...DEPLOYMENT.issuers,
  like("forge", { pin: "repository_id", required: { repository_owner_id: "42", "/runner/group": "trusted" } }),
  like("cluster", { subject: "service-account" }),
  like("svid", { subject: "spiffe" }),
  like("cloud", { subject: "role-arn" }),
];

/** Subjects that the agents `demo` (and one of each other kind) are bound to. */
export const SUBJECTS: Readonly<Record<string, string>> = {
  robots: "agent:demo",
  mesh: "agent:meshed",
  staff: "alice",
  forge: "repo:acme/reports:ref:refs/heads/main",
  cluster: "system:serviceaccount:prod:runner",
  svid: "spiffe://trust.acme/prod/runner",
  cloud: "arn:aws:iam::111122223333:role/runner",
};

export const encodePart = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const PINS = Object.fromEntries(ISSUERS.map(({ name, pin }) => [name, pin]));
let minted = 0;

/** @param over ports in place of the fakes. */
export function hostileWorld(over: Partial<SealingPorts> = {}): HostileWorld {
  const web = issuersWeb(ISSUERS.map(({ name }) => name));
  const tokens = new JoseTokens(() => world.ports.clock.nowMs(), web.read);
  const world = fakeWorld({ deployment: { ...DEPLOYMENT, issuers: ISSUERS }, tokens, ...over });
  world.ports.agents.withBinding = async (issuer, pinned) =>
    [...world.ports.agents.agents.values()].flatMap(({ id, bindings }) =>
      bindings
        .filter(({ issuer: name, claims }) => name === issuer && claims[PINS[name] ?? ""] === pinned)
        .map(({ claims }) => ({ agent: id, claims })),
    );
  for (const issuer of ["mesh", "forge", "cluster", "svid", "cloud"]) {
    const claims = issuer === "forge" ? { repository_id: "74", environment: "prod" } : { sub: SUBJECTS[issuer] ?? "" };
    world.addAgent({ id: `agent-of-${issuer}`, bindings: [{ issuer, claims: claims as Record<string, string> }] });
  }
  world.ports.inventory.add("demo", { kind: "generated" });
  const claimsOf = (issuer: string): Readonly<Record<string, unknown>> => {
    minted += 1;
    const iat = world.nowSeconds();
    return {
      iss: `https://${issuer}.test`,
      sub: SUBJECTS[issuer],
      aud: URL_OF_HUB,
      iat,
      exp: iat + 300,
      jti: `minted-${minted}`,
      ...(issuer === "forge"
        ? { repository_id: "74", repository_owner_id: "42", environment: "prod", runner: { group: "trusted" } }
        : undefined),
      ...(issuer === "staff" ? { groups: [] } : undefined),
    };
  };
  const mint = ({ header, claims, payload, key, issuer = "robots" }: Changed = {}): string => {
    const own = issuer === "mesh" ? KEYS.mesh : issuer === "staff" ? KEYS.staff : KEYS.robots;
    const signer = key ?? own;
    const all = { ...claimsOf(issuer), ...claims };
    const bytes = typeof payload === "function" ? payload(all) : (payload ?? JSON.stringify(all));
    const head = encodePart({ alg: signer.alg, typ: "JWT", kid: signer.kid, ...header });
    const signingInput = `${head}.${Buffer.from(bytes).toString("base64url")}`;
    return `${signingInput}.${signatureOf(signingInput, signer).toString("base64url")}`;
  };
  return Object.assign(world, { web, mint });
}
