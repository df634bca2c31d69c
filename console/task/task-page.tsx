import type { Read } from "../../contract/operation.ts";
import type { Receipt } from "../../contract/receipts.ts";
import { isSpellingOf } from "../../contract/task-id.ts";
import type { ShownTask } from "../../contract/tasks.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Countdown } from "../parts/countdown.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Grants } from "../parts/grants.tsx";
import { Heading } from "../parts/heading.tsx";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { useRead } from "../parts/use-read.ts";
import { EndButton } from "../tasks/end-button.tsx";
import { decidedInWords, isAlive, isUnissued, receiptOf, statusInWords } from "../tasks/in-words.ts";
import { WatchedEnding } from "../tasks/watched-ending.tsx";
import { ApprovedBy } from "./approved-by.tsx";
import { LedgerTable } from "./ledger.tsx";
import type { Moment, TreeAnswer } from "./moments.ts";
import { momentsOf } from "./moments.ts";
import { Policy } from "./policy.tsx";
import { Tree } from "./tree.tsx";

/** Page of one task: its purpose, tree, life, grants, ledger and policy, and a button to end it. */
export function TaskPage({ id, settings, session }: PageProps) {
  const { value, fault, again } = useRead<TreeAnswer>(`/v1/tasks?tree=${encodeURIComponent(id)}`, {
    settings,
    session,
  });
  const task = value?.tasks.find((each) => isSpellingOf(id, each.id));
  return (
    <section class="task">
      <p class="crumb">
        <Link to="/">Everything alive</Link>
      </p>
      {!task && <Heading title={fault ? "No task to show" : "Task"} />}
      <ReadFault fault={fault} title="You cannot see this task" settings={settings} session={session} />
      {!value && !fault && <Loading says="Reading the task…" />}
      {value && task && <Shown tree={value} task={task} again={again} settings={settings} session={session} />}
    </section>
  );
}

interface ShownProps extends Pick<PageProps, "settings" | "session"> {
  readonly tree: TreeAnswer;
  readonly task: Read<ShownTask>;
  readonly again: () => void;
}

function Shown({ tree, task, again, settings, session }: ShownProps) {
  const { id, agent, purpose, status, sub, opened_at: openedAt, expires_at: expiresAt, ended_at: endedAt } = task;
  const alive = isAlive(task);
  const decided = decidedInWords(task);
  const hasNoKey = isUnissued(id, tree.events);
  const used = tree.events.find((event) => event.task === id && event.type === "approval.used");
  return (
    <>
      <Heading title={`Task ${id}`}>
        <Text of={agent} /> <code>{id}</code>
      </Heading>
      <div class="state">
        <span class={`pill ${status}`}>{statusInWords(task, hasNoKey)}</span>
        {alive ? (
          !task.approval && <Countdown at={Date.parse(expiresAt) / 1_000} />
        ) : (
          <WatchedEnding id={id} settings={settings} session={session} />
        )}
        {task.approval && <Link to={`/approvals/${task.approval.id}`}>Its approval</Link>}
      </div>
      {decided !== undefined && (
        <p>
          <Text of={decided} />
        </p>
      )}
      <section class="untrusted" aria-label="Purpose">
        <p class="untrusted-label">The purpose, in the agent’s own words:</p>
        <p>
          <Text of={purpose} />
        </p>
      </section>
      {alive && (
        <div class="actions end-task">
          <EndButton task={task} settings={settings} session={session} after={again} />
          <p class="aside">
            {hasNoKey
              ? "This ends the task, which has no key."
              : "This ends the task and every task below it. AWS denies their keys within seconds."}
          </p>
        </div>
      )}
      <Facts>
        <Fact name="Agent">
          <Link to={`/agents/${agent}`}>
            <Text of={agent} />
          </Link>
        </Fact>
        {sub !== undefined && (
          <Fact name="For">
            <Text of={sub} />
          </Fact>
        )}
        <Fact name="Opened">
          <Instant at={openedAt} />
        </Fact>
        {used && <ApprovedBy used={used} settings={settings} session={session} />}
        <Fact name="Deadline">
          <Instant at={expiresAt} />
        </Fact>
        {endedAt !== undefined && (
          <Fact name="Ended">
            <Instant at={endedAt} />
            {task.ended_by !== undefined && (
              <>
                , by <Text of={task.ended_by} />
              </>
            )}
          </Fact>
        )}
      </Facts>
      <h2>Its tree</h2>
      <Tree tasks={tree.tasks} id={id} />
      {tree.hidden > 0 && <p class="aside">{tree.hidden} more are not shown: policy does not let you see them.</p>}
      {tree.more && (
        <p class="aside">The tree is larger than this page: it shows what is above and below this task first.</p>
      )}
      <h2>Its life</h2>
      {alive ? (
        <Timeline moments={momentsOf(id, tree, undefined)} />
      ) : (
        <EndedLife id={id} tree={tree} settings={settings} session={session} />
      )}
      <h2>What it may do</h2>
      <Grants grants={task.authorization_details} names={tree.account_names ?? {}} level={3} />
      <h2>What it did</h2>
      <LedgerTable id={id} hasNoKey={hasNoKey} settings={settings} session={session} />
      <h2>The policy behind it</h2>
      <Policy task={task} events={tree.events} settings={settings} session={session} />
      <h2>As a command</h2>
      {alive && <Command line={`npx valetkey revoke ${id} --wait 60`} />}
      <Command line={`npx valetkey receipt ${id}`} />
      <Command line={`npx valetkey tasks ledger ${id}`} />
      <p class="aside">
        <Link to={`/audit/task=${id}`}>What the log has about it</Link>.{" "}
        <Link to={`/escalations/tree=${id}`}>What the escalation rules found about its tree</Link>.
      </p>
    </>
  );
}

/** Life of an ended task, up to the first seen refusal by AWS. */
function EndedLife({
  id,
  tree,
  settings,
  session,
}: Pick<PageProps, "id" | "settings" | "session"> & { readonly tree: TreeAnswer }) {
  const { value } = useRead<Read<Receipt>>(receiptOf(id), { settings, session });
  return <Timeline moments={momentsOf(id, tree, value)} />;
}

/** Life of a task as a list of moments, each with its time as a text and as a place on a bar. */
function Timeline({ moments }: { readonly moments: readonly Moment[] }) {
  const lastMs = Math.max(1, moments.at(-1)?.afterMs ?? 1);
  return (
    <ol class="timeline">
      {moments.map(({ at, afterMs, says, tone }, nth) => (
        <li key={`${nth} ${at}`} class={tone}>
          <time dateTime={at} title={at}>
            +{afterMs.toLocaleString("en")} ms
          </time>
          <span class="moment">
            <Text of={says} />
          </span>
          <span class="place" aria-hidden="true">
            <span style={{ left: `${(100 * afterMs) / lastMs}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
