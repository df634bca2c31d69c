import { ClientError, type Denial } from "../exit-codes.ts";
import { childEnv, OF_ENDPOINTS } from "../process/child-env.ts";
import { shellQuoted } from "../shell-quoting.ts";
import { allowInstead } from "../task/instead.ts";
import { intentOf } from "../task/intent.ts";
import { type Access, type Accesses, MOST } from "./accesses.ts";
import { answer, failed, plain, plainDenial, refusal, type ToolAnswer } from "./answers.ts";
import { type Program, runProgram } from "./run-program.ts";

/** Settings of the person who started the server. */
export interface ToolSettings {
  readonly account: string | undefined;
  readonly programs: readonly Program[];
  /** Registered ids of the agents to which the model may delegate. */
  readonly delegatesTo: readonly string[];
  readonly folder: string;
  readonly timeoutMs: number;
  readonly env: NodeJS.ProcessEnv;
}

type Arguments = Readonly<Record<string, unknown>>;
type Tool = (given: Arguments, signal: AbortSignal) => Promise<ToolAnswer>;

/** Largest number of denials that `what_may_i` remembers, and of programs that run at a time. */
const [REMEMBERED, RUNNING] = [20, 4];

/** Makes the tools of a server. Checks each argument, since arguments come from a model, and the host may not apply the schema. */
export function toolsOver(accesses: Accesses, settings: ToolSettings): Readonly<Record<string, Tool>> {
  const denied: Denial[] = [];
  let running = 0;

  const requestAccess: Tool = async (given, signal) => {
    const { full } = accesses;
    if (full === "busy")
      return failed({ status: "busy" }, "Other requests are being decided. Wait for their answers, then ask again.");
    if (full === "too_many")
      return failed({ status: "too_many" }, `${MOST.alive} accesses are alive. End one with end_access first.`);
    let details: ReturnType<typeof intentOf> = [];
    try {
      const { purpose, allow, account = settings.account, ttlSeconds, mode } = requestIn(given);
      details = intentOf({ allow, tool: [], account });
      return granted(await accesses.open({ purpose, details, ttlSeconds, mode }, signal), settings.env);
    } catch (error) {
      if (!(error instanceof ClientError)) return refusal(error, undefined);
      denied.unshift(...error.denials);
      denied.splice(REMEMBERED);
      const instead = allowInstead({ details }, error.denials, error.covered);
      const { purpose, account, minutes } = given;
      return refusal(
        error,
        instead && { purpose, ...(account ? { account } : {}), ...(minutes ? { minutes } : {}), ...instead },
      );
    }
  };

  const accessStatus: Tool = async ({ access: name }) => {
    const found = name === undefined ? accesses.alive : [accesses.find(name)].filter((each) => each !== undefined);
    const list = await Promise.all(
      found.map(async (each) => ({ ...facts(each), status: await accesses.statusOf(each) })),
    );
    const lines = list.map(({ access, status, expires_at }) => `${access}: ${status}, until ${expires_at}`);
    return answer({ accesses: list }, lines.join("\n") || "No such access is alive. Ask with request_access.");
  };

  const whatMayI: Tool = async () => {
    const list = accesses.alive.map((each) => ({ ...facts(each), granted: each.details }));
    const lines = [
      ...list.map(({ access, granted }) => `${access}: ${plain(JSON.stringify(granted), 2_000)}`),
      ...denied
        .map(plainDenial)
        .map(({ action, target, hint }) => `Denied before: ${action} on ${target}. ${hint ?? ""}`),
      "To learn what else policy permits, call request_access: a denial says what to ask for instead.",
    ];
    return answer({ accesses: list, denied: denied.map(plainDenial) }, lines.join("\n"));
  };

  const endAccess: Tool = async ({ access: name, outcome = "success" }) => {
    if (outcome !== "success" && outcome !== "failure")
      return failed({ status: "invalid" }, "outcome takes success or failure. Nothing was ended.");
    const access = accesses.find(name);
    if (!access) {
      if (accesses.hasEnded(name)) return answer({ status: "ended" }, "This access has ended before.");
      const alive = accesses.alive.map((each) => each.name);
      return failed(
        { status: "no_access", alive },
        alive.length === 0
          ? "No access has this name, and none is alive."
          : `No access has this name, so nothing was ended. Alive: ${alive.join(", ")}`,
      );
    }
    if (await accesses.end(access, { outcome, detail: "end_access" }))
      return answer({ status: "ended" }, `${access.name} has ended: its keys stop working.`);
    const until = new Date(access.task.expiresAtMs).toISOString();
    return failed(
      { status: "not_ended", expires_at: until },
      `The task could not be ended; its keys work until ${until} at the latest. Tell your user.`,
    );
  };

  const runWithAccess: Tool = async ({ access: name, program, args = [] }, signal) => {
    const [access, found] = [accesses.find(name), settings.programs.find((each) => each.name === program)];
    if (!access) return failed({ status: "no_access" }, "No such access is alive. Ask with request_access first.");
    if (!found)
      return failed({ status: "not_allowed" }, `Allowed: ${settings.programs.map((each) => each.name).join(", ")}`);
    if (!isTexts(args, 64, 4_096)) return failed({ status: "invalid" }, "args takes at most 64 texts.");
    if (running >= RUNNING) return failed({ status: "busy" }, "Other programs are running. Wait for their answers.");
    running += 1;
    try {
      const { folder, timeoutMs } = settings;
      // Includes secrets of the other accesses, whose files a program can read too.
      const secrets = () => [access, ...accesses.alive].flatMap((each) => [...each.secrets]);
      const { task, endpoint, signing } = access;
      const env = childEnv(settings.env, { ...task, issued: [] }, endpoint, signing?.variables);
      const {
        exit,
        output,
        isCut,
        isTimedOut,
        signal: by,
      } = await runProgram(found, args, { folder, env, timeoutMs, signal, secrets });
      const end = isTimedOut ? "timed out" : by ? `ended by ${by}` : `exit ${exit}`;
      const result = { status: isTimedOut ? "timed_out" : "ran", exit, ...(isCut ? { cut: true } : {}), output };
      return (exit === 0 ? answer : failed)(result, `${end}\n${output}`);
    } catch (error) {
      return refusal(error, undefined);
    } finally {
      running -= 1;
    }
  };

  const delegateAccess: Tool = async ({ access: name, to, allow, account = settings.account, minutes }) => {
    const access = accesses.find(name);
    if (!access) return failed({ status: "no_access" }, "No such access is alive. Ask with request_access first.");
    const agent = settings.delegatesTo.find((each) => each === to);
    if (!agent) return failed({ status: "not_allowed" }, `Allowed: ${settings.delegatesTo.join(", ")}`);
    try {
      const given = requestIn({ purpose: access.purpose, allow, account, minutes });
      const intent = intentOf({ allow: given.allow, tool: [], account: given.account });
      const { file, expiresAt } = await accesses.delegate(access, { agent, intent, ttlSeconds: given.ttlSeconds });
      return answer(
        { status: "delegated", to: agent, file, expires_at: expiresAt },
        `${agent} can open one task with ${file} until ${expiresAt}: start it with VALETKEY_DELEGATION_FILE=${shellQuoted(file, "sh")}. Do not read the file.`,
      );
    } catch (error) {
      return refusal(error, undefined);
    }
  };

  return {
    request_access: requestAccess,
    access_status: accessStatus,
    what_may_i: whatMayI,
    end_access: endAccess,
    ...(settings.programs.length === 0 ? {} : { run_with_access: runWithAccess }),
    ...(settings.delegatesTo.length === 0 ? {} : { delegate_access: delegateAccess }),
  };
}

/** Checks the arguments of `request_access`. @throws {ClientError} usage */
function requestIn({ purpose, allow, account, minutes, accept_less: acceptLess }: Arguments) {
  if (typeof purpose !== "string" || purpose.trim() === "" || [...purpose].length > 256 || /\p{C}/u.test(purpose))
    throw usage("purpose takes 1 to 256 characters, none of them control characters");
  if (!isTexts(allow, 20, 4_096) || allow.length === 0)
    throw usage("allow takes 1 to 20 texts such as s3:GetObject=arn:aws:s3:::acme-data/*");
  if (account !== undefined && typeof account !== "string") throw usage("account takes 12 digits");
  if (
    minutes !== undefined &&
    !(typeof minutes === "number" && Number.isInteger(minutes) && minutes >= 1 && minutes <= 720)
  )
    throw usage("minutes takes a whole number from 1 to 720");
  if (acceptLess !== undefined && typeof acceptLess !== "boolean") throw usage("accept_less takes true or false");
  const mode: "all" | "narrow" = acceptLess ? "narrow" : "all";
  return { purpose, allow, account, ttlSeconds: minutes === undefined ? undefined : minutes * 60, mode };
}

const isTexts = (value: unknown, most: number, longest: number): value is string[] =>
  Array.isArray(value) &&
  value.length <= most &&
  value.every((each) => typeof each === "string" && each.length <= longest && !each.includes("\0"));

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);

const facts = ({ name, purpose, profiles, task }: Access) => ({
  access: name,
  purpose,
  profiles: profiles.profiles,
  expires_at: new Date(task.expiresAtMs).toISOString(),
});

/** Variables that win over a profile in most SDKs. */
const WINS = ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"];

function granted(access: Access, env: NodeJS.ProcessEnv): ToolAnswer {
  const { configFile } = access.profiles;
  const known = facts(access);
  const isInTheWay = (name: string) => WINS.includes(name) || (access.signing && OF_ENDPOINTS.test(name));
  const unset = Object.keys(env).filter((name) => env[name] && isInTheWay(name));
  const use = `${unset.map((name) => `env -u ${name} `).join("")}AWS_CONFIG_FILE=${shellQuoted(configFile, "sh")} AWS_PROFILE=${access.name}`;
  return answer(
    {
      status: "granted",
      ...known,
      environment: { AWS_CONFIG_FILE: configFile, AWS_PROFILE: access.name },
      ...(unset.length > 0 ? { unset } : {}),
    },
    `Granted until ${known.expires_at}. Run your command in your shell with the profile ${access.name}:\n${use} aws ...\nCall end_access with ${access.name} when the work is done.`,
  );
}
