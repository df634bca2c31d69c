import { rootPath } from "../../../functions/core/task-path.ts";
import { DEPLOYMENT, type FakeWorld } from "../../fakes/world/world.ts";
import { cedarOf } from "../../unit/core/cedar-of.ts";

/** Deployment that keeps two labels apart. */
export const KEPT_APART = {
  ...DEPLOYMENT,
  conflicts: [{ a: "payroll", b: "egress", scope: "agent", windowSeconds: 3_600 }],
} as const;

/** Permits everything, AWS with one of the labels. */
export const LABELLED = cedarOf([
  '@id("b") @label("payroll") permit (principal, action, resource is AWS::Resource);',
  "permit (principal, action, resource) unless { resource is AWS::Resource };",
]);

/** Records that a key of the agent `demo` holds the other label for ten minutes. */
export function holdOther({ ports: { holds, clock } }: FakeWorld): void {
  const fenceAt = Math.floor(clock.nowMs() / 1_000) + 600;
  holds.held.push({ scope: "agent", holder: "demo", label: "egress", fenceAt, task: rootPath(new Uint8Array(32)) });
}
