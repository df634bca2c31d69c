import type { ShownAgent } from "../../contract/agents.ts";
import { counted } from "../../contract/decision/counted.ts";
import type { Offboarding } from "../../contract/offboarding.ts";
import type { Read } from "../../contract/operation.ts";
import type { Reach } from "../../contract/policies.ts";
import type { SecretList } from "../../contract/secrets.ts";
import type { ShownTask } from "../../contract/tasks.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Heading } from "../parts/heading.tsx";
import { Day, Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { NotShown } from "../parts/unpermitted.tsx";
import { useOnce } from "../parts/use-once.ts";
import { useRead } from "../parts/use-read.ts";
import { AgentActs } from "./agent-acts.tsx";
import { OffboardingReport } from "./offboarding-report.tsx";
import { ReachGraph } from "./reach-graph.tsx";
import { useAllSecrets } from "./use-all-secrets.ts";

/** Live task, as far as the page shows it. */
type LiveTask = Pick<Read<ShownTask>, "id" | "purpose" | "opened_at" | "expires_at">;

/** Page of one agent: its registration, its live tasks, its reach, the secrets that it knows, and the acts of an operator. */
export function AgentPage({ settings, session, id }: PageProps) {
  const { value: agent, fault, again } = useRead<Read<ShownAgent>>(`/v1/agents/${id}`, { settings, session });
  return (
    <section>
      <p class="crumb">
        <Link to="/agents">Agents</Link>
      </p>
      <Heading title={id} />
      <ReadFault fault={fault} title="No agent to show" settings={settings} session={session} />
      {!agent && !fault && <Loading says="Reading the agent…" />}
      {agent && (
        <>
          <p class="state">
            <span class={`pill ${agent.status}`}>{agent.status}</span>
            {agent.halted && (
              <span>
                <Instant at={agent.halted.at} /> by <Text of={agent.halted.by} />
                {agent.halted.reason !== undefined && (
                  <>
                    : <Text of={agent.halted.reason} />
                    {agent.halted.reason_by !== undefined && (
                      <>
                        , reported by <Text of={agent.halted.reason_by} />
                      </>
                    )}
                  </>
                )}
              </span>
            )}
          </p>
          {agent.paused_for?.map(({ party, by, until }) => (
            <p key={party}>
              Paused for <Text of={party} /> until <Instant at={until} /> by <Text of={by} />. Resuming the agent ends
              the pause.
            </p>
          ))}
          <h2>Registration</h2>
          <Registration agent={agent} />
          <Part name="Live tasks" path={`/v1/tasks?agent=${id}`} settings={settings} session={session}>
            {({ tasks }: { readonly tasks: readonly LiveTask[] }) => <LiveTasks tasks={tasks} />}
          </Part>
          <Part name="Reach" path={`/v1/agents/${id}/reach`} settings={settings} session={session}>
            {(reach: Read<Reach>) => (
              <>
                {agent.status !== "active" && <p class="calm">It gets nothing of this while it is {agent.status}.</p>}
                <ReachOf agent={agent} reach={reach} />
              </>
            )}
          </Part>
          <Part name="Secrets that it knows" path="/v1/secrets" settings={settings} session={session}>
            {(first: Read<SecretList>) => <Secrets agent={id} first={first} settings={settings} session={session} />}
          </Part>
          {(agent.status === "offboarding" || agent.status === "offboarded") && (
            <Part name="Offboarding" path={`/v1/agents/${id}/offboarding`} settings={settings} session={session}>
              {(offboarding: Read<Offboarding>) => <OffboardingReport agent={id} offboarding={offboarding} />}
            </Part>
          )}
          <AgentActs agent={agent} settings={settings} session={session} again={again} />
          <h2>As a command</h2>
          <Command line={`npx valetkey agents show ${id}`} />
          <p class="aside">
            <Link to={`/audit/agent=${id}`}>What the log has about it</Link>.{" "}
            <Link to={`/escalations/agent=${id}`}>What the escalation rules found about it</Link>.{" "}
            <Link to={`/explain/${id}`}>How policy would decide a request of it</Link>.
          </p>
        </>
      )}
    </section>
  );
}

interface PartProps<T> extends Omit<PageProps, "id"> {
  readonly name: string;
  readonly path: string;
  readonly children: (value: T) => preact.ComponentChildren;
}

/** Part of the page with a read of its own, so that a refused part hides no other. */
function Part<T>({ name, path, settings, session, children }: PartProps<T>) {
  const { value, fault } = useOnce<T>(path, { settings, session });
  return (
    <>
      <h2>{name}</h2>
      {!value && !fault && <Loading says={`Reading: ${name}…`} rows={1} />}
      {fault && <NotShown fault={fault} />}
      {value && children(value)}
    </>
  );
}

const Registration = ({ agent }: { readonly agent: Read<ShownAgent> }) => (
  <Facts>
    <Fact name="Name">
      <Text of={agent.name} />
    </Fact>
    <Fact name="Owner">
      <Text of={agent.owner} />
      {agent.contact !== undefined && (
        <>
          , <Text of={agent.contact} />
        </>
      )}
    </Fact>
    <Fact name="Team">
      <Text of={agent.team} />
    </Fact>
    <Fact name="Labels">{agent.labels.length === 0 ? "none" : <Text of={agent.labels.join(", ")} />}</Fact>
    <Fact name="Last use">{agent.last_used_on ? <Day at={agent.last_used_on} /> : "never used"}</Fact>
    <Fact name="Registered">
      <Instant at={agent.created_at} />
    </Fact>
    {agent.ends_at !== undefined && (
      <Fact name="Ends">
        <Instant at={agent.ends_at} />
      </Fact>
    )}
    {agent.confirm_by !== undefined && (
      <Fact name="Confirmed">
        {agent.confirmed_at ? <Instant at={agent.confirmed_at} /> : "not yet"}, to be confirmed by{" "}
        <Instant at={agent.confirm_by} />
      </Fact>
    )}
    <Fact name="Bindings">
      <ul>
        {agent.bindings.map(({ issuer, claims }) => (
          <li>
            <Text of={issuer} />:{" "}
            {Object.entries(claims).map(([claim, value]) => (
              <code>
                <Text of={`${claim} = ${value}`} />{" "}
              </code>
            ))}
          </li>
        ))}
      </ul>
    </Fact>
    <Fact name="Limits">
      {agent.limits.live_tasks} live tasks, {agent.limits.task_seconds} s each, {agent.limits.tasks_per_minute} a minute
    </Fact>
  </Facts>
);

const LiveTasks = ({ tasks }: { readonly tasks: readonly LiveTask[] }) =>
  tasks.length === 0 ? (
    <p class="muted">None is alive.</p>
  ) : (
    <ul class="rows" aria-label="Live tasks">
      {tasks.map(({ id, purpose, expires_at: expiresAt }) => (
        <li key={id}>
          <Link to={`/tasks/${id}`}>
            <span class="row-name">{id}</span>
            <span class="time">
              until <Instant at={expiresAt} />
            </span>
            <span class="row-facts">
              <Text of={purpose} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );

const ReachOf = ({ agent, reach }: { readonly agent: Read<ShownAgent>; readonly reach: Read<Reach> }) => (
  <>
    <p class="aside">An upper bound of what policy permits it. Conditions on a request count as true.</p>
    {reach.permits.length === 0 ? (
      <div class="empty">
        <p class="empty-title">No policy permits it anything.</p>
        <p>
          A permit for the agent, or for the team <Text of={agent.team} />, in <code>policies/</code> changes that with
          the next deployment.
        </p>
      </div>
    ) : (
      <ReachGraph agent={agent.id} bindings={agent.bindings} reach={reach} />
    )}
    <Command line={`npx valetkey threat-model ${agent.id}`} />
  </>
);

/** Secrets that the agent has received. Reads all pages, each once. */
function Secrets({
  agent,
  first,
  settings,
  session,
}: Pick<PageProps, "settings" | "session"> & { readonly agent: string; readonly first: Read<SecretList> }) {
  const { secrets, isWhole } = useAllSecrets(first, { settings, session });
  const known = secrets.filter(({ exposure }) => exposure.agents.includes(agent));
  const more = isWhole ? "" : ` Only ${counted(secrets.length, "secret was", "secrets were")} read; there are more.`;
  if (known.length === 0) return <p class="muted">It has received none of the current values.{more}</p>;
  return (
    <>
      <ul>
        {known.map(({ name, status, rotation }) => (
          <li key={name}>
            <code>
              <Text of={name} />
            </code>{" "}
            <span class="muted">
              {status.replace("_", " ")}, rotates: <Text of={rotation.kind} />
            </span>
          </li>
        ))}
      </ul>
      {!isWhole && (
        <p class="aside">
          At least {known.length}.{more}
        </p>
      )}
    </>
  );
}
