/**
 * Types of connectors, each with the name of its section of `valetkey.json`; `null` where it has none.
 * Each connector's `definition.ts` adds its type by declaration merging. Core thus names no connector, and an
 * incomplete list of connectors does not compile.
 */
// biome-ignore lint/suspicious/noEmptyInterface: connectors add themselves.
export interface ConnectorTypes {}

export type ConnectorType = keyof ConnectorTypes;

/** Sections of `valetkey.json` for connectors, as functions read them. Each connector's `definition.ts` adds its own. */
// biome-ignore lint/suspicious/noEmptyInterface: connectors add themselves.
export interface ConnectorSections {}

/** Entry of a connector's section with the marks that every entry may have. */
export interface MarkedEntry {
  /** Set for production: an agent gets nothing of it until its threat model is accepted. */
  readonly production?: true | undefined;
}

export type SectionName = keyof ConnectorSections;
