import { useEffect, useState } from "preact/hooks";
import { visibleText } from "../../contract/decision/visible-text.ts";
import type { Read } from "../../contract/operation.ts";
import type { Overview } from "../../contract/overview.ts";
import { votesInWords } from "../approvals/in-words.ts";
import { useListed } from "../approvals/use-listed.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Countdown } from "../parts/countdown.tsx";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { useRead } from "../parts/use-read.ts";
import { hasMoved, path } from "../state.ts";
import { EndedHere } from "../tasks/ended-here.tsx";
import { Conditions } from "./conditions.tsx";
import { Halts } from "./halts.tsx";
import { overviewInWords } from "./in-words.ts";
import { LastDay } from "./last-day.tsx";
import { LatestEscalations } from "./latest-escalations.tsx";
import { LiveTasks } from "./live-tasks.tsx";

/** Page with everything that is alive, waits or is halted at this moment. */
export function NowPage({ settings, session }: PageProps) {
  const { value, fault } = useRead<Read<Overview>>("/v1/overview", { settings, session });
  const waiting = useListed("pending", { settings, session });
  const [agent, setAgent] = useState("");
  useEffect(() => {
    // A person whom policy does not let see this page starts at what they can decide, unless they came here by themselves.
    if (!hasMoved.peek() && fault?.kind === "refused") {
      history.replaceState(null, "", "/approvals");
      path.value = "/approvals";
    }
  }, [fault]);
  const yours = waiting.value?.approvals.filter(({ you }) => you.may_vote && !you.has_voted) ?? [];
  const live = value?.agents.find(({ id }) => id === agent)?.live ?? (agent === "" ? (value?.live ?? 0) : 0);
  const [alive, waits] = value ? overviewInWords(value) : [];
  return (
    <section class="now">
      <Heading title="Now" />
      {value && (
        <p class={value.live === 0 ? "lead calm" : "lead"}>
          {alive} {waits ? <Link to="/approvals">{waits}</Link> : "No request waits for people."}
        </p>
      )}
      <ReadFault
        fault={fault ?? (waiting.fault?.kind === "signed_out" ? waiting.fault : undefined)}
        title="You may not see what is alive"
        settings={settings}
        session={session}
      />
      {!value && !fault && <Loading says="Reading the overview…" />}
      {value && <Halts overview={value} />}
      {value && <Conditions settings={settings} session={session} />}
      <EndedHere settings={settings} session={session} />
      {yours.length > 0 && (
        <>
          <h2>
            Waits for you <span class="count">{yours.length}</span>
          </h2>
          <ul class="inbox">
            {yours.slice(0, MOST_WAITING).map(({ id, agent: { name }, purpose, needed, expires_at: expiresAt }) => (
              <li key={id}>
                <Link to={`/approvals/${id}`}>
                  <span class="inbox-agent">
                    <Text of={name} />
                  </span>
                  <span class="inbox-purpose">
                    <Text of={purpose} />
                  </span>
                  <span class="inbox-votes">{votesInWords(needed)}</span>
                  <Countdown at={Date.parse(expiresAt) / 1_000} />
                </Link>
              </li>
            ))}
          </ul>
          {yours.length > MOST_WAITING && (
            <p class="aside">
              <Link to="/approvals">All {yours.length} requests</Link>
            </p>
          )}
        </>
      )}
      {value && <LastDay settings={settings} session={session} />}
      {value && (
        <>
          <LatestEscalations counted={value.escalations} settings={settings} session={session} />
          <div class="alive-head">
            <h2>
              Alive <span class="count">{value.live.toLocaleString("en")}</span>
            </h2>
            {value.agents.length > 1 && <AgentPicker agents={value.agents} picked={agent} pick={setAgent} />}
          </div>
          <LiveTasks key={agent} agent={agent} live={live} settings={settings} session={session} />
          <h2>As a command</h2>
          <Command line={`npx valetkey tasks --watch${agent === "" ? "" : ` --agent ${agent}`}`} />
        </>
      )}
    </section>
  );
}

/** Number of requests that are shown here; the inbox has all. */
const MOST_WAITING = 5;

interface AgentPickerProps {
  readonly agents: Read<Overview>["agents"];
  /** Id of the agent whose tasks are shown; empty for all. */
  readonly picked: string;
  readonly pick: (id: string) => void;
}

/** Choice of the agent whose live tasks are shown. Agents with the most live tasks come first. */
const AgentPicker = ({ agents, picked, pick }: AgentPickerProps) => (
  <label class="picker">
    Of{" "}
    <select data-search value={picked} onChange={({ currentTarget }) => pick(currentTarget.value)}>
      <option value="">all agents</option>
      {agents
        .toSorted((a, b) => b.live - a.live)
        .map(({ id, live }) => (
          <option key={id} value={id}>
            {visibleText(id)} ({live})
          </option>
        ))}
    </select>
  </label>
);
