import type { HostileWorld } from "../hostile-world.ts";
import { discoveryUrl, keysUrl, type Page, page, silence } from "../issuers-web.ts";
import { KEYS, publicJwk } from "../signing-keys.ts";
import type { HostileToken } from "./hostile-token.ts";
import { show } from "./show.ts";

type Jwk = ReturnType<typeof publicJwk>;

const good = ({ mint }: HostileWorld): string => mint();
const PLACE = { discovery: discoveryUrl("robots"), keys: keysUrl("robots") } as const;

/** The issuer cannot be reached, or answers nonsense. Either is an outage, never a denial and never an allow. */
const outage = (what: string, place: keyof typeof PLACE, answer: Page | undefined): HostileToken => ({
  what,
  refused: "issuer_unreachable",
  before: ({ web }) => void (answer ? web.pages.set(PLACE[place], answer) : web.pages.delete(PLACE[place])),
  token: good,
});

/** The issuer publishes its key with members that exclude this use. */
const published = (what: string, keys: readonly Jwk[], refused: HostileToken["refused"] = "token_signature") =>
  ({ what, refused, before: ({ web }) => web.publish("robots", keys), token: good }) satisfies HostileToken;

const own = (changed: Jwk = {}): Jwk => publicJwk(KEYS.robots, changed);
const discovery = (changed: Readonly<Record<string, unknown>>): Page =>
  page({ issuer: "https://robots.test", jwks_uri: PLACE.keys, ...changed });

export const PUBLISHED_KEYS: readonly HostileToken[] = [
  outage("any token while the issuer's host does not exist", "discovery", undefined),
  outage("any token while the host of its keys does not exist", "keys", undefined),
  outage("any token while its keys are silent", "keys", silence),
  outage("any token while its keys are a 500", "keys", page("", 500)),
  outage("any token while its keys are a 404", "keys", page({ keys: [own()] }, 404)),
  outage("any token while its keys redirect", "keys", page("", 302, { location: "https://attacker.test/keys" })),
  outage(
    "any token while its discovery redirects",
    "discovery",
    page("", 307, { location: "https://attacker.test/.well-known/openid-configuration" }),
  ),
  outage("any token while its keys are a login page", "keys", page("<html>Sign in</html>")),
  outage("any token while its keys are null", "keys", page("null")),
  outage("any token while its keys are a list", "keys", page([own()])),
  outage("any token while its keys are strings", "keys", page({ keys: ["robots-1"] })),
  outage("any token while its keys are cut short", "keys", page('{"keys":[{"kty":"EC"')),
  outage("any token while its discovery is not JSON", "discovery", page("robots: {}")),
  outage("any token while its discovery is null", "discovery", page("null")),
  outage(
    "any token while its discovery speaks for another issuer",
    "discovery",
    discovery({ issuer: "https://mesh.test" }),
  ),
  outage("any token while its discovery names no keys", "discovery", discovery({ jwks_uri: undefined })),
  outage("any token while its discovery names keys in a list", "discovery", discovery({ jwks_uri: [PLACE.keys] })),
  outage(
    "any token while its discovery names keys over http",
    "discovery",
    discovery({ jwks_uri: "http://attacker.test/keys" }),
  ),
  outage(
    "any token while its discovery names keys in a file",
    "discovery",
    discovery({ jwks_uri: "file:///etc/passwd" }),
  ),
  outage(
    "any token while its discovery names keys on this machine",
    "discovery",
    discovery({ jwks_uri: "http://127.0.0.1/keys" }),
  ),
  outage(
    "any token while its discovery names keys in data",
    "discovery",
    discovery({ jwks_uri: "data:application/json,{}" }),
  ),
  published("any token of an issuer without keys", []),
  published("a key that is for encryption", [own({ use: "enc" })]),
  published("a key that is for another algorithm", [own({ alg: "ES384" })]),
  published("a key that is for signing only", [own({ key_ops: ["sign"] })]),
  published("a key of another kind under the same kid", [publicJwk(KEYS.robotsRsa, { kid: "robots-1" })]),
  published("a symmetric key under the same kid", [{ kty: "oct", kid: "robots-1", k: "c2VjcmV0", alg: "ES256" }]),
  published("two keys under one kid", [own(), publicJwk(KEYS.robotsOther, { kid: "robots-1" })]),
  published(
    "a key that is published with its private half",
    [KEYS.robots.privateKey.export({ format: "jwk" }) as Jwk].map((jwk) => ({ ...jwk, kid: "robots-1" })),
    "issuer_unreachable",
  ),
  {
    what: "a token of a key that was withdrawn, once the keys are looked up again",
    refused: "token_signature",
    before: async (world) => {
      const first = await show(world.mint(), world);
      if (first.statusCode !== 200) throw new Error("the first use was refused");
      world.web.publish("robots", [publicJwk(KEYS.robotsOther)]);
      world.pass(301);
    },
    token: good,
  },
  {
    what: "a token of a known key, once the keys are too old and cannot be looked up again",
    refused: "issuer_unreachable",
    before: async (world) => {
      await show(world.mint(), world);
      world.web.pages.delete(PLACE.keys);
      world.pass(301);
    },
    token: good,
  },
];
