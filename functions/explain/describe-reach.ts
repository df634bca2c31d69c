import type { ReachedDetail } from "../../contract/policies.ts";
import type { OwnReach } from "../../contract/self.ts";
import type { KnownAgent } from "../core/identity/agent.ts";
import { labelsOf } from "../core/identity/labels.ts";
import { labelsIn } from "../core/policy/labels.ts";
import { obligationsOf, votesFor } from "../core/policy/obligations.ts";
import { reachHash, reachOf } from "../policy/reach/reach-of.ts";
import { entryInWords, needsInWords } from "../policy/reach/words.ts";
import { deployedPolicies } from "./deployed-policies.ts";
import { detailsOfEntry } from "./details-of-entry.ts";
import type { ExplainPorts } from "./explain-ports.ts";

/** Computes an upper bound on what policy grants the agent in the target accounts, in words, and its hash. */
export function describeReach(
  agent: KnownAgent,
  ports: ExplainPorts,
): { readonly sha256: string; readonly entries: Omit<OwnReach, "agent"> } {
  const { policies, catalogue } = deployedPolicies(ports);
  const accounts = ports.deployment.accounts.filter(({ retired }) => !retired);
  const { reach, permits, forbids, uncounted } = reachOf(
    { ...agent, labels: labelsOf(agent) },
    { policies, catalogue, accounts: accounts.map(({ id }) => id) },
  );
  return {
    sha256: reachHash(reach),
    entries: {
      permits: permits.map(({ rule, entries, entries: [first] }) => ({
        policy: rule.policy.id,
        reach: entries.map(entryInWords),
        needs: [needsInWords(first?.needs ?? {}), labelled(rule.policy.annotations)].filter(Boolean).join(", "),
        waits_for: votesFor({ ...obligationsOf({}), ...first?.needs }).map(({ group, count }) => ({ group, count })),
        ...withDetails(entries.flatMap((entry) => detailsOfEntry(entry, { catalogue, accounts }))),
      })),
      except: forbids.map(({ rule, entries }) => ({ policy: rule.policy.id, reach: entries.map(entryInWords) })),
      uncounted: uncounted.map(({ rule }) => rule.policy.id),
    },
  };
}

function labelled(annotations: Readonly<Record<string, string>>): string {
  const labels = labelsIn(annotations);
  return labels.length === 0 ? "" : `${labels.length === 1 ? "label" : "labels"} ${labels.join(" and ")}`;
}

const withDetails = (details: readonly ReachedDetail[]) => (details.length === 0 ? {} : { details: [...details] });
