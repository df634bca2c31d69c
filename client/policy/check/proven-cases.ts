import { join } from "node:path";
import type { Deciding } from "../../../functions/policy/bundle.ts";
import { isProven, type ProvenSession } from "../../../functions/policy/prove-sessions.ts";
import { type Finding, finding } from "../../../functions/policy/read/finding.ts";
import { proveCase } from "../cases/prove-case.ts";
import { type Case, casesIn } from "../cases/read-cases.ts";
import { proofSentence } from "../prove/proof-text.ts";

/** Proofs of the session policies of a folder's cases: the number of proven ones, and a finding for each other one. */
export interface ProvenCases {
  readonly proven: number;
  readonly findings: readonly Finding[];
}

/**
 * Proves each session policy of the folder's cases, as the exchange does before it issues one. There are none where the policies cannot decide, which
 * other findings report.
 * @throws {Problem} where a file of cases cannot be read.
 */
export async function provenCases(folder: string, deciding: Deciding | undefined): Promise<ProvenCases> {
  const sessions: { readonly of: Case; readonly session: ProvenSession }[] = [];
  for (const each of casesIn(folder, deciding?.conditions)) {
    const proofs = deciding === undefined ? [] : (await proveCase(each, deciding)).proofs;
    sessions.push(...proofs.map((session) => ({ of: each, session })));
  }
  const unproven = sessions.filter(({ session }) => !isProven(session));
  return {
    proven: sessions.length - unproven.length,
    findings: unproven.map(({ of: { file, line, column, title }, session }) =>
      finding("not_proven", { file: join(folder, file), line, column }, `"${title}": ${proofSentence(session)}`),
    ),
  };
}
