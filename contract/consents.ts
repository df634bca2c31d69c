import * as v from "valibot";
import { detailsGranted, requestedDetails } from "./authorization-details.ts";
import { agentId, instant, personName, wholeNumber } from "./fields.ts";
import { CONSENT_DAYS } from "./limits.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { readableLine } from "./readable-text.ts";
import { BY_OPERATORS, BY_VOTE, WITH_BODY } from "./refused-by.ts";
import { actHash, signature } from "./vote.ts";
import { actRecord } from "./voted-records.ts";

/** Schema of a consent's id. */
export const consentId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/), v.description("The consent's id."));

/** Schema of a consent. Without `step_up` the consent is refused, and the answer has the page of the sign-in. */
const consentToGive = v.strictObject({
  agent: v.pipe(agentId, v.description("Agent that may act for you.")),
  purpose: v.pipe(readableLine(256), v.description("Purpose, in your own words; it limits nothing.")),
  authorization_details: v.pipe(
    requestedDetails,
    v.description("Ceiling: the most that the agent gets for you. At most 4,096 characters."),
  ),
  days: wholeNumber(CONSENT_DAYS.most, CONSENT_DAYS.usual, "Days until it expires."),
  step_up: v.exactOptional(signature),
});

const givenConsent = v.strictObject({
  id: consentId,
  status: v.pipe(v.picklist(["live", "ended"]), v.description("`ended`: withdrawn or expired, for good.")),
  person: personName,
  agent: agentId,
  purpose: v.string(),
  authorization_details: detailsGranted,
  created_at: instant,
  expires_at: instant,
  last_used_at: v.exactOptional(
    v.pipe(
      instant,
      v.description("Time at which a task was last opened or prolonged under a live consent; absent where none was."),
    ),
  ),
  paused: v.exactOptional(
    v.pipe(
      v.strictObject({
        by: v.pipe(v.string(), v.description("Rule of escalation, with its detection.")),
        until: instant,
      }),
      v.description(
        "The agent is paused for this person: it gets nothing for them until then, though the consent lives.",
      ),
    ),
  ),
  hash: actHash,
  record: v.pipe(
    actRecord,
    v.description("The whole record that the person has signed. Compute the hash from it, and believe no other."),
  ),
});

const consentList = v.strictObject({ consents: v.array(givenConsent) });

/** Schema of a consent that was withdrawn, with the tasks that ended for it. */
const withdrawnConsent = v.strictObject({
  ...givenConsent.entries,
  ended_tasks: v.pipe(v.number(), v.integer(), v.minValue(0)),
  ended: v.pipe(v.array(v.string()), v.description("Tasks that this call has ended, sub-agents' included.")),
});

/** `POST /v1/consents` */
export const giveConsent = operation({
  id: "giveConsent",
  tag: "Consents",
  method: "POST",
  path: "/v1/consents",
  caller: "operator",
  function: "exchange",
  permission: "valetkey:GiveConsent",
  stepUp: "in every deployment",
  summary: "Let an agent act for the person within a ceiling, by an ID token over exactly that",
  description:
    "Lets an agent act for you, within `authorization_details` and for at most 90 days, where policy permits you `valetkey:GiveConsent` on the agent. Always takes your vote: without `step_up` the answer has the page on which to sign in. A person has one live consent for an agent.",
  body: { schema: consentToGive },
  answer: { status: 201, says: "The consent, which lives from now on.", schema: givenConsent },
  examples: { given: "A consent for 30 days" },
  refuses: [
    ...BY_OPERATORS,
    ...WITH_BODY,
    ...BY_VOTE,
    "intent_invalid",
    "agent_not_found",
    "consent_exists",
    "contended",
  ],
});

/** `GET /v1/consents` */
export const listConsents = operation({
  id: "listConsents",
  tag: "Consents",
  method: "GET",
  path: "/v1/consents",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadConsents",
  stepUp: "never",
  summary: "List one's own live consents, or those of another person (`?person=`)",
  description:
    "Your own live consents; those of another person where policy permits you `valetkey:ReadConsents`. Each has the record that its person signed.",
  query: {
    person: v.pipe(
      v.exactOptional(v.string()),
      v.description("The person, as `issuer|value of the person claim`; you yourself unless given."),
    ),
  },
  answer: { status: 200, says: "The consents, by agent.", schema: consentList },
  examples: { own: "One live consent", paused: "A consent whose agent is paused for the person" },
  refuses: [...BY_OPERATORS, "malformed_request"],
});

const parameters = { consent: consentId };

/** `GET /v1/consents/{consent}` */
export const readConsent = operation({
  id: "readConsent",
  tag: "Consents",
  method: "GET",
  path: "/v1/consents/{consent}",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadConsents",
  stepUp: "never",
  summary: "Read a consent: the record that the person voted for, and its hash",
  description:
    "A consent with the record that its person has signed; your own, or another person's where policy permits you `valetkey:ReadConsents` on its agent. Contains no vote's token.",
  parameters,
  answer: { status: 200, says: "The consent as of now.", schema: givenConsent },
  examples: { live: "A consent that lives" },
  refuses: [...BY_OPERATORS, "consent_unknown"],
});

/** `POST /v1/consents/{consent}/withdraw` */
export const withdrawConsent = operation({
  id: "withdrawConsent",
  tag: "Consents",
  method: "POST",
  path: "/v1/consents/{consent}/withdraw",
  caller: "operator",
  function: "operate",
  permission: "valetkey:EndConsent",
  stepUp: "never",
  summary: "Withdraw a consent, one's own or as an operator, and end every task under it",
  description:
    "Ends a consent for good: your own, or another person's where policy permits you `valetkey:EndConsent` on its agent. Nothing is issued under it from then on, and every task under it ends. May be repeated.",
  parameters,
  answer: { status: 200, says: "The consent, which has ended.", schema: withdrawnConsent },
  examples: {
    withdrawn: "A consent that lived, with a task under it",
    again: "One that was withdrawn before",
  },
  refuses: [...BY_OPERATORS, "consent_unknown", "contended"],
});

export interface GivenConsent extends AnswerOf<typeof readConsent> {}
export interface ConsentList extends AnswerOf<typeof listConsents> {}
export interface WithdrawnConsent extends AnswerOf<typeof withdrawConsent> {}

/** Operations of consents, and their schemas by their names in the document. */
export const CONSENTS = {
  operations: [giveConsent, listConsents, readConsent, withdrawConsent],
  requests: { Consent: consentToGive },
  answers: { GivenConsent: givenConsent, ConsentList: consentList, WithdrawnConsent: withdrawnConsent },
} as const satisfies Noun;
