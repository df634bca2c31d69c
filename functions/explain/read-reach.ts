import { RATE_LIMITS } from "../../contract/limits.ts";
import type { Reach } from "../../contract/policies.ts";
import { labelsOf } from "../core/identity/labels.ts";
import { obligationsOf, votesFor } from "../core/policy/obligations.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { operation } from "../operators/operation.ts";
import { reachHash, reachOf } from "../policy/reach/reach-of.ts";
import { entryInWords, needsInWords } from "../policy/reach/words.ts";
import { countAgainstLimit } from "../steps/requests/count-against-limit.ts";
import { deployedPolicies } from "./deployed-policies.ts";
import type { ExplainPorts } from "./explain-ports.ts";

/** Answers `GET /v1/agents/{agent}/reach` with an upper bound on what policy grants the agent (docs/threat-models.md), and its hash. */
export const readReach = (event: HttpEvent, ports: ExplainPorts): Promise<HttpAnswer> =>
  operation<Reach>(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ExplainPolicy", event.pathParameters?.agent ?? "", ports);
    await countAgainstLimit(operator.id, "explanation", RATE_LIMITS.explanation, ports);
    const { policies, catalogue } = deployedPolicies(ports);
    const targets = ports.deployment.accounts.filter(({ retired }) => !retired).map(({ id }) => id);
    const { reach, permits, forbids, uncounted } = reachOf(
      { ...agent, labels: labelsOf(agent) },
      { policies, catalogue, accounts: targets },
    );
    return {
      agent: agent.id,
      bundle: ports.policies.hash,
      sha256: reachHash(reach),
      permits: permits.map(({ rule, entries: [first, ...others] }) => ({
        policy: rule.policy.id,
        reach: [first, ...others].flatMap((entry) => (entry ? [entryInWords(entry)] : [])),
        needs: needsInWords(first?.needs ?? {}),
        waits_for: votesFor({ ...obligationsOf({}), ...first?.needs }).map(({ group, count }) => ({ group, count })),
      })),
      except: forbids.map(({ rule, entries }) => ({ policy: rule.policy.id, reach: entries.map(entryInWords) })),
      uncounted: uncounted.map(({ rule }) => rule.policy.id),
    };
  });
