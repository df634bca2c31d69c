/**
 * Every connector by its type, with the name of its section of `valetkey.json`; `null` where it has none.
 * Each connector's `definition.ts` adds itself here by declaration merging. So core names no connector, and a list of connectors
 * that lacks one does not compile.
 */
// biome-ignore lint/suspicious/noEmptyInterface: connectors add themselves.
export interface ConnectorTypes {}

export type ConnectorType = keyof ConnectorTypes;

/** The connectors' sections of `valetkey.json`, as functions read them. Each connector's `definition.ts` adds its own. */
// biome-ignore lint/suspicious/noEmptyInterface: connectors add themselves.
export interface ConnectorSections {}

export type SectionName = keyof ConnectorSections;
