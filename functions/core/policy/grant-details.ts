import type { Connectors } from "../connectors/connector.ts";
import type { AwsDetail, ConnectorDetail, Detail } from "../intent/detail.ts";
import type { Permitted } from "./decide.ts";

/**
 * Makes the details that state exactly the permitted pairs of one detail. A detail grants each of its actions on each resource that the action
 * fits, so actions that were permitted on different resources get details of their own.
 * @param index of the detail in the intent: the lease that its parts share.
 */
export function grantedDetails(
  detail: Detail,
  index: number,
  permitted: readonly Permitted[],
  connectors: Connectors = {},
): readonly Detail[] {
  if (detail.type === "tool") {
    const tools = permitted.flatMap(({ pair }) => (pair.kind === "tool" ? [pair.tool] : []));
    return tools.length === 0 ? [] : [{ ...detail, tools }];
  }
  if (detail.type !== "aws") return narrowed(detail, permitted, connectors);
  const byAction = Map.groupBy(permitted, ({ pair }) => pair.action);
  const alike = new Map<string, { readonly actions: string[]; readonly resources: readonly string[] }>();
  for (const [action, own] of byAction) {
    const resources = own.map(({ pair }) => pair.target).sort();
    const known = alike.get(JSON.stringify(resources));
    if (known) known.actions.push(action);
    else alike.set(JSON.stringify(resources), { actions: [action], resources });
  }
  return [...alike.values()].map((each): AwsDetail => ({ ...detail, ...each, lease: index }));
}

function narrowed(detail: ConnectorDetail, permitted: readonly Permitted[], connectors: Connectors): readonly Detail[] {
  const questions = permitted.flatMap(({ pair }) => (pair.kind === "connector" ? [pair.question] : []));
  const details = connectors[detail.type]?.narrow(detail, questions) ?? [];
  return details.map((each) => ({ ...each, type: detail.type }));
}
