import { statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CedarPolicies } from "../adapters/cedar/cedar-policies.ts";
import type { Catalogue } from "../core/catalogue/catalogue.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Policies } from "../core/policy/query.ts";
import { loadCatalogue } from "../load-catalogue.ts";
import { EXIT, Problem } from "./problem.ts";
import { policyFiles, teamOf } from "./read/files-in.ts";
import { type Finding, lineOf } from "./read/finding.ts";
import { type Inspected, inspectPolicies } from "./read/inspect-policies.ts";
import { type KnownConfig, knownConfig } from "./read/known-config.ts";
import type { PolicyFile } from "./read/parse-policies.ts";
import { readText } from "./read/read-text.ts";

const SCHEMA = "schema.cedarschema";

/** Policies that are checked together: those of one folder, and of the files given with it. */
export interface Bundle extends Inspected, KnownConfig {
  readonly folder: string;
  readonly catalogue: Catalogue;
}

/** Policies, with everything else that a decision needs. */
export interface Decides extends Pick<Bundle, "policies" | "catalogue" | "claims" | "accounts" | "conflicts"> {
  readonly engine: Policies;
  /** Deployment in which requests are decided. Without one, every account that a request names counts as one of the deployment's. */
  readonly deployment?: Deployment;
}

/** Bundle that can decide: its only faults are conditions that no proof can read. */
export interface Deciding extends Bundle, Decides {
  readonly engine: CedarPolicies;
}

/**
 * Reads and checks the folder and the teams' folders in it. The schema is that of the folder, or of the nearest folder above that has one.
 * @param withFiles further `.cedar` files, for a folder that is deployed beside others' rules.
 * @param config the `valetkey.json` of the deployment; by default the one that `knownConfig` finds.
 */
export function readBundle(folder: string, withFiles: readonly string[] = [], config?: string): Bundle {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Problem(`there is no folder ${folder}; name the one that holds the policies`);
  const path = schemaFor(folder);
  const root = dirname(path);
  const own = policyFiles(folder, root);
  // Leaves out a file of the folder itself, since one --with serves several folders.
  const further = withFiles.filter((file) => !own.some((each) => resolve(each.path) === resolve(file)));
  const files = [
    ...own,
    ...further.map((file) => ({
      name: basename(file),
      path: file,
      text: readText(file),
      ...teamIn(resolve(file), root),
    })),
  ];
  if (files.length === 0) throw new Problem(`${folder} holds no .cedar file`);
  const catalogue = loadCatalogue();
  const known = knownConfig(folder, config);
  return {
    folder,
    catalogue,
    ...known,
    ...inspectPolicies(files, { path, text: readText(path) }, catalogue, known),
  };
}

function teamIn(path: string, root: string): Pick<PolicyFile, "team"> {
  const team = teamOf(path, root);
  return team === undefined ? {} : { team };
}

/** Reads a bundle that can decide. @throws {Problem} where its policies cannot be used. */
export function decidingBundle(folder: string, withFiles: readonly string[] = [], config?: string): Deciding {
  const bundle = readBundle(folder, withFiles, config);
  const unusable = unusableIn(bundle);
  if (unusable.length > 0) {
    const faults = unusable.map((each) => `\n  ${lineOf(each)}`).join("");
    throw new Problem(
      `the policies in ${folder} cannot be used; see npx valetkey policy check ${folder}:${faults}`,
      EXIT.bad,
    );
  }
  return decidingWith(bundle);
}

/**
 * Lists the faults with which the bundle's policies cannot decide. A policy that no proof can read may still decide, since a deployment may only observe
 * proofs. A proof shows which sessions depend on such a policy.
 */
export const unusableIn = ({ faults }: Bundle): readonly Finding[] =>
  faults.filter(({ code }) => code !== "not_provable");

/** Adds the policy engine to a bundle without unusable policies. */
export function decidingWith(bundle: Bundle): Deciding {
  const policies = bundle.policies.map(({ policy }) => policy);
  const hash = `workbench:${resolve(bundle.folder)}`;
  return { ...bundle, engine: new CedarPolicies({ policies, claims: bundle.claims, hash }) };
}

function schemaFor(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, SCHEMA);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
    if (dirname(at) === at)
      throw new Problem(`neither ${folder} nor a folder above it holds ${SCHEMA}; copy it from policies/`);
  }
}
