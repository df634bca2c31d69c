import * as accounts from "../contract/accounts.ts";
import * as agents from "../contract/agents.ts";
import * as approvals from "../contract/approvals.ts";
import * as consents from "../contract/consents.ts";
import * as escalations from "../contract/escalations.ts";
import * as journal from "../contract/journal.ts";
import * as ledger from "../contract/ledger.ts";
import * as overview from "../contract/overview.ts";
import * as panic from "../contract/panic.ts";
import * as people from "../contract/people.ts";
import * as policies from "../contract/policies.ts";
import * as registrations from "../contract/registrations.ts";
import * as rehearsals from "../contract/rehearsals.ts";
import * as secrets from "../contract/secrets.ts";
import * as threatModels from "../contract/threat-models.ts";
import type { RouteKey } from "../functions/routes.ts";
import { ACCOUNTS } from "./arrangements/accounts.ts";
import { AGENTS } from "./arrangements/agents.ts";
import { APPROVALS } from "./arrangements/approvals.ts";
import { CONSENTS } from "./arrangements/consents.ts";
import { ESCALATIONS } from "./arrangements/escalations.ts";
import { JOURNAL } from "./arrangements/journal.ts";
import { LEDGER } from "./arrangements/ledger.ts";
import { OVERVIEW } from "./arrangements/overview.ts";
import { PANIC } from "./arrangements/panic.ts";
import { PEOPLE } from "./arrangements/people.ts";
import { POLICIES } from "./arrangements/policies.ts";
import { REGISTRATIONS } from "./arrangements/registrations.ts";
import { REHEARSALS } from "./arrangements/rehearsals.ts";
import { SECRETS } from "./arrangements/secrets.ts";
import { THREAT_MODELS } from "./arrangements/threat-models.ts";
import { fromContract } from "./from-contract.ts";
import type { Operation } from "./operation.ts";
import { endTask, listTasks, readReceipt } from "./operations/agent-tasks.ts";
import { exchangeToken } from "./operations/exchange-token.ts";
import { completeTaskOperation, readTask } from "./operations/held-task.ts";
import { introspectToken } from "./operations/introspect-token.ts";
import { offboardAgent, readOffboarding } from "./operations/leaving-agent.ts";
import { readMetadata } from "./operations/read-metadata.ts";
import { renewCredentials } from "./operations/renew-credentials.ts";
import { revokeToken } from "./operations/revoke-token.ts";
import { whenBroken } from "./refused/broken.ts";

/** Operations by route; a missing route does not compile. */
const BY_ROUTE: Readonly<Record<RouteKey, Operation>> = {
  "GET /.well-known/oauth-authorization-server": readMetadata,
  "POST /v1/token": exchangeToken,
  "GET /v1/tasks/{task}/credentials/{lease}": renewCredentials,
  "POST /v1/introspect": introspectToken,
  "POST /v1/revoke": revokeToken,
  "GET /v1/tasks/{task}": readTask,
  "POST /v1/tasks/{task}/complete": completeTaskOperation,
  "POST /v1/agents": fromContract(registrations.registerAgent, REGISTRATIONS.registerAgent),
  "GET /v1/agents": fromContract(agents.listAgents, AGENTS.listAgents),
  "GET /v1/agents/{agent}": fromContract(agents.readAgent, AGENTS.readAgent),
  "POST /v1/agents/{agent}": fromContract(registrations.changeAgent, REGISTRATIONS.changeAgent),
  "POST /v1/agents/{agent}/suspend": fromContract(agents.suspendAgent, AGENTS.suspendAgent),
  "POST /v1/agents/{agent}/resume": fromContract(agents.resumeAgent, AGENTS.resumeAgent),
  "POST /v1/agents/{agent}/confirm": fromContract(agents.confirmAgent, AGENTS.confirmAgent),
  "POST /v1/agents/{agent}/rehearse": fromContract(rehearsals.rehearseActs, REHEARSALS.rehearseActs),
  "POST /v1/agents/{agent}/offboard": offboardAgent,
  "GET /v1/agents/{agent}/offboarding": readOffboarding,
  "GET /v1/agents/{agent}/threat-model": fromContract(threatModels.readThreatModel, THREAT_MODELS.readThreatModel),
  "POST /v1/agents/{agent}/threat-model": fromContract(threatModels.acceptThreatModel, THREAT_MODELS.acceptThreatModel),
  "POST /v1/people/{person}/end-tasks": fromContract(people.endPersonsTasks, PEOPLE.endPersonsTasks),
  "GET /v1/overview": fromContract(overview.readOverview, OVERVIEW.readOverview),
  "GET /v1/escalations": fromContract(escalations.listEscalations, ESCALATIONS.listEscalations),
  "GET /v1/tasks": listTasks,
  "POST /v1/tasks/{task}/end": endTask,
  "GET /v1/tasks/{task}/receipt": readReceipt,
  "GET /v1/tasks/{task}/ledger": fromContract(ledger.readLedger, LEDGER.readLedger),
  "GET /v1/journal": fromContract(journal.readJournal, JOURNAL.readJournal),
  "POST /v1/panic": fromContract(panic.declarePanic, PANIC.declarePanic),
  "POST /v1/panic/lift": fromContract(panic.liftPanic, PANIC.liftPanic),
  "GET /v1/panic": fromContract(panic.readPanic, PANIC.readPanic),
  "GET /v1/accounts": fromContract(accounts.listAccounts, ACCOUNTS.listAccounts),
  "POST /v1/accounts/{account}/halt": fromContract(accounts.haltAccount, ACCOUNTS.haltAccount),
  "POST /v1/accounts/{account}/lift": fromContract(accounts.liftAccount, ACCOUNTS.liftAccount),
  "GET /v1/policies": fromContract(policies.readPolicies, POLICIES.readPolicies),
  "POST /v1/policies/explain": fromContract(policies.explainPolicy, POLICIES.explainPolicy),
  "GET /v1/agents/{agent}/reach": fromContract(policies.readReach, POLICIES.readReach),
  "GET /v1/approvals": fromContract(approvals.listApprovals, APPROVALS.listApprovals),
  "GET /v1/approvals/{approval}": fromContract(approvals.readApproval, APPROVALS.readApproval),
  "POST /v1/approvals/{approval}/decide": fromContract(approvals.decide, APPROVALS.decide),
  "POST /v1/approvals/{approval}/withdraw": fromContract(approvals.withdraw, APPROVALS.withdraw),
  "POST /v1/approvals/{approval}/review": fromContract(approvals.review, APPROVALS.review),
  "GET /v1/secrets": fromContract(secrets.listSecrets, SECRETS.listSecrets),
  "GET /v1/secrets/{secret}": fromContract(secrets.readSecret, SECRETS.readSecret),
  "POST /v1/secrets/{secret}/rotate": fromContract(secrets.rotateSecret, SECRETS.rotateSecret),
  "POST /v1/consents": fromContract(consents.giveConsent, CONSENTS.giveConsent),
  "GET /v1/consents": fromContract(consents.listConsents, CONSENTS.listConsents),
  "GET /v1/consents/{consent}": fromContract(consents.readConsent, CONSENTS.readConsent),
  "POST /v1/consents/{consent}/withdraw": fromContract(consents.withdrawConsent, CONSENTS.withdrawConsent),
};

/** Operations of all routes. Each also has the refusal of a broken deployment. */
export const OPERATIONS: Readonly<Record<RouteKey, Operation>> = Object.fromEntries(
  Object.entries(BY_ROUTE).map(([route, operation]) => [
    route,
    { ...operation, refused: { ...operation.refused, deployment_broken: whenBroken(operation) } },
  ]),
) as Record<RouteKey, Operation>;
