import type { EscalationRow, FoundEscalation, UnlistedEscalations } from "../../contract/escalations.ts";
import type { Read } from "../../contract/operation.ts";
import { Fact, Facts } from "../parts/facts.tsx";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";
import { doneInWords, evidenceOf } from "./in-words.ts";

/** Escalations, the latest first: the rule, the agent or account, what was done, and the evidence to be opened. */
export const EscalationRows = ({ rows }: { readonly rows: readonly Read<EscalationRow>[] }) => (
  <ol class="findings" aria-label="Escalations, the latest first">
    {rows.map((row) =>
      "unlisted" in row ? (
        <Unlisted key={`${row.until} ${row.rule} ${row.agent ?? row.account}`} row={row} />
      ) : (
        <Found key={row.event} row={row} />
      ),
    )}
  </ol>
);

const Found = ({ row }: { readonly row: Read<FoundEscalation> }) => {
  const { rule, says, agent, task, account, at, found_at: foundAt } = row;
  return (
    <li class="no">
      <p class="finding-head">
        <Instant at={foundAt} />
        <strong>{rule}</strong>
        {agent === undefined ? (
          <span>the account {account}</span>
        ) : (
          <Link to={`/agents/${agent}`}>
            <Text of={agent} />
          </Link>
        )}
        {task !== undefined && (
          <Link to={`/tasks/${task}`}>
            <code>{task}</code>
          </Link>
        )}
      </p>
      <p>{says}</p>
      <p class="finding-facts">
        {row.action !== undefined && (
          <span>
            <span class="muted">call</span> <Text of={row.action} />
          </span>
        )}
        <span>
          <span class="muted">done</span> {doneInWords(row)}
        </span>
      </p>
      <details>
        <summary>Evidence</summary>
        <Facts>
          <Fact name="Happened">
            <Instant at={at} />
          </Fact>
          {account !== undefined && <Fact name="Account">{account}</Fact>}
          {evidenceOf(row).map(([name, text]) => (
            <Fact key={name} name={name}>
              <code>
                <Text of={text} />
              </code>
            </Fact>
          ))}
        </Facts>
      </details>
    </li>
  );
};

const Unlisted = ({ row: { rule, says, agent, account, until } }: { readonly row: Read<UnlistedEscalations> }) => (
  <li class="no">
    <p class="finding-head">
      <span>
        before <Instant at={until} />
      </span>
      <strong>{rule}</strong>
      <span>
        more than are listed, about <Text of={agent ?? `the account ${account}`} />
      </span>
    </p>
    <p>{says}</p>
    <p class="finding-facts">
      <Link to={agent === undefined ? "/audit" : `/audit/agent=${agent}`}>The log has all of them</Link>
    </p>
  </li>
);
