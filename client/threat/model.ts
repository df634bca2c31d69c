import { defined } from "../../functions/core/defined.ts";
import type { Agent } from "../../functions/core/identity/agent.ts";
import { labelsOf } from "../../functions/core/identity/labels.ts";
import { registrationHash } from "../../functions/core/threat/model-hashes.ts";
import { type Reach, type ReachRule, reachHash, reachOf } from "../../functions/policy/reach/reach-of.ts";
import { entryInWords, needsInWords } from "../../functions/policy/reach/words.ts";
import { type AcceptedContent, acceptedContent } from "./accepted-content.ts";
import { COVERS, controlsNamed, type Layer, type NamedControl, type Topic } from "./controls.ts";
import { type Credential, credentialsOf } from "./credentials.ts";
import { type DelegationEdges, delegationOf } from "./delegation.ts";
import { type Deployed, targetsOf } from "./inputs.ts";
import { approvalsOf, type OnBehalfOf, onBehalfOf, type Revoker, revokersOf, type WaitsFor } from "./people.ts";
import { residualsOf } from "./residuals.ts";

/** Version of the model's form. */
export const FORMAT = "valetkey.threat-model/2";

/** Threat model of an agent; docs/threat-models.md describes each field. */
export interface AgentModel {
  readonly format: typeof FORMAT;
  readonly agent: {
    readonly id: string;
    readonly name: string;
    readonly owner: string;
    readonly contact?: string;
    readonly team: string;
    readonly labels: readonly string[];
  };
  readonly registration: Hashed;
  readonly reach: Reach & Hashed;
  readonly policies: {
    readonly permits: readonly PolicyInWords[];
    readonly except: readonly PolicyInWords[];
    /** Forbids that depend on the request. */
    readonly sometimes: readonly PolicyInWords[];
  };
  readonly bindings: readonly BindingInWords[];
  readonly delegation: DelegationEdges;
  readonly on_behalf_of: OnBehalfOf;
  readonly credentials: readonly Credential[];
  readonly approvals: readonly WaitsFor[];
  readonly revocation: readonly Revoker[];
  readonly controls: readonly {
    readonly about: Topic;
    readonly controls: readonly NamedControl[];
    readonly layer: Layer;
  }[];
  readonly residual: readonly string[];
  /** Hashes that an acceptance names, each with everything that it is of. */
  readonly accepted: readonly AcceptedContent[];
}

interface Hashed {
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** Policy with its part of the reach. */
export interface PolicyInWords {
  readonly policy: string;
  readonly reach: readonly string[];
  /** Terms of a permit. */
  readonly needs?: string;
}

/** Tokens that identify the agent. */
export interface BindingInWords {
  readonly issuer: string;
  readonly url: string;
  readonly claims: Readonly<Record<string, string>>;
}

/** Makes the threat model of an agent. */
export function agentModel(agent: Agent, deployed: Deployed): AgentModel {
  const { deployment, policies, catalogue } = deployed;
  const accounts = targetsOf(deployment);
  const { reach, permits, forbids, uncounted } = reachOf(
    { ...agent, labels: labelsOf(agent) },
    { policies, catalogue, accounts },
  );
  const own = [...permits, ...forbids, ...uncounted].map(({ rule }) => rule);
  const { id, name, owner, contact, team } = agent;
  return {
    format: FORMAT,
    agent: { id, name, owner, ...defined({ contact }), team, labels: labelsOf(agent) },
    registration: { sha256: registrationHash(agent) },
    reach: { ...reach, sha256: reachHash(reach) },
    policies: {
      permits: permits.map(({ rule, entries }) => ({
        policy: rule.policy.id,
        reach: entries.map(entryInWords),
        needs: needsInWords(entries[0]?.needs ?? {}),
      })),
      except: forbids.map(ruleInWords),
      sometimes: uncounted.map(ruleInWords),
    },
    bindings: agent.bindings.map(({ issuer, claims }) => ({
      issuer,
      url: deployment.issuers.find((each) => each.name === issuer)?.url ?? "",
      claims,
    })),
    delegation: delegationOf(id, own, policies),
    on_behalf_of: onBehalfOf(permits, deployed),
    credentials: credentialsOf(agent, reach.permits, deployment),
    approvals: approvalsOf(permits, deployment),
    revocation: revokersOf(agent, deployed),
    controls: (Object.keys(COVERS) as Topic[]).map((about) => ({
      about,
      controls: controlsNamed(COVERS[about].controls),
      layer: COVERS[about].layer,
    })),
    residual: residualsOf(agent, { permits, reach }, deployed),
    accepted: acceptedContent(agent, deployed.parts),
  };
}

const ruleInWords = ({ rule, entries }: ReachRule): PolicyInWords => ({
  policy: rule.policy.id,
  reach: entries.map(entryInWords),
});
