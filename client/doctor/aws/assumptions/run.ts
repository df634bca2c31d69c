import { partitionOf } from "../../../../functions/core/deployment/partition-of.ts";
import { prefixOf } from "../../../../functions/hub-names.ts";
import { ConfigProblem } from "../../../../infra/config/config-problem.ts";
import { readConfig } from "../../../../infra/config/read-config.ts";
import type { Config } from "../../../../infra/config/schema.ts";
import { callerIn } from "../aws-access.ts";
import { hasCredentials } from "../has-credentials.ts";
import { type Answer, type Assumption, type Ground, notKnown, type Seen } from "./assumption.ts";
import type { Evidence } from "./evidence.ts";
import { ASSUMPTIONS } from "./list.ts";
import { plainName } from "./plain-name.ts";
import { type ProbePlace, probePlace } from "./probe-place.ts";
import { rightsOfProbes } from "./rights.ts";
import { Workshop, type WorkshopOptions } from "./workshop.ts";

/** Finding about one assumption. */
export interface AssumptionResult extends Pick<Assumption, "id" | "weight" | "assumed" | "follows" | "restsOn"> {
  readonly answer: Answer | "cannot_be_probed";
  readonly found: string;
  /** Consequence of this answer. */
  readonly means: string;
  /** Calls of the probe, with AWS's answers and request ids. */
  readonly evidence: readonly Evidence[];
}

/** Report of the probes, which the operator keeps. */
export interface AssumptionReport extends ProbePlace {
  /** RFC 3339 moments of the beginning and the end. */
  readonly at: string;
  readonly until: string;
  /** Hub whose deployment rests on the answers. */
  readonly hub: { readonly account: string; readonly region: string; readonly prefix: string; readonly url: string };
  readonly versions: { readonly valetkey: string; readonly node: string };
  readonly results: readonly AssumptionResult[];
  /** True where valetkey rests on something that does not hold here. */
  readonly isBad: boolean;
  /** True where the command was interrupted: the rest was not tried. */
  readonly interrupted: boolean;
  /** Things that could not be removed, each with its kind and name. */
  readonly left: readonly string[];
}

/** Circumstances of a run. */
export interface ProbeRun extends WorkshopOptions {
  readonly say: (what: string) => void;
  readonly hub: AssumptionReport["hub"];
  /** Version of valetkey. */
  readonly version: string;
  readonly assumptions?: readonly Assumption[];
}

/** Place of the probes of assumptions about AWS, the rights that they need, and the probes. */
export interface PlacedProbes {
  readonly place: ProbePlace;
  readonly rights: object;
  readonly probe: (run: Omit<ProbeRun, "hub">) => Promise<AssumptionReport>;
}

/**
 * Prepares the probes, in the account of the credentials at hand: the hub's, or a target account.
 * @returns a sentence where the probes cannot run here.
 */
export async function probesFor(configFile: string, env: NodeJS.ProcessEnv): Promise<PlacedProbes | string> {
  let config: Config;
  try {
    config = readConfig(configFile);
  } catch (error) {
    if (error instanceof ConfigProblem) return error.message;
    throw error;
  }
  if (!hasCredentials(env))
    return "there are no AWS credentials in the environment: set AWS_PROFILE, or keys, of the hub's or a target account";
  const caller = await callerIn(config.hub.region).catch(plainName);
  if (typeof caller === "string") return `the credentials in the environment do not work (${caller}): log in again`;
  const region = [config.hub, ...config.accounts.map(({ id: account, region }) => ({ account, region }))].find(
    ({ account }) => account === caller.account,
  )?.region;
  if (region === undefined)
    return `these credentials are of ${caller.account}, which is neither the hub nor a target account of ${configFile}`;
  const place = await probePlace(region, env);
  const hub = { ...config.hub, prefix: prefixOf(config), url: config.url };
  return {
    place,
    rights: rightsOfProbes({ ...place, partition: partitionOf(region) }),
    probe: (run) => probeAssumptions(place, { ...run, hub }),
  };
}

/**
 * Tries every assumption in turn. Each probe makes its own things, which are removed after it, also where it fails. An
 * unexpected error proves nothing about the assumption.
 */
export async function probeAssumptions(place: ProbePlace, run: ProbeRun): Promise<AssumptionReport> {
  const { say, hub, version, assumptions = ASSUMPTIONS, signal } = run;
  const at = new Date().toISOString();
  const results: AssumptionResult[] = [];
  const left: string[] = [];
  for (const assumption of assumptions) {
    const { probe } = assumption;
    if (typeof probe !== "function") {
      results.push(resultOf(assumption, { answer: "cannot_be_probed", found: probe.cannotBecause }));
      continue;
    }
    if (signal?.aborted) {
      results.push(resultOf(assumption, notKnown("it was not tried: the command was interrupted")));
      continue;
    }
    say(`trying ${assumption.id}`);
    const workshop = new Workshop(place, partitionOf(place.region), run);
    const seen = await seenBy(() => probe(workshop));
    left.push(...(await workshop.close()));
    results.push(resultOf(assumption, seen, workshop.evidence.entries));
  }
  return {
    at,
    until: new Date().toISOString(),
    hub,
    ...place,
    versions: { valetkey: version, node: process.version },
    results,
    isBad: results.some(isBad),
    interrupted: signal?.aborted ?? false,
    left,
  };
}

const isBad = ({ answer, weight }: AssumptionResult): boolean => answer === "does_not_hold" && weight !== "information";

/** Runs a probe. Names an error and never quotes its message, which may hold anything. */
async function seenBy(probe: () => Promise<Seen>): Promise<Seen> {
  try {
    return await probe();
  } catch (error) {
    return notKnown(`it could not be tried (${plainName(error)})`);
  }
}

const resultOf = (
  { id, weight, assumed, follows, restsOn }: Assumption,
  { answer, found }: Pick<AssumptionResult, "answer" | "found">,
  evidence: readonly Evidence[] = [],
): AssumptionResult => ({
  ...{ id, weight, assumed, answer, found, means: meaningOf(answer, follows, restsOn), follows, restsOn },
  evidence,
});

/** Returns the meaning of an answer for the deployment. */
function meaningOf(answer: AssumptionResult["answer"], follows: string, restsOn: Ground): string {
  switch (answer) {
    case "holds":
      return "valetkey may rest on it here";
    case "does_not_hold":
      return `so: ${follows}`;
    case "not_known":
      return `expect this until it is known: ${follows}`;
    case "cannot_be_probed":
      return `${supportOf(restsOn)}; if that is wrong: ${follows}`;
  }
}

/** Returns a clause that names the ground of an assumption. */
function supportOf(ground: Ground): string {
  switch (ground.by) {
    case "judge":
      return `the judge ${ground.judge} confirms it`;
    case "page":
      return `${ground.page} states ${ground.states === "all" ? "it" : "a part of it"}`;
    case "rows":
      return `the sources in ${ground.file} state it`;
    case "aws":
      return "nothing but AWS itself can show it";
  }
}
