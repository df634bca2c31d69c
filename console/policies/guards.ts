import type { Read } from "../../contract/operation.ts";
import type { PolicyList } from "../../contract/policies.ts";

export type DeployedPolicy = Read<PolicyList>["policies"][number];

/** True for a forbid that every deployment has: a guard that valetkey ships, or one that the build adds. */
export const isGuard = ({ id, effect }: Pick<DeployedPolicy, "id" | "effect">): boolean =>
  effect === "forbid" && id.startsWith("guard-");
