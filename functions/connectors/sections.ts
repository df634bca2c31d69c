import type { ConnectorSections, MarkedEntry, SectionName } from "../core/deployment/connector-type.ts";
import type { JsonObject } from "../core/intent/place.ts";
import { type ConfiguredSections, type EntryOf, entriesOf, type SectionDefinition } from "./connector-definition.ts";
import { DEFINITIONS } from "./connectors.ts";

const SECTIONS = DEFINITIONS.flatMap(({ section }) => (section === null ? [] : [section]));

/**
 * Converts the connectors' sections to the form that functions read. A section that `valetkey.json` omits is omitted.
 */
export const deployedSections = (config: ConfiguredSections): ConnectorSections =>
  Object.fromEntries(
    SECTIONS.filter(({ name }) => config[name] !== undefined).map((section) => [
      section.name,
      deployed(section, config),
    ]),
  );

const deployed = <S extends SectionName>(section: SectionDefinition<S>, config: ConfiguredSections) =>
  entriesOf(section, config).map((entry): EntryOf<S> => section.deployed?.(entry) ?? entry);

/** Lists the entries of all sections. */
export const sectionEntries = (config: ConfiguredSections): readonly MarkedEntry[] =>
  SECTIONS.flatMap((section): readonly MarkedEntry[] => entriesOf<SectionName>(section, config));

/**
 * Makes sections with which these details can be parsed without a `valetkey.json`: whatever they name counts as
 * configured.
 */
export const sampleSections = (details: readonly JsonObject[]): ConnectorSections =>
  Object.fromEntries(
    DEFINITIONS.flatMap(({ type, section }) =>
      section === null ? [] : [[section.name, section.sample(details.filter((detail) => detail.type === type))]],
    ),
  );

/** Describes entries of one section with the same name, which details and policies could not distinguish. */
export const repeatedEntries = (config: ConfiguredSections): readonly string[] =>
  SECTIONS.flatMap((section) =>
    repeats(namesIn(section, config)).map(
      (name) => `${section.name}: ${section.repeated?.(name) ?? `two are named "${name}"`}`,
    ),
  );

const namesIn = <S extends SectionName>(section: SectionDefinition<S>, config: ConfiguredSections) =>
  entriesOf(section, config).map((entry) => section.nameOf(entry));

const repeats = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
