import { ACCOUNT_SCHEMAS } from "../../contract/accounts.ts";
import { AGENT_SCHEMAS } from "../../contract/agents.ts";
import { APPROVAL_SCHEMAS } from "../../contract/approvals.ts";
import {
  requestedAwsDetail,
  requestedAwsStatements,
  requestedDetails,
  toolDetail,
} from "../../contract/authorization-details.ts";
import { CONSENT_SCHEMAS } from "../../contract/consents.ts";
import { CREDENTIALS_SCHEMAS } from "../../contract/credentials.ts";
import { ESCALATION_SCHEMAS } from "../../contract/escalations.ts";
import { endReason } from "../../contract/fields.ts";
import { INTROSPECTION_SCHEMAS } from "../../contract/introspection.ts";
import { JOURNAL_SCHEMAS } from "../../contract/journal.ts";
import { LEDGER_SCHEMAS } from "../../contract/ledger.ts";
import { METADATA_SCHEMAS } from "../../contract/metadata.ts";
import { OFFBOARDING_SCHEMAS } from "../../contract/offboarding.ts";
import { OVERVIEW_SCHEMAS } from "../../contract/overview.ts";
import { PANIC_SCHEMAS } from "../../contract/panic.ts";
import { PEOPLE_SCHEMAS } from "../../contract/people.ts";
import { POLICY_SCHEMAS } from "../../contract/policies.ts";
import { RECEIPT_SCHEMAS } from "../../contract/receipts.ts";
import { credentialsRefusalAnswer, failureAnswer, refusalAnswer } from "../../contract/refusal-answers.ts";
import { REGISTRATION_SCHEMAS } from "../../contract/registrations.ts";
import { REHEARSAL_SCHEMAS } from "../../contract/rehearsals.ts";
import { REVOCATION_SCHEMAS } from "../../contract/revocation.ts";
import { SECRET_SCHEMAS } from "../../contract/secrets.ts";
import { TASK_SCHEMAS } from "../../contract/tasks.ts";
import { THREAT_MODEL_SCHEMAS } from "../../contract/threat-models.ts";
import { TOKEN_SCHEMAS } from "../../contract/token.ts";
import { actVote } from "../../contract/vote.ts";
import { NAMED_DETAILS } from "./connectors.ts";

/** Schemas of requests, by their name in the document. */
export const REQUESTS = {
  ...TOKEN_SCHEMAS.requests,
  AuthorizationDetails: requestedDetails,
  AwsDetail: requestedAwsDetail,
  AwsStatements: requestedAwsStatements,
  ToolDetail: toolDetail,
  ...NAMED_DETAILS,
  ...INTROSPECTION_SCHEMAS.requests,
  ...REVOCATION_SCHEMAS.requests,
  ...TASK_SCHEMAS.requests,
  ...REGISTRATION_SCHEMAS.requests,
  ...REHEARSAL_SCHEMAS.requests,
  ActVote: actVote,
  ...PANIC_SCHEMAS.requests,
  ...ACCOUNT_SCHEMAS.requests,
  Reason: endReason,
  ...OFFBOARDING_SCHEMAS.requests,
  ...APPROVAL_SCHEMAS.requests,
  ...CONSENT_SCHEMAS.requests,
  ...POLICY_SCHEMAS.requests,
  ...THREAT_MODEL_SCHEMAS.requests,
} as const;

/** Schemas of answers, by their name in the document. */
export const ANSWERS = {
  ...METADATA_SCHEMAS.answers,
  ...TOKEN_SCHEMAS.answers,
  ...CREDENTIALS_SCHEMAS.answers,
  ...INTROSPECTION_SCHEMAS.answers,
  ...TASK_SCHEMAS.answers,
  ...OVERVIEW_SCHEMAS.answers,
  ...ESCALATION_SCHEMAS.answers,
  ...RECEIPT_SCHEMAS.answers,
  ...LEDGER_SCHEMAS.answers,
  ...JOURNAL_SCHEMAS.answers,
  ...AGENT_SCHEMAS.answers,
  ...REHEARSAL_SCHEMAS.answers,
  ...PEOPLE_SCHEMAS.answers,
  ...OFFBOARDING_SCHEMAS.answers,
  ...PANIC_SCHEMAS.answers,
  ...ACCOUNT_SCHEMAS.answers,
  ...SECRET_SCHEMAS.answers,
  ...APPROVAL_SCHEMAS.answers,
  ...CONSENT_SCHEMAS.answers,
  ...POLICY_SCHEMAS.answers,
  ...THREAT_MODEL_SCHEMAS.answers,
  Refusal: refusalAnswer,
  CredentialsRefusal: credentialsRefusalAnswer,
  Failure: failureAnswer,
} as const;

export type RequestName = keyof typeof REQUESTS;
export type AnswerName = keyof typeof ANSWERS;
