import { useLayoutEffect, useRef } from "preact/hooks";
import type { TargetAccount } from "../../contract/accounts.ts";
import { accountInWords } from "../../contract/decision/account-names.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import type { Read } from "../../contract/operation.ts";
import { EMPTY_LINE, type Line, MOST_LINES } from "./ceiling.ts";

interface CeilingLinesProps {
  readonly lines: readonly Line[];
  readonly change: (lines: readonly Line[]) => void;
  /** Target accounts to choose from; undefined where the person may not read them. */
  readonly accounts: readonly Pick<Read<TargetAccount>, "account" | "name">[] | undefined;
}

/** Lines of a ceiling: each has an account with actions and resources, or a server with tools. */
export function CeilingLines({ lines, change, accounts }: CeilingLinesProps) {
  const wanted = useRef<string | undefined>(undefined);
  // The focus goes to a new line, and to the button below where a line is gone.
  useLayoutEffect(() => {
    if (wanted.current !== undefined) document.getElementById(wanted.current)?.focus();
    wanted.current = undefined;
  }, [lines.length]);
  const add = (): void => {
    wanted.current = `give-${lines.length}-kind`;
    change([...lines, EMPTY_LINE]);
  };
  const remove = (nth: number): void => {
    wanted.current = "give-add";
    change(lines.filter((_, index) => index !== nth));
  };
  return (
    <>
      {lines.map((line, nth) => (
        <fieldset class="ceiling-line whole-row">
          <legend>Line {nth + 1}</legend>
          <LineFields
            line={line}
            id={`give-${nth}`}
            accounts={accounts}
            change={(changed) => change(lines.map((each, index) => (index === nth ? changed : each)))}
          />
          {lines.length > 1 && (
            <button type="button" onClick={() => remove(nth)}>
              Remove line {nth + 1}
            </button>
          )}
        </fieldset>
      ))}
      <p class="whole-row">
        <button type="button" id="give-add" onClick={add} disabled={lines.length >= MOST_LINES}>
          Add another line
        </button>
      </p>
    </>
  );
}

interface LineFieldsProps extends Pick<CeilingLinesProps, "accounts"> {
  readonly line: Line;
  readonly id: string;
  readonly change: (line: Line) => void;
}

function LineFields({ line, id, accounts, change }: LineFieldsProps) {
  const field = (name: keyof Line, label: string, hint: string, isLong = false) => {
    const of = {
      id: `${id}-${name}`,
      value: line[name],
      placeholder: hint,
      spellcheck: false,
      autocomplete: "off" as const,
      onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
        change({ ...line, [name]: event.currentTarget.value }),
    };
    return (
      <p class={isLong ? "field whole-row" : "field"}>
        <label for={of.id}>{label}</label>
        {isLong ? <textarea rows={2} {...of} /> : <input {...of} />}
      </p>
    );
  };
  return (
    <>
      <p class="field">
        <label for={`${id}-kind`}>Kind</label>
        <select
          id={`${id}-kind`}
          value={line.kind}
          onChange={({ currentTarget }) => change({ ...line, kind: currentTarget.value === "tool" ? "tool" : "aws" })}
        >
          <option value="aws">Calls to AWS</option>
          <option value="tool">Tools of a server</option>
        </select>
      </p>
      {line.kind === "tool" ? (
        <>
          {field("server", "Tool server", "tickets")}
          {field("tools", "Tools", "search, read", true)}
        </>
      ) : (
        <>
          {accounts === undefined ? (
            field("account", "Account", "111122223333")
          ) : (
            <AccountChoice id={`${id}-account`} line={line} accounts={accounts} change={change} />
          )}
          {field("actions", "Actions", "s3:GetObject, s3:ListBucket", true)}
          {field("resources", "Resources, by ARN", "arn:aws:s3:::acme-data/reports/*", true)}
        </>
      )}
    </>
  );
}

/** Choice among the target accounts. An account that is typed already stays in the choice. */
function AccountChoice({
  id,
  line,
  accounts,
  change,
}: LineFieldsProps & { readonly accounts: NonNullable<CeilingLinesProps["accounts"]> }) {
  const isOther = line.account !== "" && accounts.every(({ account }) => account !== line.account);
  return (
    <p class="field">
      <label for={id}>Account</label>
      <select
        id={id}
        value={line.account}
        onChange={({ currentTarget }) => change({ ...line, account: currentTarget.value })}
      >
        <option value="">Choose an account</option>
        {isOther && <option value={line.account}>{visibleText(line.account)}</option>}
        {accounts.map(({ account, name }) => (
          <option key={account} value={account}>
            {visibleText(accountInWords(account, name === undefined ? {} : { [account]: name }))}
          </option>
        ))}
      </select>
    </p>
  );
}
