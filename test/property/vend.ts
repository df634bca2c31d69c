import type { AwsDetail, Detail } from "../../functions/core/intent/detail.ts";
import type { Pair } from "../../functions/core/intent/pairs.ts";
import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { narrowPairs, type SpreadDetail, spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { compileSessionPolicy } from "../../functions/core/policy/compile.ts";
import { decide, type Permitted } from "../../functions/core/policy/decide.ts";
import { strictest } from "../../functions/core/policy/obligations.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import { type Denial, Refusal } from "../../functions/core/refusal.ts";
import { checkPolicy } from "../../scripts/check-policy.ts";
import { parsePolicies } from "../../scripts/parse-policies.ts";
import { catalogue } from "../unit/catalogue/load-catalogue.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "./arbitrary/arns.ts";
import { NAMES_RESOURCE } from "./arbitrary/policies.ts";
import type { Scenario } from "./arbitrary/scenarios.ts";

/** What I2 rests on; a test puts a broken one in the place of any. */
export interface Pipeline {
  readonly decide: (...given: [...Parameters<typeof decide>, detail?: Detail]) => ReturnType<typeof decide>;
  readonly compile: typeof compileSessionPolicy;
  /** Cedar as `decide` sees it. The oracle always asks Cedar itself. */
  readonly cedar: (policies: Policies, texts: readonly string[]) => Policies;
  /** What is granted where policy permits a part of what was asked for. */
  readonly narrowed: (part: Permitted, whole: Pair) => Permitted;
}
export const REAL: Pipeline = {
  decide,
  compile: compileSessionPolicy,
  cedar: (policies) => policies,
  narrowed: (part) => part,
};

/** What came of one scenario, before any call is made. */
export interface Vended {
  /** The policies that were built. */
  readonly texts: readonly string[];
  /** Policies that the build rejects, which a test has to see: it must reject them all. */
  readonly rejected: readonly { readonly text: string; readonly faults: readonly string[] }[];
  /** Why the intent could not be read, or asks for what AWS does not have. */
  readonly refusal: string | undefined;
  readonly sessions: readonly Session[];
  readonly denials: readonly Denial[];
}

/** What was permitted of one detail, and its session policy. */
export interface Session {
  readonly detail: AwsDetail;
  /** As asked for. */
  readonly pairs: readonly Pair[];
  readonly permitted: readonly Permitted[];
  /** How many are parts of a pair that was not permitted as a whole. */
  readonly narrowed: number;
  readonly fenceAt: number;
  /** The only address that it works from, if there is one. */
  readonly sourceIp: string | undefined;
  readonly policy: string;
}

export const VENDED_AT_MS = Date.parse("2026-11-24T12:45:00Z");

/** Vends what policy permits of the scenario: a part of an intent is an intent too, so it is tried even where the whole would be refused. */
export function vend(scenario: Scenario, pipeline: Pipeline): Vended {
  const all = scenario.policies.map(({ text }) => text);
  const texts = all.filter((text) => !NAMES_RESOURCE.test(text));
  const policies = pipeline.cedar(cedarOf(texts), texts);
  const asker = { ...scenario.asker, atMs: VENDED_AT_MS };
  const { spread, refusal } = read(scenario.json);
  const denials: Denial[] = [];
  const sessions = spread.flatMap(({ detail, pairs }): readonly Session[] => {
    let narrowed = 0;
    const permitted = pairs.flatMap((pair) => {
      const verdict = pipeline.decide(pair, asker, policies, detail);
      if ("permitted" in verdict) return [verdict.permitted];
      denials.push(verdict.denied.denial);
      const parts = narrowPairs(pair, verdict.denied.narrower, catalogue).map((part) =>
        pipeline.decide(part, asker, policies, detail),
      );
      const granted = parts.flatMap((part) => ("permitted" in part ? [pipeline.narrowed(part.permitted, pair)] : []));
      narrowed += granted.length;
      return granted;
    });
    if (detail.type !== "aws" || permitted.length === 0) return [];
    const { maxTtlSeconds = asker.ttlSeconds, bindIp } = strictest(permitted.map(({ obligations }) => obligations));
    const endsAt = VENDED_AT_MS / 1_000 + Math.min(maxTtlSeconds, asker.ttlSeconds);
    const fenceAt = policies.readsTime ? Math.min(endsAt, HOUR_ENDS_AT) : endsAt;
    const limits = { conditions: detail.conditions, fenceAt, sourceIp: bindIp ? asker.sourceIp : undefined };
    return [{ ...limits, detail, pairs, permitted, narrowed, policy: pipeline.compile(permitted, limits).text }];
  });
  return { texts, rejected: all.filter((text) => NAMES_RESOURCE.test(text)).map(built), refusal, sessions, denials };
}

const HOUR_ENDS_AT = Date.parse("2026-11-24T13:00:00Z") / 1_000;

/** What the build says of a policy. */
const built = (text: string) => ({
  text,
  faults: parsePolicies({ name: "any.cedar", path: "any.cedar", text })
    .flatMap((read) => checkPolicy(read, catalogue))
    .map(({ message }) => message),
});

/** The intent's pairs; none where it cannot be read, or asks for what AWS does not have. */
function read(json: string): { readonly spread: readonly SpreadDetail[]; readonly refusal: string | undefined } {
  try {
    const accounts = [ACCOUNT, OTHER_ACCOUNT].map((id) => ({ id, region: "us-east-1", taskRoles: 1 }));
    return { spread: spreadIntent(parseIntent(json, accounts), catalogue), refusal: undefined };
  } catch (error) {
    if (error instanceof Refusal) return { spread: [], refusal: error.detail.say ?? error.code };
    throw error;
  }
}
