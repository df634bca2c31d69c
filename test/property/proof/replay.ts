import { keyIsKnown } from "../../../functions/core/proof/aws/keys.ts";
import type { Call, Question } from "../../../functions/core/proof/question.ts";
import { hasTags } from "../../../functions/core/proof/tag-sources.ts";
import type { Scenario } from "../arbitrary/scenarios.ts";
import { knownDifference, readPolicy, simulationOf } from "../both-evaluators.ts";
import { cedarOracle } from "../cedar-oracle.ts";
import { evaluate } from "../second-evaluator/evaluate.ts";
import type { Request } from "../second-evaluator/policy.ts";
import { clockOf } from "../vend.ts";

/** An address that no requester of the scenarios has. */
const ELSEWHERE = "203.0.113.77";

const ENCRYPTED = '["Bool","aws:securetransport",["true"]]';

/** The call as AWS sends it to IAM. */
export function requestOf(call: Call, question: Question): Request {
  const time = new Date(call.atSeconds * 1_000).toISOString().replace(".000Z", "Z");
  const tags = hasTags(call.told)
    ? Object.entries(call.tags).map(([key, value]) => [`${call.told}/${key}`, value])
    : [];
  return {
    action: call.action,
    resource: call.askedAs ?? call.resource,
    context: {
      // AWS sends neither key for every action.
      ...(call.conditions[keyIsKnown("aws:ResourceAccount")] === false ? {} : { "aws:ResourceAccount": call.account }),
      "aws:CurrentTime": time,
      "aws:SourceIp": (call.from === "the asker's address" ? question.asker.boundIp : undefined) ?? ELSEWHERE,
      ...(call.conditions[keyIsKnown("aws:ViaAWSService")] === false
        ? {}
        : { "aws:ViaAWSService": String(call.from === "an AWS service") }),
      // The only condition of intents that a request of these scenarios can meet or miss.
      "aws:SecureTransport": String(call.conditions[ENCRYPTED] ?? true),
      ...call.keys,
      ...Object.fromEntries(tags),
    },
  };
}

/** The intent's request as an IAM policy. */
const textOfAsking = ({ account, actions, resources, conditions }: Question["asked"][number]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      Condition: { ...conditions, StringLike: { ...conditions?.StringLike, "aws:ResourceAccount": account } },
    },
  });

/** Lists the judges that contradict a counterexample: the IAM evaluators, Cedar, or the evaluators on the tasks above. Empty where it is real. */
export async function doubtsOf(call: Call, question: Question, scenario: Scenario, texts: readonly string[]) {
  const request = requestOf(call, question);
  const allows = (text: string) => evaluate(readPolicy(text).document, request) === "allowed";
  const doubts: string[] = [];
  if (!allows(question.text)) doubts.push("the evaluator of our own denies it");
  // iam-simulate needs a resource that fits a type of the action's.
  const policy = readPolicy(question.text);
  const theirs = await simulationOf(policy, request, call.account);
  // The simulation drops a key that AWS does not list for the action. Our own evaluator uses every key of the request.
  const hasFurtherKeys = Object.keys(call.keys).length > 0;
  if (theirs === false && !hasFurtherKeys && knownDifference(policy, request) === undefined)
    doubts.push("iam-simulate denies it");
  if (call.objection === "after the fence")
    return call.atSeconds >= question.fenceAt ? doubts : [...doubts, "before the fence"];
  if (call.objection === "beyond the intent")
    return [question.asked, ...question.bounds.map(({ requests }) => requests)].every((each) =>
      each.map(textOfAsking).some(allows),
    )
      ? [...doubts, "the intent asks for it"]
      : doubts;
  if (call.objection === "beyond the task above")
    return question.above.every((each) => each.some(allows)) ? [...doubts, "the tasks above allow it"] : doubts;
  const permits = cedarOracle(
    texts,
    scenario,
    Math.floor(clockOf(scenario).plannedAtMs / 1_000) * 1_000,
  )({
    action: call.action,
    resource: call.resource,
    resourceAccount: call.account,
    tags: call.tags,
    bucketTags: {},
    hasAbac: true,
    atMs: call.atSeconds * 1_000,
    sourceIp: call.from === "the asker's address" ? question.asker.boundIp : ELSEWHERE,
    byService: call.from === "an AWS service",
  });
  return permits.length > 0 ? [...doubts, `Cedar permits it by ${permits.join()}`] : doubts;
}
