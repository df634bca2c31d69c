import type {
  ConnectorSections,
  ConnectorType,
  ConnectorTypes,
  SectionName,
} from "../core/deployment/connector-type.ts";
import type { JsonObject } from "../core/intent/place.ts";

/**
 * Plain data about one connector: all that the rest of valetkey knows of the connector. The build, the tools, `infra`
 * and deciding functions read it, so it holds no code that reaches a provider.
 */
export interface ConnectorDefinition<T extends ConnectorType = ConnectorType> {
  /** `type` of the connector's details, leases and credentials. */
  readonly type: T;
  /** Section of the connector in `valetkey.json`; `null` for a connector that needs none and is always in use. */
  readonly section: SectionOf<ConnectorTypes[T]>;
  /** True where leases store a sealed token: functions then read the sealing key. */
  readonly keepsTokens: boolean;
  /**
   * True where a revocation that the provider has confirmed ends every use of the credential at once, in open sessions
   * too. Permits of its actions may then have labels.
   */
  readonly diesWhenRevoked: boolean;
  /** Actions that policies decide on; each name begins with the type and a colon. */
  readonly actions: Readonly<Record<`${T}:${string}`, ActionDefinition>>;
  /**
   * Lists the names of the entries that a detail reaches: databases, providers, owners of repositories; for secrets,
   * their own names.
   */
  reached(detail: JsonObject): readonly string[];
  /** Declares the entity types of the actions' resources, in Cedar's schema language. */
  readonly entities: string;
  /** Spelling of names in policies, where a provider accepts several spellings of one name. */
  readonly spelling?: Spelling;
  /** Facts about the connector's credentials, for threat models (docs/threats/). */
  readonly threat: ConnectorThreat;
  /**
   * Environment variables in which programs look for such a credential, by the field of the credential that each holds.
   */
  readonly variables?: Readonly<Record<string, string>>;
  /** Environment variables that would lead those programs to another credential. */
  readonly variablesInTheWay?: RegExp;
}

/** Sentences about the credential that a task gets from a connector. */
export interface ConnectorThreat {
  /** Noun phrase: `login to a PostgreSQL database`. */
  readonly credential: string;
  /** Abuse by a thief, and the place from which it works. */
  readonly thief: string;
  /** True where the credential ends by the task's deadline, provided that revocation works. */
  readonly endsWithTask: boolean;
  /**
   * Longest lifetime of a credential that nobody revokes: seconds; `task` for the task's own lifetime; `null` where
   * only the provider bounds it.
   */
  readonly longest: number | "task" | null;
  /** Means by which the credential is revoked. */
  readonly revoked: string;
  /** Bound on the credential's life where the revocation fails. */
  readonly outlives: string;
  /** Others who can use the credential, or can make such credentials. */
  readonly others: string;
  /** Remaining risks. */
  readonly residual: readonly string[];
}

/**
 * Spelling of names in policies. Cedar evaluates one spelling of each name. A rule with another spelling never matches,
 * so `valetkey policy check` refuses it.
 */
export interface Spelling {
  /** Returns the spelling of an id that Cedar evaluates, by entity type; undefined where no entity can have the id. */
  readonly entities: Readonly<Record<string, (id: string) => string | undefined>>;
  /** Attributes of resources that hold such names. */
  readonly attributes: readonly string[];
  /**
   * Attributes that hold such names only in rules about this connector: other resources have attributes with these
   * names too.
   */
  readonly ownAttributes: readonly string[];
  /** Returns the spelling of a text in an attribute. */
  spelled(text: string): string;
  /**
   * Describes the fault of a name.
   * @param evaluated the spelling that Cedar evaluates; undefined where the text is no name.
   */
  problem(text: string, evaluated: string | undefined): string;
}

export interface ActionDefinition {
  /** Cedar entity type of the action's resource. */
  readonly resource: string;
  /** Groups of actions that policies may name: `postgres:Read`. */
  readonly groups: readonly string[];
}

type SectionOf<S> = S extends SectionName ? SectionDefinition<S> : null;

/** One entry of a section. */
export type EntryOf<S extends SectionName> = NonNullable<ConnectorSections[S]>[number];

/** One list of `valetkey.json`. */
export interface SectionDefinition<S extends SectionName = SectionName> {
  readonly name: S;
  /** Returns the entry's name in details and policies, unique among the entries. */
  nameOf(entry: EntryOf<S>): string;
  /** Describes the fault of two entries with one name, where the general message is not clear enough. */
  repeated?(name: string): string;
  /** Converts a configured entry to the form that functions read, where the two differ. */
  deployed?(configured: EntryOf<S>): EntryOf<S>;
  /**
   * Lists the names of the secrets by which valetkey authenticates to the entry's provider. No task gets these secrets.
   */
  secretsOf(entry: EntryOf<S>): readonly string[];
  /**
   * Makes entries with which these details of the connector's type can be parsed, for tools that decide without a
   * `valetkey.json`.
   */
  sample(details: readonly JsonObject[]): readonly EntryOf<S>[];
}

/**
 * Sections of `valetkey.json`, as configured or as functions read them. The fields that a definition reads of an entry
 * are the same in both.
 */
export type ConfiguredSections = { readonly [S in SectionName]?: readonly unknown[] | undefined };

/** Lists the section's entries; none where there is no section. */
export const entriesOf = <S extends SectionName>(
  section: SectionDefinition<S> | null,
  sections: ConfiguredSections,
): readonly EntryOf<S>[] => (section === null ? [] : ((sections[section.name] ?? []) as readonly EntryOf<S>[]));
