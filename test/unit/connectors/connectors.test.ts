import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FakeSealer } from "../../../fakes/fake-sealer.ts";
import { FakeSecretLocks } from "../../../fakes/fake-secret-locks.ts";
import { FakeSecrets } from "../../../fakes/fake-secrets.ts";
import { loadConnectors } from "../../../functions/connectors/connectors.ts";
import type { GithubApps } from "../../../functions/connectors/github/github-apps.ts";
import type { OauthProviders } from "../../../functions/connectors/oauth/oauth-providers.ts";
import type { Databases } from "../../../functions/connectors/postgres/databases.ts";

const page = (name: string) => readFileSync(new URL(`../../../docs/connectors/${name}.md`, import.meta.url), "utf8");
const asked = () => Promise.reject(new Error("asked"));
const CONNECTORS = (await loadConnectors())({
  deployment: {},
  ownSecrets: [],
  clock: { nowMs: Date.now },
  random: { bytes: (count) => new Uint8Array(count) },
  secrets: new FakeSecrets(),
  locks: new FakeSecretLocks(Date.now),
  databases: { session: asked } satisfies Databases,
  sealer: new FakeSealer(),
  oauth: { ask: asked, revoke: asked } satisfies OauthProviders,
  github: { ask: asked, revoke: asked, installation: asked } satisfies GithubApps,
});

describe.each(Object.entries(CONNECTORS))("the connector %s", (type, connector) => {
  it("stands in the table under its own type", () => {
    expect(connector.type).toBe(type);
  });

  it("has a page with the same five points as the others, and a row in the list of them", () => {
    const rows = [...page(type).matchAll(/^- \*\*(asked|issued|ends|a crash leaves|limits)\*\*: ./gm)].map(
      ([, name]) => name,
    );
    expect(rows).toEqual(["asked", "issued", "ends", "a crash leaves", "limits"]);
    expect(page("README")).toMatch(new RegExp(`^\\| \\[\`${type}\`\\]\\(${type}\\.md\\) \\|`, "m"));
  });

  it("has nothing to be ill of where nothing is configured", async () => {
    expect(await connector.health()).toEqual([]);
  });
});
