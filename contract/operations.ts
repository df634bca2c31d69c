import * as accounts from "./accounts.ts";
import * as agents from "./agents.ts";
import * as approvals from "./approvals.ts";
import * as consents from "./consents.ts";
import * as credentials from "./credentials.ts";
import * as escalations from "./escalations.ts";
import * as introspection from "./introspection.ts";
import * as journal from "./journal.ts";
import * as ledger from "./ledger.ts";
import * as metadata from "./metadata.ts";
import * as offboarding from "./offboarding.ts";
import type { AnswerOf, BodyOf, Operation, ParametersOf, QueryOf, Read } from "./operation.ts";
import * as overview from "./overview.ts";
import * as panic from "./panic.ts";
import * as people from "./people.ts";
import * as policies from "./policies.ts";
import * as receipts from "./receipts.ts";
import * as registrations from "./registrations.ts";
import * as rehearsals from "./rehearsals.ts";
import * as revocation from "./revocation.ts";
import * as secrets from "./secrets.ts";
import * as tasks from "./tasks.ts";
import * as threatModels from "./threat-models.ts";
import * as token from "./token.ts";

/** Operations of every noun. The stack, the local server, the document and the tables of docs use this list. */
export const OPERATIONS = [
  metadata.readMetadata,
  token.exchangeToken,
  credentials.renewCredentials,
  introspection.introspectToken,
  revocation.revokeToken,
  tasks.readTask,
  tasks.completeTask,
  registrations.registerAgent,
  agents.listAgents,
  agents.readAgent,
  registrations.changeAgent,
  agents.suspendAgent,
  agents.resumeAgent,
  agents.confirmAgent,
  offboarding.offboardAgent,
  offboarding.readOffboarding,
  rehearsals.rehearseActs,
  threatModels.readThreatModel,
  threatModels.acceptThreatModel,
  people.endPersonsTasks,
  overview.readOverview,
  escalations.listEscalations,
  tasks.listTasks,
  tasks.endTask,
  receipts.readReceipt,
  ledger.readLedger,
  journal.readJournal,
  panic.declarePanic,
  panic.liftPanic,
  panic.readPanic,
  accounts.listAccounts,
  accounts.haltAccount,
  accounts.liftAccount,
  secrets.listSecrets,
  secrets.readSecret,
  secrets.rotateSecret,
  policies.readPolicies,
  policies.explainPolicy,
  policies.readReach,
  consents.giveConsent,
  consents.listConsents,
  consents.readConsent,
  consents.withdrawConsent,
  approvals.listApprovals,
  approvals.readApproval,
  approvals.decide,
  approvals.withdraw,
  approvals.review,
] as const satisfies readonly Operation[];

type Each = (typeof OPERATIONS)[number];

/** Operations by their routes: `"POST /v1/accounts/{account}/halt"`. */
type ByRoute = { [O in Each as `${O["method"]} ${O["path"]}`]: O };

/** Route of an operation. */
export type OperationKey = keyof ByRoute;

/** Call of an operation, as a caller writes it: the values of the path, the query, and the body where there is one. */
export type CallOf<K extends OperationKey> = (ParametersOf<ByRoute[K]> extends Readonly<Record<string, never>>
  ? unknown
  : { readonly parameters: ParametersOf<ByRoute[K]> }) &
  QueryOf<ByRoute[K]> &
  (BodyOf<ByRoute[K]> extends infer B ? ([B] extends [undefined] ? unknown : { readonly body: B }) : never);

/** Answer of an operation, as a reader takes it. */
export type ReadAnswer<K extends OperationKey> = Read<AnswerOf<ByRoute[K]>>;
