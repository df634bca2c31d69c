import { ACCOUNTS } from "./accounts.ts";
import { AGENTS } from "./agents.ts";
import { APPROVALS } from "./approvals.ts";
import { BUDGETS } from "./budgets.ts";
import { CONDITIONS } from "./conditions.ts";
import { CONSENTS } from "./consents.ts";
import { CREDENTIALS } from "./credentials.ts";
import { ESCALATIONS } from "./escalations.ts";
import { INTROSPECTION } from "./introspection.ts";
import { JOURNAL } from "./journal.ts";
import { LEDGER } from "./ledger.ts";
import { METADATA } from "./metadata.ts";
import { OFFBOARDING } from "./offboarding.ts";
import type { AnswerOf, BodyOf, Noun, ParametersOf, QueryOf, Read } from "./operation.ts";
import { OVERVIEW } from "./overview.ts";
import { PANIC } from "./panic.ts";
import { PEOPLE } from "./people.ts";
import { POLICIES } from "./policies.ts";
import { RECEIPTS } from "./receipts.ts";
import { REGISTRATIONS } from "./registrations.ts";
import { REHEARSALS } from "./rehearsals.ts";
import { REVOCATION } from "./revocation.ts";
import { SECRETS } from "./secrets.ts";
import { SELF } from "./self.ts";
import { SIGNING } from "./signing.ts";
import { TASKS } from "./tasks.ts";
import { THREAT_MODELS } from "./threat-models.ts";
import { TOKEN } from "./token.ts";

/** Nouns of the API by their constants, in the order of the document. */
interface Nouns {
  METADATA: typeof METADATA;
  TOKEN: typeof TOKEN;
  SELF: typeof SELF;
  CREDENTIALS: typeof CREDENTIALS;
  SIGNING: typeof SIGNING;
  INTROSPECTION: typeof INTROSPECTION;
  REVOCATION: typeof REVOCATION;
  TASKS: typeof TASKS;
  REGISTRATIONS: typeof REGISTRATIONS;
  AGENTS: typeof AGENTS;
  OFFBOARDING: typeof OFFBOARDING;
  REHEARSALS: typeof REHEARSALS;
  THREAT_MODELS: typeof THREAT_MODELS;
  PEOPLE: typeof PEOPLE;
  OVERVIEW: typeof OVERVIEW;
  ESCALATIONS: typeof ESCALATIONS;
  RECEIPTS: typeof RECEIPTS;
  LEDGER: typeof LEDGER;
  JOURNAL: typeof JOURNAL;
  PANIC: typeof PANIC;
  ACCOUNTS: typeof ACCOUNTS;
  CONDITIONS: typeof CONDITIONS;
  BUDGETS: typeof BUDGETS;
  SECRETS: typeof SECRETS;
  POLICIES: typeof POLICIES;
  CONSENTS: typeof CONSENTS;
  APPROVALS: typeof APPROVALS;
}

/** Noun of the API. Declarations name it: written out, its type would be too long for them. */
export type EachNoun = Nouns[keyof Nouns];

const BY_NAME: Nouns = {
  METADATA,
  TOKEN,
  SELF,
  CREDENTIALS,
  SIGNING,
  INTROSPECTION,
  REVOCATION,
  TASKS,
  REGISTRATIONS,
  AGENTS,
  OFFBOARDING,
  REHEARSALS,
  THREAT_MODELS,
  PEOPLE,
  OVERVIEW,
  ESCALATIONS,
  RECEIPTS,
  LEDGER,
  JOURNAL,
  PANIC,
  ACCOUNTS,
  CONDITIONS,
  BUDGETS,
  SECRETS,
  POLICIES,
  CONSENTS,
  APPROVALS,
};

/** Nouns of the API. Its operations and the schemas of its document follow from this list. */
export const NOUNS: readonly EachNoun[] = Object.values(BY_NAME) satisfies readonly Noun[];

/** Operations of every noun. The stack, the local server, the document and the tables of docs use this list. */
export const OPERATIONS: readonly Each[] = NOUNS.flatMap(({ operations }): readonly Each[] => operations);

type Each = EachNoun["operations"][number];

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
