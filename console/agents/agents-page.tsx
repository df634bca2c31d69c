import { useState } from "preact/hooks";
import type { AgentList } from "../../contract/agents.ts";
import { counted } from "../../contract/decision/counted.ts";
import type { Read } from "../../contract/operation.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { dayInWords } from "../parts/time-in-words.ts";
import { useOnce } from "../parts/use-once.ts";
import { useRead } from "../parts/use-read.ts";

const STATES = ["registered", "active", "suspended", "offboarding", "offboarded"] as const;

/** Registered agents, a page of a hundred at a time: state, owner, team, last use and live tasks. */
export function AgentsPage({ settings, session }: PageProps) {
  const [state, setState] = useState<(typeof STATES)[number]>("registered");
  const [after, setAfter] = useState<string | undefined>(undefined);
  const query = `used=true${state === "registered" ? "" : `&status=${state}`}${after === undefined ? "" : `&after=${after}`}`;
  const { value, fault } = useRead<Read<AgentList>>(`/v1/agents?${query}`, { settings, session });
  // Leaves out the counts for a person who may list agents and not see the overview.
  const { value: overview } = useOnce<{ readonly agents: readonly { readonly id: string; readonly live: number }[] }>(
    "/v1/overview",
    { settings, session },
  );
  const live = overview && new Map(overview.agents.map(({ id, live: count }) => [id, count]));
  return (
    <section>
      <Heading title="Agents" />
      <ReadFault fault={fault} title="You may not see agents" settings={settings} session={session} />
      <fieldset class="filter">
        <legend>State</legend>
        {STATES.map((each) => (
          <label>
            <input
              type="radio"
              name="state"
              data-search={state === each ? true : undefined}
              checked={state === each}
              onChange={() => {
                setState(each);
                setAfter(undefined);
              }}
            />
            {each}
          </label>
        ))}
      </fieldset>
      {!value && !fault && <Loading says="Reading the agents…" />}
      {value?.agents.length === 0 && (
        <div class="empty">
          <p class="empty-title">{state === "registered" ? "No agent is registered." : `No agent is ${state}.`}</p>
          {state === "registered" && (
            <p>
              Register one: <code>npx valetkey agents register -f agent.json</code>
            </p>
          )}
        </div>
      )}
      {value && value.agents.length > 0 && <Table agents={value.agents} live={live} />}
      <div class="actions paged">
        {after !== undefined && (
          <button type="button" onClick={() => setAfter(undefined)}>
            First page
          </button>
        )}
        {value?.next !== undefined && (
          <button type="button" onClick={() => setAfter(value.next)}>
            Next page
          </button>
        )}
      </div>
      <h2>As a command</h2>
      <Command line={`npx valetkey agents${state === "registered" ? "" : ` --status ${state}`}`} />
    </section>
  );
}

interface TableProps {
  readonly agents: readonly Read<AgentList>["agents"][number][];
  readonly live: ReadonlyMap<string, number> | undefined;
}

const Table = ({ agents, live }: TableProps) => (
  <ul class="rows" aria-label="Agents">
    {agents.map(({ id, name, owner, team, status, last_used_on: usedOn }) => (
      <li key={id}>
        <Link to={`/agents/${id}`}>
          <span class="row-name">
            <Text of={id} />{" "}
            <span class="muted">
              <Text of={name === id ? "" : name} />
            </span>
          </span>
          <span class={`pill ${status}`}>{status}</span>
          <span class="row-facts">
            team <Text of={team} />, owner <Text of={owner} />,{" "}
            {usedOn === undefined ? "never used" : `used ${dayInWords(usedOn)}`}
            {live && `, ${counted(live.get(id) ?? 0, "live task")}`}
          </span>
        </Link>
      </li>
    ))}
  </ul>
);
