import type { ComponentChildren } from "preact";
import { accountInWords } from "../../contract/decision/account-names.ts";
import { deciderInWords } from "../../contract/decision/decider-in-words.ts";
import { durationInWords, usesInWords } from "../../contract/decision/request-in-words.ts";
import { byInWords } from "../now/in-words.ts";
import { Countdown } from "../parts/countdown.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Grants } from "../parts/grants.tsx";
import { Instant } from "../parts/instant.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { instantInWords } from "../parts/time-in-words.ts";
import { meaningOf, nameOf, personInWords } from "./in-words.ts";
import type { ProvenRecord, Shown } from "./prove-record.ts";
import { Signature } from "./signature.tsx";

interface RecordViewProps {
  readonly shown: Shown;
  readonly proven: ProvenRecord;
  readonly status: Shown["status"];
  /** Level of the headings of its parts. */
  readonly level: 2 | 3;
  /** Number of the request among those on the page, which distinguishes its box from the others. */
  readonly nth?: number;
  /** Act beside the sentence about the request's state. */
  readonly children?: ComponentChildren;
}

/** Proven record, in the order of a person's questions: who, what for, what exactly, for how long, who else decides, what is signed. */
export function RecordView({ shown, proven, status, level, nth, children }: RecordViewProps) {
  const { agent, person, chain, purpose, grants, accounts, ttl, expires_at: expiresAt } = proven.record;
  const uses = usesInWords(proven.record);
  const [state, meaning] = meaningOf({ ...shown, status });
  const purposeLabel = `Purpose${nth === undefined ? "" : ` of request ${nth}`}, in the agent’s own words`;
  const unreached = (shown.notices ?? []).filter((each) => each.failed_at !== undefined).map(({ channel }) => channel);
  const cast = shown.votes.filter((each) => !each.void);
  const voidVotes = shown.votes.filter((each) => each.void).length;
  const Part = level === 2 ? "h2" : "h3";
  return (
    <>
      <div class="state">
        <span class={`pill ${status}`}>{state}</span>
        {status === "pending" ? (
          <Countdown at={expiresAt} />
        ) : (
          <span>
            {meaning}
            {shown.ended_by && <Text of={` It was ended by ${byInWords(shown.ended_by)}.`} />}
          </span>
        )}
        {children}
      </div>
      {shown.outcome && (
        <div class="untrusted">
          <p class="untrusted-label">
            {shown.outcome.decision === "denied" ? "Denied" : "Withdrawn"} by{" "}
            <Text of={personInWords(shown.outcome.by ?? "a person")} /> at <Instant at={shown.outcome.at} />
          </p>
          {shown.outcome.reason && (
            <p>
              <Text of={shown.outcome.reason} />
            </p>
          )}
        </div>
      )}

      {uses && (
        <p class="standing">
          <strong>One approval: {uses}</strong>
          {shown.standing && shown.standing.used > 0 && ` Used ${shown.standing.used} times so far.`}
        </p>
      )}

      {shown.review && (
        <p class="standing">
          <strong>
            <Text of={personInWords(shown.review.by ?? "One person")} /> broke the glass at{" "}
            {instantInWords(new Date(shown.review.use.usedAt * 1_000).toISOString())}, and approved this alone.
          </strong>{" "}
          {shown.review.done
            ? "Another person has reviewed it."
            : `Unless another person reviews it until ${instantInWords(shown.review.due_at)}, the agent is suspended.`}{" "}
          <a href={`/tasks/${shown.review.use.task}`}>What the task did</a>
        </p>
      )}

      <Part>Who asks</Part>
      <Facts>
        <Fact name="Agent">
          <Text of={agent.name} />{" "}
          {agent.id !== agent.name && (
            <code>
              <Text of={agent.id} />
            </code>
          )}
        </Fact>
        <Fact name="Owner">
          <Text of={personInWords(agent.owner)} />
        </Fact>
        <Fact name="Team">
          <Text of={agent.team} />
        </Fact>
        <Fact name="On behalf of">{person ? <Text of={nameOf(person)} /> : "nobody; the agent acts for itself"}</Fact>
        {chain.length > 0 && (
          <Fact name="Started by">
            <Text of={chain.join(" ← ")} />
          </Fact>
        )}
      </Facts>

      <Part>What for</Part>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard. */}
      <section class="untrusted" aria-label={purposeLabel} tabIndex={0}>
        <p class="untrusted-label">The agent’s own words. Nothing here is proven.</p>
        <p class="purpose">
          <Text of={purpose} />
        </p>
      </section>

      <Part>What it could do</Part>
      <Grants grants={grants} level={level === 2 ? 3 : 4} />
      <Facts>
        <Fact name="For">{durationInWords(ttl)} from the last vote on; then the key is dead</Fact>
        <Fact name="Uses">{uses ?? "one; another key needs another approval"}</Fact>
        {proven.record.break_glass && (
          <Fact name="Emergency">one person may approve it alone: an alarm rings, and another has to review it</Fact>
        )}
        <Fact name="Accounts">
          {accounts.length === 0 ? (
            "no AWS account"
          ) : (
            <Text of={accounts.map((each) => accountInWords(each, shown.account_names)).join(", ")} />
          )}
          {shown.account_names && (
            <span class="remark">
              Names are labels of valetkey.json, and you do not sign them: decide by the digits.
            </span>
          )}
        </Fact>
      </Facts>

      <Part>Who decides</Part>
      <ul class="votes">
        {shown.needed.map(({ group, count, have }) => (
          <li>
            <span>
              <Text of={deciderInWords(group)} />
            </span>
            <span class="slots" aria-hidden="true">
              {Array.from({ length: count }, (_, index) => (
                <span class={index < have ? "slot full" : "slot"} />
              ))}
            </span>
            <span>
              {Math.min(have, count)} of {count}
            </span>
          </li>
        ))}
      </ul>
      {cast.length > 0 && (
        <ul class="aside">
          {cast.map(({ by, group, cast_at: at }) => (
            <li>
              <Text of={`${personInWords(by)} voted for ${deciderInWords(group)} at ${instantInWords(at)}`} />
            </li>
          ))}
        </ul>
      )}
      {voidVotes > 0 && (
        <p class="aside">
          {voidVotes} {voidVotes === 1 ? "vote is void: its voter has" : "votes are void: their voters have"} left
          since.
        </p>
      )}

      {unreached.length > 0 && (
        <Notice tone="plain" title="Not every channel could be notified">
          <p>
            No message reached <Text of={unreached.join(", ")} />. Each is retried every minute; the time runs on.
          </p>
        </Notice>
      )}

      <Signature proven={proven} heading={Part} />
    </>
  );
}
