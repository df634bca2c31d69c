import type {
  ConnectorSections,
  ConnectorType,
  ConnectorTypes,
  SectionName,
} from "../core/deployment/connector-type.ts";
import type { JsonObject } from "../core/intent/place.ts";

/**
 * Plain data about one connector, from which follows what the rest of valetkey knows of it. The build, the tools, `infra` and every function
 * that decides read it, so it holds no code that reaches a provider.
 */
export interface ConnectorDefinition<T extends ConnectorType = ConnectorType> {
  /** The `type` of its details, leases and credentials. */
  readonly type: T;
  /** Section of the connector in `valetkey.json`; `null` where it needs none and is always there. */
  readonly section: SectionOf<ConnectorTypes[T]>;
  /** True where leases keep a sealed token: functions then read the sealing key. */
  readonly keepsTokens: boolean;
  /** Actions that policies decide on; each name begins with the type and a colon. */
  readonly actions: Readonly<Record<`${T}:${string}`, ActionDefinition>>;
  /** Declares what the actions are done to, in Cedar's schema language. */
  readonly entities: string;
  /** Spelling of names in policies, where a provider takes several spellings for one name. */
  readonly spelling?: Spelling;
  /** Facts about what it hands out, for threat models (docs/threats/). */
  readonly threat: ConnectorThreat;
  /** Variables in which programs look for such a credential, by the field of the credential that each of them holds. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Variables that would lead those programs to another credential. */
  readonly variablesInTheWay?: RegExp;
}

/** Sentences about the credential that a task gets of a connector. */
export interface ConnectorThreat {
  /** Noun phrase: `login to a PostgreSQL database`. */
  readonly credential: string;
  /** Abuse by somebody else, and the place from which it works. */
  readonly thief: string;
  /** True where it ends by the task's deadline, if taking back works. */
  readonly endsWithTask: boolean;
  /** Longest time for which it opens anything where nobody takes it back: seconds, the task's own, or `null` where only its provider bounds it. */
  readonly longest: number | "task" | null;
  /** Way in which it is taken back. */
  readonly revoked: string;
  /** Bound on it where taking back fails. */
  readonly outlives: string;
  /** Others who can use it, or have the power to make such credentials. */
  readonly others: string;
  /** Risks that are left. */
  readonly residual: readonly string[];
}

/** Policy is asked about one spelling of each name: a rule that names another one is never met, so `valetkey policy check` refuses it. */
export interface Spelling {
  /** The id as policy is asked about it, by entity type; nothing where no such entity exists. */
  readonly entities: Readonly<Record<string, (id: string) => string | undefined>>;
  /** Attributes of resources that hold such names. */
  readonly attributes: readonly string[];
  /** Attributes that do so in rules about this connector alone: other resources have attributes of that name too. */
  readonly ownAttributes: readonly string[];
  /** The text as an attribute holds it. */
  spelled(text: string): string;
  /** Describes the fault of a name. @param asked the name as policy is asked about it; nothing where it is no name. */
  problem(text: string, asked: string | undefined): string;
}

export interface ActionDefinition {
  /** The Cedar entity type of what the action is done to. */
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
  /** Name of the entry in details and policies, unique among the entries. */
  nameOf(entry: EntryOf<S>): string;
  /** Describes the fault of two entries with one name, where the general sentence does not say enough. */
  repeated?(name: string): string;
  /** The entry as functions read it, where that is not as it is configured. */
  deployed?(configured: EntryOf<S>): EntryOf<S>;
  /** Names of the secrets by which valetkey shows the entry's provider who it is. Tasks are never leased them. */
  secretsOf(entry: EntryOf<S>): readonly string[];
  /** Entries with which these details of the connector's type can be parsed, for tools that decide without a `valetkey.json`. */
  sample(details: readonly JsonObject[]): readonly EntryOf<S>[];
}

/** The sections of `valetkey.json` as they are configured, or as functions read them. What a definition reads of an entry is the same in both. */
export type ConfiguredSections = { readonly [S in SectionName]?: readonly unknown[] | undefined };

/** The section's entries; none where there is no section. */
export const entriesOf = <S extends SectionName>(
  section: SectionDefinition<S> | null,
  sections: ConfiguredSections,
): readonly EntryOf<S>[] => (section === null ? [] : ((sections[section.name] ?? []) as readonly EntryOf<S>[]));
