import { readBundle } from "../policy-tools/bundle.ts";
import { approvalProblems } from "../policy-tools/check/approvals.ts";
import { Problem } from "../policy-tools/problem.ts";
import { neededBy } from "../policy-tools/read/approval-faults.ts";
import type { Finding as PolicyFinding } from "../policy-tools/read/finding.ts";
import type { KnownGroup } from "../policy-tools/read/known-config.ts";
import { bad, type Finding, ok, unknown } from "./finding.ts";
import type { Inspected } from "./inspected.ts";

const CHECK = "approvers";

/**
 * Checks whether distinct people can give the votes that the policies ask for, with one person to spare. Exact for groups that list `persons`; the
 * people of any other group are known to its issuer alone.
 */
export function inspectApprovers({
  policiesDir,
  configFile,
}: Pick<Inspected, "policiesDir" | "configFile">): readonly Finding[] {
  try {
    const { policies, people, faults } = readBundle(policiesDir, [], configFile);
    const asked = new Map<string, number>();
    for (const { group, count } of policies.flatMap(neededBy)) asked.set(group, Math.max(count, asked.get(group) ?? 0));
    if (asked.size === 0) return [];
    const wrong = faults.filter(({ code }) => code === "unknown_group" || code === "unfillable_approval");
    const weak = approvalProblems(policies, people).filter(({ level }) => level === "warning");
    const found = [...wrong, ...weak].map(toldOf);
    const unseen = (people?.approvers ?? []).flatMap((group) => onUnseen(group, asked.get(group.name)));
    return found.length + unseen.length === 0
      ? [ok(CHECK, "people enough for every vote that policies ask for, and one to spare")]
      : [...found, ...unseen];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [bad(CHECK, error.message, `valetkey policy check ${policiesDir}`)];
  }
}

const toldOf = ({ message, policy }: PolicyFinding): Finding =>
  bad(CHECK, `policy ${policy}: ${message}`, "change approvers in valetkey.json, or the policy");

/** Tells what nobody here can know of a group by claim: an issuer tells of one person at a time, in that person's own token. */
function onUnseen({ name, issuer, members }: KnownGroup, count: number | undefined): readonly Finding[] {
  if (count === undefined || "persons" in members) return [];
  return [
    unknown(
      CHECK,
      `policies ask ${count} ${count === 1 ? "vote" : "votes"} of ${name}, and ${issuer} alone knows how many people have ${members.claim} ${JSON.stringify(members.value)}`,
      `see there that they are ${count + 1} at least: one may be away, own the agent, or have shaped it`,
    ),
  ];
}
