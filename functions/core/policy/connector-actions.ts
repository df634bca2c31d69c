/** Actions that are no action of AWS: what they are done to, and the groups that policies may name. */
export const CONNECTOR_ACTIONS = {
  "secret:Read": { resource: "Secret", groups: [] },
  "postgres:Select": { resource: "Table", groups: ["postgres:Read"] },
  "postgres:Insert": { resource: "Table", groups: ["postgres:Write"] },
  "postgres:Update": { resource: "Table", groups: ["postgres:Write"] },
  "postgres:Delete": { resource: "Table", groups: ["postgres:Write"] },
} as const satisfies Record<string, { readonly resource: string; readonly groups: readonly string[] }>;

export type ConnectorAction = keyof typeof CONNECTOR_ACTIONS;
