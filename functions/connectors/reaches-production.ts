import type { SectionName } from "../core/deployment/connector-type.ts";
import { accountOf, type Deployment } from "../core/deployment/deployment.ts";
import type { Detail } from "../core/intent/detail.ts";
import { globFromIam, matches } from "../core/text/glob.ts";
import { type ConnectorDefinition, entriesOf, type SectionDefinition } from "./connector-definition.ts";
import { DEFINITIONS } from "./connectors.ts";

/** True where some part of a detail is marked as production: its account, its tool server, or an entry of its connector. */
export function reachesProduction(detail: Detail, deployment: Deployment): boolean {
  if (detail.type === "aws") return accountOf(deployment, detail.account)?.production === true;
  if (detail.type === "tool")
    return (deployment.toolServers ?? []).some(({ id, production }) => production && id === detail.server);
  const definition = DEFINITIONS.find(({ type }) => type === detail.type);
  // A type that is not known here is refused rather than let through.
  if (definition === undefined) return true;
  const marked = marksOf(definition, deployment).map(globFromIam);
  return (
    marked.length > 0 && definition.reached({ ...detail }).some((name) => marked.some((glob) => matches(glob, name)))
  );
}

/** Lists what is marked as production, as it is named to people: `111122223333`, `postgres:orders`, `secret:prod/*`. */
export const productionOf = (deployment: Deployment): readonly string[] => [
  ...deployment.accounts.filter(({ production }) => production).map(({ id }) => id),
  ...DEFINITIONS.flatMap((definition) => marksOf(definition, deployment).map((name) => `${definition.type}:${name}`)),
  ...(deployment.toolServers ?? []).filter(({ production }) => production).map(({ id }) => `tool:${id}`),
];

/** Lists the names of a connector's marked entries; for a connector without a section, the patterns of marked secrets. */
const marksOf = ({ section }: ConnectorDefinition, deployment: Deployment): readonly string[] =>
  section === null
    ? (deployment.secrets ?? []).filter(({ production }) => production).map(({ name }) => name)
    : marksIn(section, deployment);

const marksIn = <S extends SectionName>(section: SectionDefinition<S>, deployment: Deployment): readonly string[] =>
  entriesOf(section, deployment)
    .filter(({ production }) => production)
    .map((entry) => section.nameOf(entry));
