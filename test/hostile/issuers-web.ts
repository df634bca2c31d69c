import type { JsonWebKey } from "node:crypto";
import type { FetchImplementation } from "jose";
import { KEYS, publicJwk } from "./signing-keys.ts";

/** What the issuers' hosts answer; a test changes an entry to make a host fail. */
export type Page = (options: Parameters<FetchImplementation>[1]) => Response | Promise<Response>;

/** The part of the web that this deployment may ask, in memory, and a list of everything that was asked for. */
export interface IssuersWeb {
  readonly fetch: FetchImplementation;
  readonly asked: string[];
  readonly pages: Map<string, Page>;
  /** What an issuer publishes from now on. */
  publish(name: string, keys: readonly JsonWebKey[]): void;
}

export const keysUrl = (name: string): string => `https://${name}.test/keys`;
export const discoveryUrl = (name: string): string => `https://${name}.test/.well-known/openid-configuration`;

export const page =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Page =>
  () =>
    new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers: { ...headers } });

/** A host that never answers; it lets go when whoever asked gives up. */
export const silence: Page = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

export function issuersWeb(names: readonly string[]): IssuersWeb {
  const pages = new Map<string, Page>();
  const asked: string[] = [];
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
    asked,
    publish,
    fetch: async (url, options) => {
      asked.push(url);
      const found = pages.get(url);
      // What undici says when a host does not exist.
      if (!found) throw new TypeError("fetch failed");
      return found(options);
    },
  };
}
