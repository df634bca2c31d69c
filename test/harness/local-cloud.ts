import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { askPeople, type WaitingAnswer } from "../../local/approval-tour.ts";
import { type Cloud, startCloud } from "../../local/cloud/start-cloud.ts";
import { moveConfig } from "../../local/move-ports.ts";
import { registerAgents } from "../../local/tour.ts";
import { tourPolicies } from "../../local/tour-policies.ts";
import { freeNeighbours } from "./free-neighbours.ts";

const LOCAL = fileURLToPath(new URL("../../local/valetkey.json", import.meta.url));

/** Cloud that `npm start` serves, on free ports: every function, the console, and the people's issuer with its sign-in page. */
export interface LocalCloud {
  readonly cloud: Cloud;
  readonly api: string;
  /** Origin of the console. */
  readonly origin: string;
  /** Path of the cloud's `valetkey.json`. */
  readonly configFile: string;
  /** Registers an agent of the team `demo`, whose name is its id. */
  newAgent(): Promise<string>;
  /**
   * Requests people's approval to write the object. Uses a new agent by default, so that no request counts against
   * another.
   */
  ask(asked?: { readonly object?: string; readonly agent?: string; readonly purpose?: string }): Promise<WaitingAnswer>;
  close(): Promise<void>;
}

type LocalConfig = Readonly<Record<string, unknown>> & {
  readonly issuers: readonly ({ readonly approvals?: object } & Readonly<Record<string, unknown>>)[];
  readonly approvers: Readonly<Record<string, unknown>>;
};

/**
 * @param given changes to the configuration of `npm start`, a policy beside the tour's, and whether the rules of each
 * minute run.
 */
export async function startLocalCloud(
  given: {
    readonly change?: (config: LocalConfig) => object;
    readonly policy?: string;
    readonly hasRules?: boolean;
  } = {},
): Promise<LocalCloud> {
  const ports = await freeNeighbours();
  const dir = mkdtempSync(join(tmpdir(), "valetkey-local-"));
  const configFile = moveConfig(LOCAL, join(dir, "valetkey.json"), ports.api);
  const config = JSON.parse(readFileSync(configFile, "utf8")) as LocalConfig;
  writeFileSync(configFile, JSON.stringify(given.change?.(config) ?? config));
  const policiesDir = tourPolicies(join(dir, "policies"));
  if (given.policy) writeFileSync(join(policiesDir, "given.cedar"), given.policy);
  const { hasRules = true } = given;
  const cloud = await startCloud({
    ports,
    configFile,
    policiesDir,
    workDir: join(dir, "work"),
    hasRules,
    isPatient: true,
  });
  const [api, origin] = [`http://127.0.0.1:${ports.api}`, `http://127.0.0.1:${ports.console}`];
  cloud.aws.admin(cloud.targetAccount).putBucket("acme-data");
  let count = 0;
  const newAgent = async (): Promise<string> => {
    count += 1;
    await registerAgents(api, cloud, [`publisher-${count}`]);
    return `publisher-${count}`;
  };
  return {
    cloud,
    api,
    origin,
    configFile,
    newAgent,
    ask: async ({ object = "published/weekly.csv", agent, ...more } = {}) =>
      askPeople(api, cloud, {
        resource: `arn:aws:s3:::acme-data/${object}`,
        agent: agent ?? (await newAgent()),
        ...more,
      }),
    close: async () => {
      await cloud.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Name of the secret of the client whose codes the hub redeems. */
export const APPROVALS_SECRET = "valetkey/approvals/staff";

/** Has the hub redeem the codes of votes, consents and acceptances, by a confidential client. */
export const hubRedeems = (config: LocalConfig): object => ({
  ...config,
  issuers: config.issuers.map(({ approvals, ...issuer }) => ({
    ...issuer,
    ...(approvals ? { approvals: { ...approvals, tokenExchange: "hub", secret: APPROVALS_SECRET } } : {}),
  })),
});
