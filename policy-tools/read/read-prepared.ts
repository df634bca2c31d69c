import type { PreparedPolicy } from "../../functions/core/policy/prepared-policy.ts";
import { parsePolicies, type ReadPolicy } from "./parse-policies.ts";

/** Reads a policy as the build shipped it. Nobody knows its file any more: its id stands for that. @throws {Error} where its text is no policy. */
export function readPrepared(policy: PreparedPolicy): ReadPolicy {
  const { id, text } = policy;
  const [read] = parsePolicies({ name: id, path: id, text });
  if (!read) throw new Error(`the text of ${id} holds no policy`);
  return { ...read, policy };
}
