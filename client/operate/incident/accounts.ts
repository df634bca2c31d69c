import { accountInWords } from "../../../contract/decision/account-names.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { ClientError } from "../../exit-codes.ts";
import { checkoutOf } from "../../files/checkout.ts";
import { isAccount } from "../../task/fields.ts";
import { perform } from "../approvals/perform.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator, wordOf } from "../operator-options.ts";
import { type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";
import { lockBeside, noteRetired, retire } from "./retire.ts";

type Account = ReadAnswer<"POST /v1/accounts/{account}/halt">;

/**
 * Runs `valetkey accounts [list | halt <id> --reason <text> --yes | retire <id> --reason <text> --yes | lift <id> --yes]`: lists the target accounts, halts
 * one, retires one that leaves (which ends every task with a key there), or lifts a halt.
 * @throws {ClientError} later where something of a retiring account may be alive.
 */
export const accounts: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("accounts", argv, env, ["reason", "yes", "config"], 2);
  const [verb = "list"] = options.words;
  const { reason = "", yes, config } = options.option;
  if (!["list", "halt", "retire", "lift"].includes(verb))
    throw usage(`accounts takes list, halt, retire or lift, not ${verb}`);
  if (verb === "list" && options.words.length > 1) throw usage("list takes no account");
  if (reason !== "" && !halts(verb)) throw usage("--reason goes with accounts halt and retire");
  if (yes && verb === "list") throw usage("--yes goes with accounts halt, retire and lift");
  if (verb === "list") {
    const { api, print } = await operatorOf(options, env, report);
    const listed = await report.patiently("listing accounts", listedBy(api));
    print({ accounts: listed }, () => listTable(listed));
    return 0;
  }
  const id = idOf(wordOf(options, 1, "which account", "accounts"));
  if (halts(verb) && reason === "") throw usage("--reason is required: everybody who lists the accounts reads it");
  if (!yes) throw usage(CONFIRM[verb as keyof typeof CONFIRM](id));
  const { api, print } = await operatorOf(options, env, report);
  if (verb === "retire")
    return retire(id, reason, { lock: lockBeside(checkoutOf({ config }, env).config), api, print, report });
  const request =
    verb === "halt"
      ? api.call("POST /v1/accounts/{account}/halt", { parameters: { account: id }, body: { reason } })
      : perform({ api, report, act: { path: `/v1/accounts/${id}/lift`, body: {} } }, async () => {
          const state = (await listedBy(api)).find(({ account }) => account === id);
          return state?.halted === false ? state : undefined;
        });
  const state = await report.patiently("waiting for valetkey", request);
  print(state, () => described(state));
  if (verb === "lift") noteRetired(lockBeside(checkoutOf({ config }, env).config), id, undefined);
  return 0;
};

const halts = (verb: string): boolean => verb === "halt" || verb === "retire";

const CONFIRM = {
  halt: (id: string) => `give --yes: no agent gets a key in ${id}, and no task there renews one`,
  retire: (id: string) => `give --yes: every task with a key in ${id} ends, and no agent gets one there`,
  lift: (id: string) => `give --yes: agents are served again in ${id}`,
} as const;

const listedBy = async (api: OperatorApi): Promise<readonly Account[]> =>
  (await api.call("GET /v1/accounts", {})).accounts;

function idOf(text: string): string {
  if (!isAccount(text)) throw usage("an account's id has 12 digits");
  return text;
}

const named = ({ account, name }: Account): string =>
  accountInWords(account, name === undefined ? {} : { [account]: name });

const listTable = (listed: readonly Account[]): Shown =>
  table(
    ["account", "region", "is", "since", "by", "reason"],
    listed.map((each) => [named(each), each.region, wordFor(each), sinceOf(each), byOf(each), each.reason]),
  );

const wordFor = ({ halted, retired, retires }: Account): string =>
  halted === true ? (retires ? "retiring" : "halted") : retired ? "retired" : "served";
const sinceOf = ({ halted_at: halted, lifted_at: lifted }: Account): unknown => halted ?? lifted;
const byOf = ({ halted_by: halted, lifted_by: lifted }: Account): unknown => halted ?? lifted;

/** Formats an account's state. Removes control characters, which a terminal would obey, from the service's text. */
function described(state: Account): Shown {
  const { account, halted, reason } = state;
  const by = byOf(state) === undefined ? "" : ` (${byOf(state)}, ${sinceOf(state)})`;
  const text =
    halted === true ? `${account} is halted${by}: ${reason ?? "no reason was given"}` : `${account} is served${by}`;
  return shown`${coloured(text, halted === true ? "red" : "green")}.\n`;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
