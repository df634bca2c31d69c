import { isAgentId } from "../../../contract/agent-id.ts";
import type { AcceptedThreatModel } from "../../../contract/threat-models.ts";
import { actId } from "../../core/approvals/act-record.ts";
import { excludedPeople } from "../../core/approvals/excluded-people.ts";
import { type Exclusion, exclusionOf } from "../../core/approvals/fill-slots.ts";
import { isActive, type KnownAgent } from "../../core/identity/agent.ts";
import { isRecord, type JsonObject } from "../../core/intent/place.ts";
import { EMPTY_CHAIN, nextEvent } from "../../core/journal/event.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { rootPath } from "../../core/task-path.ts";
import { type Acceptance, sealedAcceptanceOf } from "../../core/threat/acceptance.ts";
import { isSameModel, type ModelHashes, modelHashes, type NamedHashes } from "../../core/threat/model-hashes.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { describeAcceptance } from "../../operators/describe-acceptance.ts";
import { operation } from "../../operators/operation.ts";
import { readActBody, votedAct } from "../../operators/step-up.ts";
import { onlyFields } from "../../steps/approvals/parse-signature.ts";
import { authoriseOperation } from "../../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../../steps/requests/verify-operator.ts";

/**
 * Answers `POST /v1/agents/{agent}/threat-model`: a person accepts the agent's deployed threat model. The person signs by an ID token whose nonce is the
 * hash of exactly this act. The exchange verifies the token by the keys that the person's issuer publishes now, and seals the acceptance. No other
 * function can make one.
 */
export const acceptThreatModel = (event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> =>
  operation<AcceptedThreatModel>(
    event,
    ports,
    async (operator) => {
      const requested = parseModel(readActBody(event));
      const id = event.pathParameters?.agent ?? "";
      const agent = isAgentId(id) ? await ports.agents.read(id) : undefined;
      await authoriseOperation(operator, "valetkey:AcceptThreatModel", agent ?? "deployment", ports);
      if (!agent || !isActive(agent, ports.clock.nowMs() / 1_000))
        throw new Refusal("agent_not_found", { say: "No active agent has this id." });
      refuseOwn(operator, agent, ports);
      const store = await ports.acceptances();
      const model = modelHashes(agent, store.deployed);
      if (!isSameModel(requested, model)) throw new Refusal("threat_model_differs");
      const {
        record: act,
        signIn,
        facts,
      } = await votedAct(operator, event, "POST /v1/agents/{agent}/threat-model", ports, ports.codes);

      const acceptance: Acceptance = {
        id: actId(signIn.nonce),
        agent: agent.id,
        person: operator.person,
        model,
        acceptedAt: Math.floor(ports.clock.nowMs() / 1_000),
        act,
        vote: facts.step_up.vote_sha256,
      };
      const [path, atMs] = [rootPath(ports.random.bytes(32)), ports.clock.nowMs()];
      const accepted = nextEvent(EMPTY_CHAIN, path, "threat_model.accepted", atMs, {
        agent: agent.id,
        by: operator.id,
        acceptance: acceptance.id,
        model: { ...model },
        bundle: ports.policies.hash,
        ...facts,
      });
      const seal = await ports.recordKey.seal("acceptance", sealedAcceptanceOf(acceptance));
      await store.give({ ...acceptance, seal }, signIn, accepted);
      return describeAcceptance(acceptance, true);
    },
    201,
  );

/** Votes that an acceptance needs: one. The owner's vote would be the only one, so the owner is excluded. */
const ONE_VOTE = [{ group: "threat-model", count: 1 }] as const;

/** Refuses the owner and those who shaped the agent, as an approval that needs one vote does. @throws {Refusal} operator_denied. */
function refuseOwn({ person }: OperatorIdentity, agent: KnownAgent, { deployment, clock }: SealingPorts): void {
  const excluded = excludedPeople([agent], [], ONE_VOTE, deployment.issuers, clock.nowMs() / 1_000);
  const why = exclusionOf({ person, groups: [] }, ONE_VOTE, excluded);
  if (why) throw new Refusal("operator_denied", { say: OWN[why], why });
}

const OWN: Readonly<Record<Exclusion, string>> = {
  owner_alone: "You are the agent's owner: somebody else accepts its threat model.",
  acted_for: "The agent acts for you: somebody else accepts its threat model.",
  registered_agent: "You registered the agent: somebody else accepts its threat model.",
  changed_agent: "You changed the agent within the last 7 days: somebody else accepts its threat model.",
  owner_or_shaper_unknown:
    "Nobody knows who owns the agent, or who registered it: name a person as owner, as issuer|person, or register it anew.",
};

/** Upper bound on the hashes of one kind. An agent's reach has three parts, and there are fewer connectors and issuers than this. */
const MOST = 64;

/** Parses the body of an acceptance: `{reach: {<part>: <hash>}, connectors: {<type>: <hash>}, deployment: {<name>: <hash>}, registration}`. @throws {Refusal} malformed_request. */
function parseModel(body: JsonObject): ModelHashes {
  onlyFields(body, ["reach", "connectors", "deployment", "registration"]);
  const { reach, connectors, deployment, registration } = body;
  if (!isHash(registration)) return refuse("registration");
  return {
    reach: hashesIn(reach, "reach"),
    connectors: hashesIn(connectors, "connectors"),
    deployment: hashesIn(deployment, "deployment"),
    registration,
  };
}

function hashesIn(value: unknown, name: string): NamedHashes {
  if (!isRecord(value)) return refuse(name);
  const entries = Object.entries(value);
  if (entries.length > MOST || !entries.every((entry): entry is [string, string] => isHash(entry[1])))
    return refuse(name);
  return Object.fromEntries(entries);
}

const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

function refuse(name: string): never {
  throw new Refusal("malformed_request", {
    say: `${name} is of another form: \`valetkey threat-model accept\` sends reach, connectors and deployment, each with at most ${MOST} SHA-256 in hexadecimal by name, and registration.`,
  });
}
