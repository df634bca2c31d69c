import * as v from "valibot";
import { ofAgent } from "./agents.ts";
import { agentId, instant, personName } from "./fields.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS, BY_VOTE, WITH_BODY } from "./refused-by.ts";
import { actHash, signature } from "./vote.ts";
import { actRecord } from "./voted-records.ts";

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** Schema of the hashes of connectors and configuration as they are deployed. */
const deployedSha256 = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9a-f]{64})?$/),
  v.description("Empty where the build has not hashed it: nobody can accept such a model."),
);

const hashesOf = (hash: typeof sha256 | typeof deployedSha256) => ({
  reach: v.pipe(
    v.record(v.string(), sha256),
    v.description("Parts of the reach: `everybody`, `team:<team>`, `agent:<id>`, as far as policies name them."),
  ),
  connectors: v.pipe(v.record(v.string(), hash), v.description("Connectors that the reach uses, by their types.")),
  deployment: v.pipe(
    v.record(v.string(), hash),
    v.description(
      "Configuration that every model has (`deployment`), and that of the issuers whose tokens make somebody the agent (`issuer:github`). Acceptances of earlier versions have none.",
    ),
  ),
  registration: sha256,
});

const modelHashes = v.strictObject(hashesOf(sha256));

/** Schema of an acceptance. Without `step_up` the acceptance is refused, and the answer has the page of the sign-in. */
const acceptedHashes = v.strictObject({ ...modelHashes.entries, step_up: v.exactOptional(signature) });

const acceptance = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  agent: agentId,
  person: personName,
  accepted_at: instant,
  covers: v.pipe(
    v.boolean(),
    v.description("True where it holds for the model as it is deployed: the same, or proven narrower."),
  ),
  model: modelHashes,
  hash: actHash,
  record: v.pipe(actRecord, v.description("The whole record that the person has signed.")),
});

const threatModel = v.strictObject({
  agent: agentId,
  model: v.strictObject(hashesOf(deployedSha256)),
  status: v.pipe(
    v.picklist(["accepted", "stale", "none"]),
    v.description("`stale`: other models were accepted, and this one is not proven to lie within one of those."),
  ),
  production: v.pipe(
    v.array(v.string()),
    v.description(
      "What is marked as production: accounts by their ids, and entries of connectors, such as `postgres:orders`.",
    ),
  ),
  required_from: v.exactOptional(
    v.pipe(instant, v.description("Moment from which production gives the agent nothing without an acceptance.")),
  ),
  acceptances: v.array(acceptance),
});

/** `GET /v1/agents/{agent}/threat-model` */
export const readThreatModel = operation({
  id: "readThreatModel",
  tag: "Operators",
  method: "GET",
  path: "/v1/agents/{agent}/threat-model",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadAgent",
  stepUp: "never",
  summary: "Read the hashes of an agent's deployed threat model, and who accepted which",
  description:
    "The hashes of an agent's threat model as it is deployed, and who accepted which. `valetkey threat-model` writes the model itself from the checkout.",
  parameters: ofAgent,
  answer: { status: 200, says: "The hashes, and the latest acceptances.", schema: threatModel },
  examples: { accepted: "A model that somebody has accepted", stale: "One that has changed since" },
  refuses: [...BY_OPERATORS, "agent_not_found"],
});

/** `POST /v1/agents/{agent}/threat-model` */
export const acceptThreatModel = operation({
  id: "acceptThreatModel",
  tag: "Operators",
  method: "POST",
  path: "/v1/agents/{agent}/threat-model",
  caller: "operator",
  function: "exchange",
  permission: "valetkey:AcceptThreatModel",
  stepUp: "in every deployment",
  summary: "Accept an agent's threat model for production, by an ID token over exactly its hashes",
  description:
    "Accepts an agent's threat model for production accounts, where policy permits you `valetkey:AcceptThreatModel` on the agent. The owner may not accept it, nor may a person who registered or changed the agent within 7 days. Takes the deployed hashes, and always your vote: without `step_up` the answer has the page on which to sign in.",
  parameters: ofAgent,
  body: { schema: acceptedHashes },
  answer: { status: 201, says: "The acceptance, which holds for this model and no other.", schema: acceptance },
  examples: { accepted: "A model as it is deployed" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, ...BY_VOTE, "agent_not_found", "threat_model_differs", "contended"],
});

export interface ThreatModel extends AnswerOf<typeof readThreatModel> {}
export interface AcceptedThreatModel extends AnswerOf<typeof acceptThreatModel> {}

/** Operations of threat models, and their schemas by their names in the document. */
export const THREAT_MODELS = {
  operations: [readThreatModel, acceptThreatModel],
  requests: { ThreatModelHashes: acceptedHashes },
  answers: { ThreatModel: threatModel, AcceptedThreatModel: acceptance },
} as const satisfies Noun;
