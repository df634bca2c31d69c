import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { ConfigProblem } from "../../../config/config-problem.ts";
import { readConfig } from "../../../config/read-config.ts";
import type { Config } from "../../../config/schema.ts";
import { partitionOf } from "../../../functions/core/deployment/partition-of.ts";
import { callerIn, settingsOf } from "../aws-access.ts";
import { hasCredentials } from "../has-credentials.ts";
import { type Answer, type Assumption, notKnown, type Seen } from "./assumption.ts";
import { ASSUMPTIONS } from "./list.ts";
import { rightsOfProbes } from "./rights.ts";
import { nameOf, Workshop } from "./workshop.ts";

/** Report of the probes, to keep. */
export interface AssumptionReport {
  /** RFC 3339. */
  readonly at: string;
  readonly account: string;
  readonly region: string;
  /** Host that answered, and whether it is one of AWS's. */
  readonly endpoint: string;
  readonly isAws: boolean;
  readonly results: readonly (Pick<Assumption, "id" | "assumed" | "follows"> & {
    readonly answer: Answer | "cannot_be_probed";
    readonly found: string;
  })[];
  /** Things that could not be removed, by kind and name. */
  readonly left: readonly string[];
}

/** Account and place in which the probes would make things. */
export interface ProbePlace {
  readonly account: string;
  readonly region: string;
  readonly endpoint: string;
  readonly isAws: boolean;
}

/** Finds the account of the credentials at hand, and who answers for it. @throws the SDK's own errors. */
async function probePlace(region: string, env: NodeJS.ProcessEnv): Promise<ProbePlace> {
  const client = new STSClient(settingsOf({ account: "", region }));
  let endpoint = "";
  client.middlewareStack.add(
    (next) => (given) => {
      const { hostname, port } = given.request as { readonly hostname: string; readonly port?: number };
      endpoint = port === undefined ? hostname : `${hostname}:${port}`;
      return next(given);
    },
    { step: "finalizeRequest" },
  );
  const { Account: account = "" } = await client.send(new GetCallerIdentityCommand({}));
  const isElsewhere = Object.keys(env).some((name) => name.startsWith("AWS_ENDPOINT_URL") && env[name]);
  return { account, region, endpoint, isAws: !isElsewhere && /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(endpoint) };
}

/**
 * Prepares the probes, in the account of the credentials at hand: the hub's, or a target account.
 * @returns a sentence where they cannot be run here.
 */
export async function probesFor(configFile: string, env: NodeJS.ProcessEnv) {
  let config: Config;
  try {
    config = readConfig(configFile);
  } catch (error) {
    if (error instanceof ConfigProblem) return error.message;
    throw error;
  }
  if (!hasCredentials(env))
    return "there are no AWS credentials in the environment: set AWS_PROFILE, or keys, of the hub's or a target account";
  const caller = await callerIn(config.hub.region).catch(nameOf);
  if (typeof caller === "string") return `the credentials in the environment do not work (${caller}): log in again`;
  const region = [config.hub, ...config.accounts.map(({ id: account, region }) => ({ account, region }))].find(
    ({ account }) => account === caller.account,
  )?.region;
  if (region === undefined)
    return `these credentials are of ${caller.account}, which is neither the hub nor a target account of ${configFile}`;
  const place = await probePlace(region, env);
  return {
    place,
    rights: rightsOfProbes({ ...place, partition: partitionOf(region) }),
    probe: (say: (what: string) => void) => probeAssumptions(place, say),
  };
}

/**
 * Tries every assumption in turn, each with things of its own that are removed at once, whatever came of it. A probe that fails in another way than it
 * expects says nothing of the assumption.
 */
export async function probeAssumptions(
  place: ProbePlace,
  say: (what: string) => void,
  assumptions: readonly Assumption[] = ASSUMPTIONS,
): Promise<AssumptionReport> {
  const results: AssumptionReport["results"][number][] = [];
  const left: string[] = [];
  for (const { id, assumed, follows, probe } of assumptions) {
    if (typeof probe !== "function") {
      results.push({ id, assumed, follows, answer: "cannot_be_probed", found: probe.cannotBecause });
      continue;
    }
    say(`trying ${id}`);
    const workshop = new Workshop(place, partitionOf(place.region));
    try {
      results.push({ id, assumed, follows, ...(await seenBy(() => probe(workshop))) });
    } finally {
      left.push(...(await workshop.close()));
    }
  }
  return { at: new Date().toISOString(), ...place, results, left };
}

/** Asks a probe. Names an error and never quotes its message, which may hold anything. */
async function seenBy(probe: () => Promise<Seen>): Promise<Seen> {
  try {
    return await probe();
  } catch (error) {
    return notKnown(`it could not be tried (${nameOf(error)})`);
  }
}
