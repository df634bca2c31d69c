import { findIdentity } from "../identity/find-identity.ts";
import { identityToken } from "../identity/identity-token.ts";
import { callService } from "../service.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import { type OperatorOptions, parseOperator } from "./operator-options.ts";
import { coloured, table } from "./table.ts";

/** What was looked at, how it is, and what mends it. */
interface Finding {
  readonly check: string;
  readonly state: "ok" | "bad" | "unknown";
  readonly found: string;
  readonly mend?: string;
}

const TIMEOUT_MS = 10_000;
/** Issuers and STS forgive about a minute. */
const CLOCK_SECONDS = 60;

/** `valetkey doctor`: looks at everything between this machine and a key, and says how to mend what is wrong. Exit code 1 where something is. */
export const doctor: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("doctor", argv, env);
  const findings = await report.patiently("looking", examine(options, env));
  const isWell = findings.every(({ state }) => state !== "bad");
  if (options.isJson) process.stdout.write(`${JSON.stringify({ ok: isWell, findings })}\n`);
  else process.stdout.write(described(findings));
  return isWell ? 0 : 1;
};

async function examine(options: OperatorOptions<never>, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const service = await examineService(options.url);
  return [...service.findings, ...(await examineIdentity(env, service.audience)), await examineOperator(options, env)];
}

async function examineService(url: string) {
  const before = Date.now();
  const answer = await callService({
    url: `${url}/.well-known/oauth-authorization-server`,
    method: "GET",
    timeoutMs: TIMEOUT_MS,
  });
  if (answer === undefined)
    return {
      audience: undefined,
      findings: [bad("service", "cannot be reached", `check --url, DNS, proxies and firewalls: ${url}`)],
    };
  const { issuer, audiences } = answer.body as { issuer?: unknown; audiences?: { exchange?: unknown } };
  if (answer.status !== 200)
    return {
      audience: undefined,
      findings: [bad("service", `answered ${answer.status}`, "the operators look at the exchange function's log")],
    };
  return {
    audience: typeof audiences?.exchange === "string" ? audiences.exchange : undefined,
    findings: [
      ok("service", `answers in ${Date.now() - before} ms`),
      issuer === url
        ? ok("address", url)
        : bad("address", `calls itself ${String(issuer)}`, "use that as --url, or correct url in valetkey.json"),
      clockFinding(answer.dateMs, (before + Date.now()) / 2),
    ],
  };
}

function clockFinding(serviceMs: number | undefined, hereMs: number): Finding {
  if (serviceMs === undefined) return { check: "clock", state: "unknown", found: "the service did not say its time" };
  const seconds = Math.round((hereMs - serviceMs) / 1_000);
  const found = `${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} the service`;
  return Math.abs(seconds) <= CLOCK_SECONDS
    ? ok("clock", found)
    : bad("clock", found, "set this machine's clock (NTP): tokens are refused, and credentials look expired");
}

/** The agent's own identity: where it comes from, whose it is, and whether it is for this service. */
async function examineIdentity(env: NodeJS.ProcessEnv, audience: string | undefined): Promise<readonly Finding[]> {
  try {
    const source = findIdentity({}, env);
    const token = await identityToken(source, env.VALETKEY_AUDIENCE ?? audience ?? "");
    const { iss, sub, aud, exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const isForUs = audience === undefined || [aud].flat().includes(audience);
    const seconds = Math.round(Number(exp) - Date.now() / 1_000);
    return [
      ok("identity", `${source.kind}: ${String(sub)} of ${String(iss)}`),
      isForUs
        ? ok("audience", String(aud))
        : bad("audience", String(aud), `ask the issuer for the audience ${audience}, or set VALETKEY_AUDIENCE`),
      seconds > 0 ? ok("token", `works for ${seconds} s more`) : bad("token", "has expired", "mint a fresh one"),
      await issuerFinding(String(iss)),
    ];
  } catch (error) {
    return [
      {
        check: "identity",
        state: "unknown",
        found: error instanceof Error ? error.message : "none",
        mend: "needed by agents, not by operators",
      },
    ];
  }
}

async function issuerFinding(issuer: string): Promise<Finding> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  if (!URL.canParse(url)) return { check: "issuer", state: "unknown", found: `${issuer} is no address` };
  const answer = await callService({ url, method: "GET", timeoutMs: TIMEOUT_MS });
  // From here it may well be out of reach and from the service not.
  return answer?.status === 200
    ? ok("issuer", "answers")
    : {
        check: "issuer",
        state: "unknown",
        found: "cannot be reached from here",
        mend: "it has to be reachable from the service",
      };
}

async function examineOperator(options: OperatorOptions<never>, env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const { api } = await operatorOf(options, env);
    const agents = await api.all("/v1/agents", "agents");
    return ok("operator", `may list agents; there are ${agents.length}`);
  } catch (error) {
    return {
      check: "operator",
      state: "unknown",
      found: error instanceof Error ? error.message : "none",
      mend: "needed by operators, not by agents",
    };
  }
}

const ok = (check: string, found: string): Finding => ({ check, state: "ok", found });
const bad = (check: string, found: string, mend: string): Finding => ({ check, state: "bad", found, mend });

function described(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, state, found, mend }) => [check, state, found, state === "ok" ? "" : mend]);
  const text = table(["check", "is", "found", "mend"], rows);
  return text.replace(/ bad /g, ` ${coloured("bad", "red")} `);
}
