import { RATE_LIMITS } from "../../contract/limits.ts";
import { type Explanation as Answer, explainPolicy as EXPLAIN } from "../../contract/policies.ts";
import type { Agent } from "../core/identity/agent.ts";
import { labelsOf } from "../core/identity/labels.ts";
import { EVERY_OBLIGATION, type Obligations } from "../core/policy/obligations.ts";
import { operationQuery } from "../core/policy/operation-query.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readBodyOf } from "../http/read-body-of.ts";
import { agentFor } from "../operators/agent-for.ts";
import { operation } from "../operators/operation.ts";
import type { Request } from "../policy/decide/request.ts";
import type { Closest } from "../policy/explain/closest.ts";
import { type Explanation, explain } from "../policy/explain/explain.ts";
import { decideOperation } from "../steps/requests/authorise-operation.ts";
import { countAgainstLimit } from "../steps/requests/count-against-limit.ts";
import { workedMs } from "../worked-ms.ts";
import { deployedPolicies } from "./deployed-policies.ts";
import type { ExplainPorts } from "./explain-ports.ts";
import { parseQuestion, type Question } from "./parse-question.ts";

/** Bounds on one question: a person who may only read must not keep the function busy. */
const BOUNDS = { pairs: 25, closest: 3, permits: 40 } as const;
/** Time for the proofs of one question; milliseconds. The exchange's proofs have less, since an agent waits for them. */
const PROOFS_MS = 2_000;

/**
 * Answers `POST /v1/policies/explain` with the decision about a request that an agent might make, and its reasons. Issues nothing, and records nothing of
 * the agent. The permit that came closest may be another team's, so only those who may read policies see it.
 */
export const explainPolicy = (event: HttpEvent, ports: ExplainPorts): Promise<HttpAnswer> =>
  operation<Answer>(event, ports, async (operator) => {
    const question = parseQuestion(readBodyOf(event, EXPLAIN), ports.clock.nowMs(), ports.deployment);
    const agent = await agentFor(operator, "valetkey:ExplainPolicy", question.agent, ports);
    await countAgainstLimit(operator.id, "explanation", RATE_LIMITS.explanation, ports);
    const explanation = await explain(requestOf(question, agent), deployedPolicies(ports), true, {
      ...BOUNDS,
      proofs: { nowMs: workedMs, untilMs: workedMs() + PROOFS_MS },
    });
    const reading = operationQuery(operator, "valetkey:ReadPolicies", "deployment");
    const seesPolicies = decideOperation(reading, ports.policies).isPermitted;
    return {
      agent: agent.id,
      status: agent.status,
      bundle: ports.policies.hash,
      at: new Date(question.atMs).toISOString(),
      ...described(explanation, seesPolicies),
    };
  });

function requestOf({ claims, intent, ...circumstances }: Question, agent: Agent): Request {
  const { id, team, owner } = agent;
  return {
    ...circumstances,
    title: "",
    mode: "all" as const,
    intent,
    agent: { id, team, owner, labels: labelsOf(agent), claims: claims ?? agent.bindings[0]?.claims ?? {} },
  };
}

function described(
  { answer, pairs, proofs = [], converse = [] }: Explanation,
  seesPolicies: boolean,
): Pick<Answer, "answer" | "terms" | "code" | "sentence" | "pairs" | "sessions"> {
  const isAllowed = answer.answer === "allowed";
  return {
    answer: answer.answer,
    ...(isAllowed ? { terms: termsOf(answer.obligations) } : { code: answer.code, sentence: answer.sentence }),
    pairs: pairs.map(({ permitted, closest, denial, ...pair }) => ({
      ...pair,
      ...(permitted
        ? {
            permitted: {
              permits: permitted.permits,
              forbids: permitted.policies.filter((id) => !permitted.permits.includes(id)),
              conditions: permitted.conditions,
              denies: permitted.denies,
              terms: termsOf(permitted.obligations),
            },
          }
        : {}),
      ...(denial ? { denial } : {}),
      ...(closest && seesPolicies ? { closest: closestOf(closest) } : {}),
    })),
    sessions: (isAllowed ? answer.sessions : []).map((session) => ({
      ...session,
      proof: proofs.find(({ lease }) => lease === session.lease)?.proof.verdict ?? "unknown",
      // Calls that the permits allow and the session policy does not: safe, and perhaps a surprise.
      lost: lostOf(converse.find(({ lease }) => lease === session.lease)?.lost),
    })),
  };
}

/** Describes the closest permit without its file, which is not deployed. */
const closestOf = ({ policy, missed, held }: Closest) => ({ policy, missed, held });

const termsOf = (obligations: Obligations): readonly string[] =>
  EVERY_OBLIGATION.flatMap(({ words }) => words(obligations) ?? []);

const lostOf = (lost: NonNullable<Explanation["converse"]>[number]["lost"] = "unknown") =>
  lost === "unknown"
    ? lost
    : lost.map(({ promised, call }) => ({ permit: promised.permit, action: call.action, resource: call.resource }));
