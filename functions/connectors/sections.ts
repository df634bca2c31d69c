import type { ConnectorSections, SectionName } from "../core/deployment/connector-type.ts";
import type { JsonObject } from "../core/intent/place.ts";
import { type ConfiguredSections, type EntryOf, entriesOf, type SectionDefinition } from "./connector-definition.ts";
import { DEFINITIONS } from "./connectors.ts";

const SECTIONS = DEFINITIONS.flatMap(({ section }) => (section === null ? [] : [section]));

/** The connectors' sections as functions read them. A section that `valetkey.json` leaves out is left out. */
export const deployedSections = (config: ConfiguredSections): ConnectorSections =>
  Object.fromEntries(
    SECTIONS.filter(({ name }) => config[name] !== undefined).map((section) => [
      section.name,
      deployed(section, config),
    ]),
  );

const deployed = <S extends SectionName>(section: SectionDefinition<S>, config: ConfiguredSections) =>
  entriesOf(section, config).map((entry): EntryOf<S> => section.deployed?.(entry) ?? entry);

/** Sections with which these details can be parsed: what they name is taken for granted, where no `valetkey.json` says what there is. */
export const sampleSections = (details: readonly JsonObject[]): ConnectorSections =>
  Object.fromEntries(
    DEFINITIONS.flatMap(({ type, section }) =>
      section === null ? [] : [[section.name, section.sample(details.filter((detail) => detail.type === type))]],
    ),
  );

/** Describes entries of one name in one section: details and policies could not tell them apart. */
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
