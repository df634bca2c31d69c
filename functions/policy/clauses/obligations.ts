import { TASK_SECONDS } from "../../../contract/limits.ts";
import { EVERY_OBLIGATION, type LimitedObligation, obligationsOf, unkeptBy } from "../../core/policy/obligations.ts";
import { type Finding, type FindingCode, finding } from "../read/finding.ts";
import { keeperOfAction } from "../read/keeper-of-action.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { ANYTHING, namedActions } from "./heads.ts";

type Problem = readonly [code: FindingCode, annotation: string, message: string];

/** Finds obligations that nobody can meet or keep, and rules without a name. Skips malformed ones, which the build reports as errors. */
export function obligationProblems(read: ReadPolicy): readonly Finding[] {
  const { policy, source } = read;
  const found: readonly Problem[] = [...nameless(read), ...(isOfOperations(read) ? onOperations(read) : onTasks(read))];
  return found.map(([code, annotation, message]) =>
    finding(code, { ...source.spotOfAnnotation(annotation), policy: policy.id }, message),
  );
}

/** True for a rule only on operations of people. A permit for people on agents' actions has obligations, which count for tasks on people's behalf. */
export function isOfOperations({ json }: Pick<ReadPolicy, "json">): boolean {
  const named = namedActions(json);
  return named !== undefined && named.length > 0 && named.every((name) => name.startsWith("valetkey:"));
}

const nameless = ({ policy }: ReadPolicy): readonly Problem[] =>
  policy.annotations.id === undefined
    ? [["no_id", "id", 'it has no @id("..."); its number in the file changes with the file, and records name it']]
    : [];

function onOperations({ policy }: ReadPolicy): readonly Problem[] {
  const found = [...EVERY_OBLIGATION.map(({ annotation }) => annotation), "outlives", "label"].filter(
    (name) => policy.annotations[name] !== undefined,
  );
  const [first] = found;
  return first === undefined
    ? []
    : [["obligation_unkept", first, `@${found.join(", @")} means nothing on operations of people`]];
}

function onTasks({ json, policy }: ReadPolicy): readonly Problem[] {
  const obligations = obligationsOf(policy.annotations);
  const { maxTtlSeconds } = obligations;
  const tooLong: readonly Problem[] =
    maxTtlSeconds !== undefined && maxTtlSeconds >= TASK_SECONDS.most
      ? [
          [
            "obligation_unkept",
            "maxTtl",
            `no task lives longer than ${TASK_SECONDS.most} s, so this @maxTtl shortens none`,
          ],
        ]
      : [];
  // A permit on every action has a finding only for an obligation that nothing at all can keep.
  const named = policy.effect === "permit" ? (namedActions(json) ?? [ANYTHING]) : [];
  const byRow = Map.groupBy(
    named.flatMap((action) => unkeptBy(keeperOfAction(action), obligations).map((row) => ({ row, action }))),
    ({ row }) => row,
  );
  return [
    ...tooLong,
    ...[...byRow].flatMap(([row, each]) =>
      unkept(
        row,
        each.map(({ action }) => action),
        named.length,
      ),
    ),
  ];
}

function unkept(
  { annotation, keptBy }: LimitedObligation,
  actions: readonly string[],
  named: number,
): readonly Problem[] {
  // The build reports errors itself.
  if (keptBy.level === "error") return [];
  const loss = actions.length === named ? "this permit grants nothing" : "it grants none of that";
  const message = `nothing here can keep @${annotation} for ${actions.join(", ")}: ${loss}`;
  return [["obligation_unkept", annotation, message]];
}
