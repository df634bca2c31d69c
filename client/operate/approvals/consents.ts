import { actInWords, type DescribedAct, type OperatorAct } from "../../../contract/decision/act-in-words.ts";
import { hashWords } from "../../../contract/decision/hash-words.ts";
import { actHash } from "../../../contract/decision/record-hash.ts";
import { visibleText } from "../../../contract/decision/visible-text.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import type { Reporter } from "../../reporter.ts";
import { recordOf } from "../../task/fields.ts";
import { readIntent } from "../../task/intent.ts";
import { differentFields } from "../is-same.ts";
import { type Operator, type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { type OperatorOptions, parseOperator, wordOf } from "../operator-options.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";
import { perform } from "./perform.ts";
import { refuseOtherRecord } from "./refuse-other-record.ts";

type Consent = ReadAnswer<"GET /v1/consents/{consent}">;
type Options = OperatorOptions<"intent" | "purpose" | "days" | "person">;

/** Path of the act by which a consent is given. */
const GIVE = "/v1/consents";

/** Runs `valetkey consents [list | show <id> | give <agent> --intent <path> --purpose <text> [--days <n>] | withdraw <id>]`. */
export const consents: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("consents", argv, env, ["intent", "purpose", "days", "person"], 2);
  const [act = "list"] = options.words;
  const run = ACTS[act];
  if (!run) throw usage(`there is no consents ${act}; ${ownCommand()} consents --help lists the acts`);
  const word =
    act === "list" ? "" : wordOf(options, 1, act === "give" ? "to which agent" : "which consent", "consents");
  const giving = act === "give" ? { path: GIVE, body: bodyOf(word, options) } : undefined;
  await run(word, await operatorOf(options, env, report), { options, report, ...(giving ? { giving } : {}) });
  return 0;
};

interface Running {
  readonly options: Options;
  readonly report: Reporter;
  readonly giving?: OperatorAct;
}

const ACTS: Readonly<Record<string, (word: string, operator: Operator, running: Running) => Promise<void>>> = {
  list: async (_, { api, print }, { options, report }) => {
    const { person } = options.option;
    const request = api.call("GET /v1/consents", { query: defined({ person }) });
    const { consents: all } = await report.patiently("waiting for valetkey", request);
    print({ consents: all }, () => (all.length === 0 ? shown`No consent is live.\n` : listing(all)));
  },
  show: async (id, { api, print }, { report }) => {
    const { answer, description, hash, words } = await report.patiently("waiting for valetkey", genuine(id, api));
    print({ ...answer, hash, words }, () => described(answer, description, hash, words));
  },
  give: async (_, { api, print }, { report, giving }) => {
    if (!giving) throw new ClientError("bug", "bug", "a consent without a body");
    const given = await perform({ api, report, act: giving }, () => findGiven(giving, api));
    const own = ownId(await actHash(given.record));
    print(
      given,
      () => shown`Given: consent ${own}, until ${given.expires_at}. ${ownCommand()} consents withdraw ${own}\n`,
    );
  },
  withdraw: async (id, { api, print }, { report }) => {
    const request = api.call("POST /v1/consents/{consent}/withdraw", { parameters: { consent: id } });
    const answer = await report.patiently("withdrawing it", request);
    const { ended } = answer;
    const tasks = ended.length === 0 ? "No live task used it." : `Ended tasks: ${ended.join(", ")}`;
    print(answer, () => shown`Consent ${id} is withdrawn, for good. ${tasks}\n`);
  },
};

/** Makes the body of a consent from the command line. @throws {ClientError} usage */
function bodyOf(agent: string, { option }: Options): OperatorAct["body"] {
  const { intent, purpose, days } = option;
  if (intent === undefined)
    throw usage("--intent is required: the most that the agent may get, as authorization_details");
  if (!purpose?.trim()) throw usage("--purpose is required: the purpose in your own words");
  if (days !== undefined && !/^[1-9]\d?$/.test(days)) throw usage("--days takes a whole number from 1 to 90");
  const lived = days === undefined ? {} : { days: Number(days) };
  return { agent, purpose, authorization_details: readIntent(intent), ...lived };
}

/** Finds the consent that was given by exactly this act. */
async function findGiven({ body }: OperatorAct, api: OperatorApi): Promise<Consent | undefined> {
  const { consents: listed } = await api.call("GET /v1/consents", {});
  return listed.find(({ record }) => differentFields(body, recordOf(recordOf(record.act).body)).length === 0);
}

/** Computes a consent's id, which is the beginning of its hash. */
const ownId = (hash: string): string => Buffer.from(hash, "base64url").toString("hex").slice(0, 32);

/**
 * Reads a consent, and computes its hash and its words from its record alone.
 * @throws {ClientError} refused where the service names another hash, for the record of another consent or another hub, and for a
 * record that this program cannot describe.
 */
async function genuine(id: string, api: OperatorApi) {
  const answer = await api.call("GET /v1/consents/{consent}", { parameters: { consent: id } });
  const hash = await actHash(answer.record);
  if (hash !== answer.hash)
    throw new ClientError(
      "refused",
      "hash_differs",
      "the record does not have the hash that the service names: inform the people who run valetkey",
    );
  const { path, body } = recordOf(answer.record.act);
  const description = path === GIVE ? actInWords({ path: GIVE, body: recordOf(body) }) : undefined;
  if (!description)
    throw new ClientError("refused", "record_unknown", "this program cannot show what was signed: update valetkey");
  refuseOtherRecord(id, ownId(hash), answer.record.hub, api);
  return { answer, description, hash, words: hashWords(hash) };
}

const listing = (all: readonly Consent[]): Shown =>
  joined([
    table(
      ["consent", "person", "agent", "until", "purpose"],
      all.map(({ id, person, agent, expires_at, purpose }) => [id, person, agent, expires_at, purpose]),
    ),
    ...all.flatMap((each) => (each.paused ? [shown`${pauseInWords(each, each.paused)}\n`] : [])),
  ]);

const pauseInWords = (
  { agent, person }: Pick<Consent, "agent" | "person">,
  { until, by }: NonNullable<Consent["paused"]>,
): Shown => shown`A rule of escalation has paused ${agent} for ${person} until ${until} (${by}).`;

/** Describes a consent from its signed record alone, and its status, end and pause as the service reports them. */
const described = (answer: Consent, { title, means, rows }: DescribedAct, hash: string, words: string): Shown =>
  joined(
    [
      visibleText(title),
      visibleText(means),
      ...rows.flatMap(({ name, values }) => [
        `  ${visibleText(name)}`,
        ...values.map(({ text }) => `    ${visibleText(text)}`),
      ]),
      "",
      shown`Given by ${answer.person}; ${answer.status}, until ${answer.expires_at}.`,
      ...(answer.paused ? [pauseInWords(answer, answer.paused)] : []),
      shown`Words: ${coloured(words, "yellow")}`,
      `Hash:  ${hash}`,
      "",
    ],
    "\n",
  );

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
