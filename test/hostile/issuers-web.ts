import type { JsonWebKey } from "node:crypto";
import type { ReadDocument } from "../../functions/adapters/http/read-document.ts";
import { NoAnswer } from "../../functions/adapters/http/whole-answer.ts";
import { KEYS, publicJwk } from "./signing-keys.ts";

/** Answers of the issuers' hosts. A test changes an entry to make a host fail. */
export type Page = () => Response | Promise<Response>;

/** The part of the web that this deployment may fetch, in memory, and a list of everything that was fetched. */
export interface IssuersWeb {
  readonly read: ReadDocument;
  readonly fetched: string[];
  readonly pages: Map<string, Page>;
  /** Replaces the keys that an issuer publishes. */
  publish(name: string, keys: readonly JsonWebKey[]): void;
}

export const keysUrl = (name: string): string => `https://${name}.test/keys`;
export const discoveryUrl = (name: string): string => `https://${name}.test/.well-known/openid-configuration`;

export const page =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Page =>
  () =>
    new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers: { ...headers } });

/** A host that never answers, until its caller gives up. */
export const silence: Page = () => {
  throw new NoAnswer("TimeoutError");
};

export function issuersWeb(names: readonly string[]): IssuersWeb {
  const pages = new Map<string, Page>();
  const fetched: string[] = [];
  const publish = (name: string, keys: readonly JsonWebKey[]): void => void pages.set(keysUrl(name), page({ keys }));
  for (const name of names) {
    pages.set(discoveryUrl(name), page({ issuer: `https://${name}.test`, jwks_uri: keysUrl(name) }));
    publish(name, [publicJwk(KEYS.robots)]);
  }
  publish(
    "robots",
    [KEYS.robots, KEYS.robotsOther, KEYS.robotsRsa, KEYS.robotsWide].map((key) => publicJwk(key)),
  );
  publish("mesh", [publicJwk(KEYS.mesh)]);
  publish("staff", [publicJwk(KEYS.staff)]);
  return {
    pages,
    fetched,
    publish,
    read: async ({ href }) => {
      fetched.push(href);
      const found = pages.get(href);
      if (!found) throw new NoAnswer("ENOTFOUND");
      const response = await found();
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
    },
  };
}
