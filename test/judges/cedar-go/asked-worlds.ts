import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { proveCase } from "../../../client/policy/cases/prove-case.ts";
import { casesIn } from "../../../client/policy/cases/read-cases.ts";
import { callOf } from "../../../functions/adapters/cedar/cedar-call.ts";
import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import type { Evaluation as Decision, PolicyFacts, Query } from "../../../functions/core/policy/query.ts";
import { decidingBundle } from "../../../functions/policy/bundle.ts";
import { arbitraryWorld } from "../../property/arbitrary/worlds.ts";
import { SILENT } from "../../property/cedar-oracle.ts";
import { proveBatch } from "../../property/prove/batch.ts";
import { REAL } from "../../property/vend.ts";
import { jsonOf } from "../../unit/core/cedar-of.ts";

const SCENARIOS = 300;
const CALLS = 40;
/** Tags of the resource, in place of those that a question of valetkey leaves open. */
const TAGS = [{}, { team: "data", env: "prod" }, { team: "ops", env: "dev", owner: "pat" }];

/** Policies of one engine, with the questions that it was asked and its decisions. */
export class World {
  readonly policies: readonly string[];
  readonly ids: readonly string[];
  readonly questions: Query[] = [];
  readonly decisions: Decision[] = [];

  constructor(policies: readonly { readonly id: string; readonly text: string }[]) {
    [this.policies, this.ids] = [policies.map(({ text }) => text), policies.map(({ id }) => id)];
  }

  add(question: Query, { allowed, deciding, errored }: Decision): void {
    const places = (ids: readonly string[]) => ids.map((id) => String(this.ids.indexOf(id))).sort();
    this.questions.push(question);
    this.decisions.push({ allowed, deciding: places(deciding), errored: places(errored) });
  }
}

/** Decisions of valetkey's engine under generated policies, with every fact known. */
export async function generatedWorlds(): Promise<readonly World[]> {
  const found = new Map<CedarPolicies, World>();
  const texts = new Map<string, string>();
  const note = (text: string) => texts.set(JSON.stringify(jsonOf(text)), text);
  note(SILENT);
  const worlds = arbitraryWorld.map((world) => {
    for (const { text } of world.flatMap(({ policies }) => policies)) note(text);
    return world;
  });
  /** Finds the text of a policy as it was generated: Cedar's own text of it would hide how it was written. */
  const textOf = (json: unknown): string => {
    const text = texts.get(JSON.stringify(json));
    if (text === undefined) throw new Error(`nobody wrote the policy ${JSON.stringify(json)}`);
    return text;
  };
  const { evaluate } = CedarPolicies.prototype;
  CedarPolicies.prototype.evaluate = function (this: CedarPolicies, question: Query): Decision {
    const decision = evaluate.call(this, question);
    const world =
      found.get(this) ?? new World(this.stated.filter(isEnforced).map(({ id, json }) => ({ id, text: textOf(json) })));
    found.set(this, world);
    world.add(question, decision);
    return decision;
  };
  try {
    const { counterexample } = await proveBatch({ seed: 1, scenarios: SCENARIOS, calls: CALLS }, REAL, worlds);
    assert.equal(counterexample, undefined);
  } finally {
    CedarPolicies.prototype.evaluate = evaluate;
  }
  return [...found.values()];
}

/** The policies that are shipped, as they are written, asked what their own cases ask, with several tags of the resource. */
export async function shippedWorlds(): Promise<readonly World[]> {
  const root = fileURLToPath(new URL("../../../policies/", import.meta.url));
  const examples = readdirSync(join(root, "examples")).map((name) => join(root, "examples", name));
  const found: World[] = [];
  for (const path of [root, ...examples]) {
    const bundle = decidingBundle(path);
    const asked: Query[] = [];
    const { evaluatePartially } = bundle.engine;
    bundle.engine.evaluatePartially = (question) => {
      asked.push(question);
      return evaluatePartially.call(bundle.engine, question);
    };
    for (const each of casesIn(path)) await proveCase(each, bundle);
    const policies = bundle.policies.map(({ policy }) => policy).filter(isEnforced);
    const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
    const world = new World(policies);
    for (const question of asked.flatMap(inFull)) {
      const answer = cedar.isAuthorized({ ...callOf(question), policies: { staticPolicies } });
      if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
      const { decision, diagnostics } = answer.response;
      const errored = diagnostics.errors.map(({ policyId }) => policyId);
      world.add(question, { allowed: decision === "allow", deciding: diagnostics.reason, errored });
    }
    found.push(world);
  }
  return found;
}

/** The question with each set of tags, and with an ARN, in place of what it leaves open. */
const inFull = (question: Query): readonly Query[] =>
  TAGS.map((tags) => ({
    ...question,
    entities: question.entities.map((entity) => ({
      ...entity,
      attrs: Object.fromEntries(
        Object.entries(entity.attrs).map(([name, value]) => [
          name,
          isOpen(value) ? (name === "tags" ? tags : "arn:aws:s3:::one/x") : value,
        ]),
      ),
    })),
  }));

const isOpen = (value: unknown): boolean =>
  (value as { readonly __extn?: { readonly fn: string } } | undefined)?.__extn?.fn === "unknown";

/** True for a policy that decides. One in shadow mode only watches. */
const isEnforced = ({ annotations }: Pick<PolicyFacts, "annotations">): boolean => annotations.mode !== "shadow";
