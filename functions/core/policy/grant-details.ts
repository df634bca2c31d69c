import type { ActionName, ActionPattern } from "../catalogue/action-name.ts";
import type { AwsDetail, ConnectorDetail, Detail } from "../intent/detail.ts";
import type { DetailReaders } from "../intent/detail-reader.ts";
import type { Permitted } from "./decide.ts";

/** AWS detail, and its permitted pairs. */
export interface GrantedPart {
  readonly detail: AwsDetail;
  readonly permitted: readonly Permitted[];
}

/**
 * Returns details that state exactly the permitted pairs of one AWS detail. A detail grants each of its actions on each
 * resource that the action fits. Actions that were permitted on different resources therefore get separate details.
 */
export function grantedParts(detail: AwsDetail, permitted: readonly Permitted[]): readonly GrantedPart[] {
  const alike = new Map<
    string,
    { readonly actions: ActionPattern[]; readonly resources: string[]; permitted: Permitted[] }
  >();
  // Every pair of an AWS detail has its action from the catalogue.
  for (const [action, own] of Map.groupBy(permitted, ({ pair }) => pair.action as ActionName)) {
    const resources = own.map(({ pair }) => pair.target).sort();
    const known = alike.get(JSON.stringify(resources));
    known?.actions.push(action);
    known?.permitted.push(...own);
    if (!known) alike.set(JSON.stringify(resources), { actions: [action], resources, permitted: [...own] });
  }
  return [...alike.values()].map(({ permitted: own, ...each }) => ({ detail: { ...detail, ...each }, permitted: own }));
}

/** Returns details that state exactly the permitted pairs of a detail of tools or of a connector. */
export function grantedDetails(
  detail: Exclude<Detail, AwsDetail>,
  permitted: readonly Permitted[],
  readers: DetailReaders = {},
): readonly Detail[] {
  if (detail.type !== "tool") return narrowed(detail, permitted, readers);
  const tools = permitted.flatMap(({ pair }) => (pair.kind === "tool" ? [pair.tool] : []));
  return tools.length === 0 ? [] : [{ ...detail, tools }];
}

function narrowed(detail: ConnectorDetail, permitted: readonly Permitted[], readers: DetailReaders): readonly Detail[] {
  const questions = permitted.flatMap(({ pair }) => (pair.kind === "connector" ? [pair.question] : []));
  const details = readers[detail.type]?.narrow(detail, questions) ?? [];
  return details.map((each) => ({ ...each, type: detail.type }));
}
