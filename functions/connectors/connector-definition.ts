import type {
  ConnectorSections,
  ConnectorType,
  ConnectorTypes,
  SectionName,
} from "../core/connectors/connector-type.ts";

/**
 * Plain data about one connector, from which follows what the rest of valetkey knows of it. The build, the tools, `infra` and every function
 * that decides read it, so it holds no code that reaches a provider.
 */
export interface ConnectorDefinition<T extends ConnectorType = ConnectorType> {
  /** The `type` of its details, leases and credentials. */
  readonly type: T;
  /** Its entries in `valetkey.json`; `null` where it needs none and is always there. */
  readonly section: SectionOf<ConnectorTypes[T]>;
  /** Whether its leases keep a sealed token, so that functions have to read the key that seals them. */
  readonly keepsTokens: boolean;
  /** What policy decides: each action begins with the type and a colon. */
  readonly actions: Readonly<Record<string, ActionDefinition>>;
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
  /** What details and policies name the entry by: no two entries have the same. */
  nameOf(entry: EntryOf<S>): string;
  /** What is wrong with two entries of that name, where there is more to say. */
  repeated?(name: string): string;
  /** The entry as functions read it, where that is not as it is configured. */
  deployed?(configured: EntryOf<S>): EntryOf<S>;
  /** Names of the secrets by which valetkey shows the entry's provider who it is. Tasks are never leased them. */
  secretsOf(entry: EntryOf<S>): readonly string[];
}

/** The sections of `valetkey.json` as they are configured, or as functions read them. What a definition reads of an entry is the same in both. */
export type ConfiguredSections = { readonly [S in SectionName]?: readonly unknown[] | undefined };

/** The section's entries; none where there is no section. */
export const entriesOf = <S extends SectionName>(
  section: SectionDefinition<S> | null,
  sections: ConfiguredSections,
): readonly EntryOf<S>[] => (section === null ? [] : ((sections[section.name] ?? []) as readonly EntryOf<S>[]));
