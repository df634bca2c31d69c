import { OPERATIONS as CONTRACT, type OperationKey } from "../../contract/operations.ts";
import { ACCOUNTS } from "./arrangements/accounts.ts";
import { AGENTS } from "./arrangements/agents.ts";
import { APPROVALS } from "./arrangements/approvals.ts";
import { BUDGETS } from "./arrangements/budgets.ts";
import { CONDITIONS } from "./arrangements/conditions.ts";
import { CONSENTS } from "./arrangements/consents.ts";
import { CREDENTIALS } from "./arrangements/credentials.ts";
import { ESCALATIONS } from "./arrangements/escalations.ts";
import { INTROSPECTION } from "./arrangements/introspection.ts";
import { JOURNAL } from "./arrangements/journal.ts";
import { LEDGER } from "./arrangements/ledger.ts";
import { METADATA } from "./arrangements/metadata.ts";
import { OFFBOARDING } from "./arrangements/offboarding.ts";
import { OVERVIEW } from "./arrangements/overview.ts";
import { PANIC } from "./arrangements/panic.ts";
import { PEOPLE } from "./arrangements/people.ts";
import { POLICIES } from "./arrangements/policies.ts";
import { RECEIPTS } from "./arrangements/receipts.ts";
import { REGISTRATIONS } from "./arrangements/registrations.ts";
import { REHEARSALS } from "./arrangements/rehearsals.ts";
import { REVOCATION } from "./arrangements/revocation.ts";
import { SECRETS } from "./arrangements/secrets.ts";
import { SELF } from "./arrangements/self.ts";
import { SIGNING } from "./arrangements/signing.ts";
import { TASKS } from "./arrangements/tasks.ts";
import { THREAT_MODELS } from "./arrangements/threat-models.ts";
import { TOKEN } from "./arrangements/token.ts";
import { type Arrangement, fromContract } from "./from-contract.ts";
import type { Operation } from "./operation.ts";
import { whenBroken } from "./refused/broken.ts";

type Each = (typeof CONTRACT)[number];

/** Calls of every operation of the contract, by its id. An operation without calls does not compile. */
const ARRANGED = {
  ...ACCOUNTS,
  ...CONDITIONS,
  ...BUDGETS,
  ...AGENTS,
  ...APPROVALS,
  ...CONSENTS,
  ...ESCALATIONS,
  ...JOURNAL,
  ...LEDGER,
  ...OFFBOARDING,
  ...OVERVIEW,
  ...PANIC,
  ...PEOPLE,
  ...POLICIES,
  ...RECEIPTS,
  ...REGISTRATIONS,
  ...REHEARSALS,
  ...SECRETS,
  ...SELF,
  ...TASKS,
  ...CREDENTIALS,
  ...SIGNING,
  ...INTROSPECTION,
  ...METADATA,
  ...REVOCATION,
  ...TOKEN,
  ...THREAT_MODELS,
} satisfies { readonly [O in Each as O["id"]]: Arrangement<O> };

/** Documentation of an operation. Each operation also has the refusal of a broken deployment. */
function documented(operation: Each): Operation {
  const made = fromContract(operation, ARRANGED[operation.id]);
  return { ...made, refused: { ...made.refused, deployment_broken: whenBroken(made) } };
}

/** Operations of all routes. */
export const OPERATIONS = Object.fromEntries(
  CONTRACT.map((operation) => [`${operation.method} ${operation.path}`, documented(operation)]),
) as Readonly<Record<OperationKey, Operation>>;
