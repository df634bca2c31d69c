import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import type { Config } from "../../infra/config/schema.ts";
import { freePort } from "../../local/emulator/free-ports.ts";
import { type OidcIssuer, startOidcIssuer } from "../../local/issuer/oidc-issuer.ts";
import { PEOPLE } from "../../local/issuer/people.ts";
import { CLIENTS } from "../../local/issuer/sign-in-provider.ts";
import { tourSections } from "../../local/tour-policies.ts";
import type { Cloud } from "./cdk.ts";
import { type Ministack, startMinistack } from "./ministack.ts";

export const HUB = accountId("999900001111");
export const TARGET = accountId("111122223333");
/** Origin of the console; nothing is fetched from it, since the test signs in as its page would. */
export const CONSOLE = "https://console.e2e.example";
const REGION = regionNamed("us-east-1");

/** Everything outside of valetkey that an end-to-end test needs, on loopback. */
export interface World {
  readonly cloud: Cloud;
  /** Configuration that is deployed: it trusts the two issuers. */
  readonly config: Config;
  readonly ministack: Ministack;
  /** Issuers of agents' tokens and of operators'. */
  readonly agents: OidcIssuer;
  readonly staff: OidcIssuer;
  /** Ends all of it, and leaves no file behind. */
  stop(): Promise<void>;
}

/** Two issuers, a configuration that trusts them, and an AWS with a hub account and a target account in it. */
export async function startWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "valetkey-e2e-"));
  const url = "https://valetkey.e2e.example";
  const agents = await startOidcIssuer({ port: 0, kind: "agents", audience: url });
  // A whole OpenID provider. The deployed functions read its keys on loopback, and people sign in at it for their
  // votes.
  const signIn = { people: PEOPLE, consoleOrigin: CONSOLE, operate: `${url}/operate` };
  const staff = await startOidcIssuer({ port: 0, kind: "people", audience: url, signIn });
  const stopIssuers = () => Promise.all([agents.close(), staff.close()]);
  const config: Config = {
    hub: { account: HUB, region: REGION },
    url,
    issuers: [
      { name: "ci", kind: "agents", preset: "generic", url: agents.issuer },
      {
        name: "staff",
        kind: "people",
        preset: "generic",
        url: staff.issuer,
        groupsClaim: "groups",
        approvals: { clientId: CLIENTS.approvals, freshness: "auth_time" },
        console: { clientId: CLIENTS.reading, parameters: { resource: signIn.operate } },
      },
    ],
    accounts: [{ id: TARGET, region: REGION, taskRoles: 2, personTag: true }],
    console: { url: CONSOLE },
    approvers: { sre: { issuer: "staff", claim: "groups", value: "sre" } },
    operators: [{ issuer: "staff", subject: "person:olivia" }],
    bus: { publishers: [HUB] },
    ...tourSections(),
    escalation: { E4: "end_task" },
    // MiniStack refuses nothing that IAM denies: a canary would see nothing else.
    receipts: { sample: 0 },
  };
  const port = await freePort();
  const ministack = await startMinistack({ port, account: HUB, directory: join(directory, "ministack") }).catch(
    async (error: unknown) => {
      await stopIssuers();
      throw error;
    },
  );
  const working = join(directory, "cdk");
  mkdirSync(working);
  return {
    config,
    ministack,
    agents,
    staff,
    cloud: {
      endpoint: ministack.endpoint,
      region: REGION,
      directory: working,
      folder: join(directory, "own"),
    },
    stop: async () => {
      await stopIssuers();
      await ministack.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
