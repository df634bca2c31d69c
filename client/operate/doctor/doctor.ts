import type { ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { bad, type Finding, ok, skipped, unknown } from "../../doctor/finding.ts";
import { ClientError } from "../../exit-codes.ts";
import { checkoutOf } from "../../files/checkout.ts";
import { findIdentity } from "../../identity/find-identity.ts";
import { readIdentity } from "../../identity/identity-token.ts";
import { goTogether, ownVersion } from "../../own-version.ts";
import { refuseInsideTask } from "../../refuse-inside-task.ts";
import { isForAnother } from "../../task/is-for-another.ts";
import { callService } from "../../task/service.ts";
import { namesPerson } from "../agents/names-person.ts";
import { inspectModels } from "../models/inspect-models.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { type OperatorOptions, parseOperator } from "../operator-options.ts";
import { loadPrinter } from "../print/print.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";
import { hubOutageInWords } from "../tasks/receipts.ts";
import { assumptions } from "./assumptions.ts";
import { inspectDeployment } from "./inspect-deployment.ts";
import { trySignIn } from "./try-sign-in.ts";

type Listed = ReadAnswer<"GET /v1/agents">["agents"][number];

const TIMEOUT_MS = 10_000;
/** Tolerated difference of the clock; issuers and STS tolerate about a minute. */
const CLOCK_SECONDS = 60;

/** Options of the command, beside the common ones. */
const OPTIONS = [
  ...(["config", "policies", "before-deploy", "sign-in", "log"] as const),
  ...(["assumptions", "policy", "yes", "out"] as const),
] as const;

/**
 * Runs `valetkey doctor [--config <file>] [--policies <folder>]`: checks everything between this machine and a key, in a checkout also the deployment,
 * and prints remedies. With `--before-deploy`: checks what a first deployment needs. With `--sign-in`: what an issuer proves of a vote. Exit code 1 where a
 * check fails.
 */
export const doctor: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("doctor", argv, env, [...OPTIONS]);
  const { "before-deploy": isBefore = false, "sign-in": issuer, log: logFolder } = options.option;
  const { config: configFile, policies: policiesDir } = checkoutOf(options.option, env);
  if (options.option.assumptions) {
    refuseInsideTask(env);
    return await assumptions(options, env, report);
  }
  if ((options.option.policy ?? options.option.yes ?? options.option.out) !== undefined)
    throw new ClientError("usage", "usage", "--policy, --yes and --out go with doctor --assumptions");
  if (issuer !== undefined) return await print(await trySignIn(issuer, options, env), options);
  const near = isBefore ? [] : await report.patiently("looking", examine(options, env));
  const far = await inspectDeployment(
    { url: options.url, configFile, policiesDir, isBefore, ...defined({ logFolder }) },
    env,
    (what) => report.note("looking", what),
  );
  return await print([...near, ...far], options);
};

async function print(findings: readonly Finding[], options: OperatorOptions<never>): Promise<number> {
  const isWell = findings.every(({ state }) => state !== "bad");
  (await loadPrinter(options))({ ok: isWell, findings }, () => described(findings));
  return isWell ? 0 : 1;
}

async function examine(options: OperatorOptions<never>, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const service = await examineService(options.url);
  return [
    ...service.findings,
    ...(await examineIdentity(env, options.url, service.audience)),
    ...(await examineOperator(options, env)),
  ];
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
  const {
    issuer,
    audiences,
    valetkey_version: hub,
  } = answer.body as Readonly<Record<string, unknown>> & {
    readonly audiences?: { readonly exchange?: unknown };
  };
  if (answer.status !== 200)
    return {
      audience: undefined,
      findings: [
        bad("service", `answered ${answer.status}`, "the operators find the cause in the exchange function's log"),
      ],
    };
  return {
    audience: typeof audiences?.exchange === "string" ? audiences.exchange : undefined,
    findings: [
      ok("service", `answers in ${Date.now() - before} ms`),
      issuer === url
        ? ok("address", url)
        : bad("address", `calls itself ${String(issuer)}`, "use that as --url, or correct url in valetkey.json"),
      versionFinding(hub),
      clockFinding(answer.dateMs, (before + Date.now()) / 2),
    ],
  };
}

function versionFinding(hub: unknown): Finding {
  const own = ownVersion();
  if (typeof hub !== "string") return unknown("version", `this is ${own}, and the service does not name its own`);
  const found = hub === own ? own : `the service's is ${hub}, this is ${own}`;
  return goTogether(own, hub)
    ? ok("version", found)
    : bad("version", found, `install valetkey ${hub} here, or upgrade the hub; see docs/upgrading.md`);
}

function clockFinding(serviceMs: number | undefined, hereMs: number): Finding {
  if (serviceMs === undefined) return unknown("clock", "the service did not send its time");
  const seconds = Math.round((hereMs - serviceMs) / 1_000);
  const found = `${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} the service`;
  return Math.abs(seconds) <= CLOCK_SECONDS
    ? ok("clock", found)
    : bad("clock", found, "set this machine's clock (NTP): tokens are refused, and credentials look expired");
}

/** Checks the agent's own identity: its source, its subject, and its audience. */
async function examineIdentity(
  env: NodeJS.ProcessEnv,
  url: string,
  named: string | undefined,
): Promise<readonly Finding[]> {
  const audience = env.VALETKEY_AUDIENCE ?? url;
  try {
    const source = findIdentity({}, env);
    const token = await readIdentity(source, audience);
    const { iss, sub, aud, exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const seconds = Math.round(Number(exp) - Date.now() / 1_000);
    return [
      ok("identity", `${source.kind}: ${String(sub)} of ${String(iss)}`),
      !isForAnother(token, audience) && (named === undefined || named === audience)
        ? ok("audience", String(aud))
        : bad(
            "audience",
            String(aud),
            `request a token for the audience ${named ?? audience}, use the service's own address as --url, or set VALETKEY_AUDIENCE`,
          ),
      seconds > 0 ? ok("token", `works for ${seconds} s more`) : bad("token", "has expired", "mint a fresh one"),
      await issuerFinding(String(iss)),
    ];
  } catch (error) {
    return [skipped("identity", error instanceof Error ? error.message : "none", "needed by agents, not by operators")];
  }
}

async function issuerFinding(issuer: string): Promise<Finding> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  if (!URL.canParse(url)) return unknown("issuer", `${issuer} is no address`);
  const answer = await callService({ url, method: "GET", timeoutMs: TIMEOUT_MS });
  // The issuer may be unreachable from this machine and reachable from the service.
  return answer?.status === 200
    ? ok("issuer", "answers")
    : unknown("issuer", "cannot be reached from here", "it has to be reachable from the service");
}

async function examineOperator(options: OperatorOptions<never>, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  try {
    const { api } = await operatorOf(options, env);
    const agents = await api.list("GET /v1/agents", "agents", {});
    return [
      ok("operator", `may list agents; there are ${agents.length}`),
      ...ownersFinding(agents),
      await revocationFinding(api),
      ...(await inspectModels(api, agents)),
    ];
  } catch (error) {
    return [skipped("operator", error instanceof Error ? error.message : "none", "needed by operators, not by agents")];
  }
}

/** Reports whether endings can be written to IAM, as the hub last saw it. */
async function revocationFinding(api: OperatorApi): Promise<Finding> {
  try {
    const { unwritable } = await api.call("GET /v1/panic", {});
    if (unwritable === undefined) return ok("revocation", "IAM has the policies of all task roles");
    return bad("revocation", hubOutageInWords(unwritable), "see docs/runbook.md, An outage of IAM");
  } catch (error) {
    return skipped("revocation", error instanceof Error ? error.message : "unknown", "operators: valetkey:ReadPanic");
  }
}

/** Finds agents in use whose owner names no person. The owner could then be any voter, so one vote alone approves nothing of such an agent. */
function ownersFinding(agents: readonly Listed[]): readonly Finding[] {
  const isUsed = ({ status }: Listed) => status === "active" || status === "suspended";
  const old = agents.filter((agent) => isUsed(agent) && !namesPerson(agent.owner)).map(({ id }) => id);
  if (old.length === 0) return [];
  const listed = `${old.slice(0, MOST_NAMED).join(", ")}${old.length > MOST_NAMED ? `, and ${old.length - MOST_NAMED} more` : ""}`;
  return [
    unknown(
      "owners",
      `${old.length} ${old.length === 1 ? "agent has an owner who names" : "agents have owners who name"} no person: ${listed}`,
      `only requests for two votes or more can be approved for them: \`valetkey apply\` with owner: "issuer|person", and the address as contact`,
    ),
  ];
}

const MOST_NAMED = 5;

/** Formats findings, one row each, with the remedy below each finding that is not ok. */
function described(findings: readonly Finding[]): Shown {
  const rows = findings.map(({ check, state, found }) => [check, state, found]);
  const [headings = "", ...lines] = table(["check", "is", "found"], rows).toString().trimEnd().split("\n");
  const withRemedies = lines.flatMap((line, index) => {
    const { state, mend } = findings[index] ?? {};
    const [before = "", ...after] = state === "bad" ? line.split(" bad ") : [line];
    const row = after.length === 0 ? before : shown`${before} ${coloured("bad", "red")} ${after.join(" bad ")}`;
    return state === "ok" || mend === undefined ? [row] : [row, `  mend: ${mend}`];
  });
  return shown`${joined([headings, ...withRemedies], "\n")}\n`;
}
