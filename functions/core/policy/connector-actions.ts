/** Actions that are no action of AWS: what they are done to, and the groups that policies may name. */
export const CONNECTOR_ACTIONS = {
  "secret:Read": { resource: "Secret", groups: [] },
  "postgres:Select": { resource: "Table", groups: ["postgres:Read"] },
  "postgres:Insert": { resource: "Table", groups: ["postgres:Write"] },
  "postgres:Update": { resource: "Table", groups: ["postgres:Write"] },
  "postgres:Delete": { resource: "Table", groups: ["postgres:Write"] },
  "oauth:Use": { resource: "Scope", groups: [] },
  "github:Read": { resource: "RepositoryPermission", groups: [] },
  "github:Write": { resource: "RepositoryPermission", groups: [] },
  "github:Admin": { resource: "RepositoryPermission", groups: [] },
} as const satisfies Record<string, { readonly resource: string; readonly groups: readonly string[] }>;

export type ConnectorAction = keyof typeof CONNECTOR_ACTIONS;
