import type { Connectors } from "../connectors/connector.ts";
import type { AwsDetail, ConnectorDetail, Detail } from "../intent/detail.ts";
import type { Permitted } from "./decide.ts";

/**
 * The details that say exactly what was permitted of one detail, and no pair more.
 * One detail grants each of its actions on each of its resources that it fits, so actions that were permitted on different resources stand apart.
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
