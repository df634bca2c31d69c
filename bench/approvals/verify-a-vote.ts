import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { DEPLOYMENT, fakeWorld, NOON_MS } from "../../fakes/fake-world.ts";
import { aRecord } from "../../fakes/sample-approval.ts";
import { JoseTokens } from "../../functions/adapters/jose/jose-tokens.ts";
import { recordHash } from "../../functions/core/approvals/approval-record.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { mayApprove } from "../../functions/steps/approvals/authorise-approval.ts";
import { verifyVotes } from "../../functions/steps/approvals/verify-votes.ts";
import { cpuMs } from "../cpu/cpu-time.ts";
import { besideYardstick, yardstick } from "../cpu/yardstick.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile } from "../statistics.ts";

const WARM_UP = 300;
const SAMPLES = 1_500;
const MOST_MS = 2;

/** Algorithms of people's issuers: most sign with RS256. */
const ALGORITHMS = ["ES256", "RS256"] as const;

/**
 * Measures the CPU time of verifying one stored vote: its signature and hash, the person and their group, and Cedar's
 * decision.
 */
export async function verifyAVote({ say }: Run): Promise<readonly Row[]> {
  say(`${WARM_UP + SAMPLES} votes, each with a token of its own, for each of ${ALGORITHMS.join(" and ")}`);
  const measured = await Promise.all(ALGORITHMS.map(async (alg) => ({ alg, verify: await verifierOf(alg) })));
  const figures: Record<string, number> = {};
  const [times, ratios]: [string[], string[]] = [[], []];
  for (const { alg, verify } of measured) {
    for (let index = 0; index < WARM_UP; index += 1) await verify();
    const tookMs: number[] = [];
    const bareMs: number[] = [];
    while (tookMs.length < SAMPLES) {
      bareMs.push(await cpuMs(yardstick));
      tookMs.push(await verify());
    }
    const [p50, p99] = [median(tookMs), percentile(tookMs, 0.99)];
    const ratio = p50 / median(bareMs);
    Object.assign(figures, { [`${alg}P50Ms`]: p50, [`${alg}P99Ms`]: p99, [`${alg}Ratio`]: ratio });
    ratios.push(`${alg}: ${besideYardstick(ratio)}`);
    times.push(`${alg} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
  }
  return [
    {
      name: "own CPU time of verifying one vote",
      measured: times.join("; "),
      target: `p99 <= ${MOST_MS} ms`,
      verdict: verdict(ALGORITHMS.every((alg) => (figures[`${alg}P99Ms`] ?? Number.POSITIVE_INFINITY) <= MOST_MS)),
      notes: [
        "the token's signature by the issuer's cached keys, its nonce, times, person and group, and Cedar's answer on the person; all threads counted",
        ...ratios,
      ],
      figures,
    },
  ];
}

/** Makes a function that verifies a new vote at each call and returns the CPU time. */
async function verifierOf(alg: (typeof ALGORITHMS)[number]): Promise<() => Promise<number>> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const url = "https://staff.test";
  const documents: Readonly<Record<string, unknown>> = {
    [`${url}/.well-known/openid-configuration`]: { issuer: url, jwks_uri: `${url}/jwks` },
    [`${url}/jwks`]: { keys: [{ ...(await exportJWK(publicKey)), kid: "bench", alg, use: "sig" }] },
  };
  const issuers = DEPLOYMENT.issuers.map((issuer) => ({ ...issuer, algorithms: [alg] }));
  const { ports } = fakeWorld({
    deployment: { ...DEPLOYMENT, issuers },
    tokens: new JoseTokens(
      () => NOON_MS,
      async ({ href }) => ({ status: 200, body: Buffer.from(JSON.stringify(documents[href])) }),
    ),
  });
  const now = NOON_MS / 1_000;
  const task = { path: "k7f3m2q9x4ab." as TaskPath, agent: "demo" };
  let count = 0;
  return async () => {
    count += 1;
    // A new person, since the answer about an earlier one would be remembered.
    const person = `${alg}-${count}`;
    const record = aRecord(task, { created_at: now - 60, expires_at: now + 840 });
    const hash = recordHash(record);
    const claims = {
      iss: url,
      sub: person,
      aud: "approvals",
      nonce: hash,
      groups: ["g-sre", "valetkey-approvers"],
    };
    const token = await new SignJWT({ ...claims, iat: now - 10, auth_time: now - 10, exp: now + 290 })
      .setProtectedHeader({ alg, kid: "bench", typ: "JWT" })
      .sign(privateKey);
    const stored = { person: { issuer: "staff", value: person }, token, hashes: [hash] };
    let votes = 0;
    const tookMs = await cpuMs(async () => {
      const verified = await verifyVotes([stored], record, hash, ports);
      const permitted = await Promise.all(verified.votes.map(({ voter }) => mayApprove(voter, { record }, ports)));
      votes = permitted.filter(Boolean).length;
    });
    if (votes !== 1) throw new Error("the benchmark's vote was none");
    return tookMs;
  };
}
