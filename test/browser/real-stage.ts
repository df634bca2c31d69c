import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { askPeople, type WaitingAnswer } from "../../local/approval-tour.ts";
import { type Cloud, startCloud } from "../../local/cloud/start-cloud.ts";
import { moveConfig } from "../../local/move-ports.ts";
import { registerAgents } from "../../local/tour.ts";
import { tourPolicies } from "../../local/tour-policies.ts";
import { freeNeighbours } from "../harness/free-neighbours.ts";

const LOCAL = fileURLToPath(new URL("../../local/valetkey.json", import.meta.url));

/** Policy whose requests wait as short as can be configured. */
const SOON_OVER = `@id("soon-over") @approval("hasty")
permit (principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/hasty/*" };`;

/** What `npm start` serves: every function, the console, and the people's issuer with its sign-in page. */
export interface RealStage {
  readonly cloud: Cloud;
  readonly api: string;
  /** Origin of the console. */
  readonly origin: string;
  /** Registers an agent of the team `demo`, whose name is its id. */
  newAgent(): Promise<string>;
  /** Asks people for the object below `published/`, as an agent of its own, so that no request counts against another. */
  ask(asked?: { readonly object?: string; readonly agent?: string; readonly purpose?: string }): Promise<WaitingAnswer>;
  close(): Promise<void>;
}

export async function startRealStage(): Promise<RealStage> {
  const ports = await freeNeighbours();
  const dir = mkdtempSync(join(tmpdir(), "valetkey-browser-"));
  const configFile = moveConfig(LOCAL, join(dir, "valetkey.json"), ports.api);
  const config = JSON.parse(readFileSync(configFile, "utf8")) as { approvers: Record<string, unknown> };
  config.approvers.hasty = { issuer: "staff", claim: "groups", value: "sre", timeoutSeconds: 60 };
  writeFileSync(configFile, JSON.stringify(config));
  const policiesDir = tourPolicies(join(dir, "policies"));
  writeFileSync(join(policiesDir, "soon-over.cedar"), SOON_OVER);
  const cloud = await startCloud({ ports, configFile, policiesDir, workDir: join(dir, "work") });
  const [api, origin] = [`http://127.0.0.1:${ports.api}`, `http://127.0.0.1:${ports.console}`];
  cloud.aws.admin(cloud.targetAccount).putBucket("acme-data");
  let count = 0;
  const newAgent = async (): Promise<string> => {
    count += 1;
    await registerAgents(api, cloud, [`publisher-${count}`]);
    return `publisher-${count}`;
  };
  return {
    ...{ cloud, api, origin, newAgent },
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
