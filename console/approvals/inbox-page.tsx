import { useState } from "preact/hooks";
import { counted } from "../../contract/decision/counted.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import { BATCH_RECORDS } from "../../contract/limits.ts";
import { Countdown } from "../parts/countdown.tsx";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { instantInWords } from "../parts/time-in-words.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { batch } from "../state.ts";
import type { Listed } from "./in-words.ts";
import { decidedInWords, votesInWords } from "./in-words.ts";
import { useListed } from "./use-listed.ts";

interface InboxProps {
  readonly settings: ConsoleSettings;
  readonly session: Session;
}

/** Requests that wait for people; those that wait for this person first. */
export function InboxPage({ settings, session }: InboxProps) {
  const { value, fault } = useListed(LISTED, { settings, session });
  const all = value?.approvals.toSorted((a, b) => (a.expires_at < b.expires_at ? -1 : 1)) ?? [];
  const waiting = all.filter(({ status }) => status === "pending");
  const toReview = all.filter(isToReview);
  const decided = all.filter((each) => each.status !== "pending" && !isToReview(each));
  const yours = waiting.filter(({ you }) => you.may_vote);
  const others = waiting.filter(({ you }) => !you.may_vote);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const together = yours.map(({ id }) => id).filter((id) => picked.includes(id));
  const pick = (id: string) => setPicked(picked.includes(id) ? picked.filter((each) => each !== id) : [...picked, id]);
  return (
    <section>
      <Heading title="Waiting for a decision" />
      <ReadFault fault={fault} title="You may not see requests" settings={settings} session={session} />
      {!value && !fault && <Loading says="Reading the requests…" />}
      {value && value.next === undefined && waiting.length + toReview.length === 0 && (
        <div class="empty">
          <p class="empty-title">Nothing waits.</p>
          <p>
            A request appears here when an agent requests something that a policy marks with <code>@approval("…")</code>
            . This page updates every 5 seconds.
          </p>
          <p>
            It lists only what policy lets you decide. That takes <code>valetkey:Approve</code>, which the owners of the
            policies grant.
          </p>
        </div>
      )}
      {toReview.length > 0 && (
        <List
          title="To review"
          of={toReview}
          says={({ review }) => `Broken glass: review until ${instantInWords(review?.due_at ?? "")}`}
        />
      )}
      {yours.length > 0 && (
        <List title="For you" of={yours} {...(yours.length > 1 ? { pick, picked: together } : {})} />
      )}
      {together.length > 1 && (
        <div class="actions together">
          <button
            type="button"
            class="primary"
            disabled={together.length > BATCH_RECORDS}
            onClick={() => {
              batch.value = together;
            }}
          >
            {together.length > BATCH_RECORDS
              ? `At most ${BATCH_RECORDS} together`
              : `Look at these ${together.length} together`}
          </button>
        </div>
      )}
      {others.length > 0 && <List title="For others" of={others} />}
      {decided.length > 0 && <List title="Decided" of={decided} says={decidedInWords} />}
      {value?.next !== undefined && (
        <p class="aside">More requests follow. They appear once some of these are decided.</p>
      )}
    </section>
  );
}

/** Statuses of all requests on which the person may act. */
const LISTED = "pending,review,standing,decided";

const isToReview = ({ review }: Listed): boolean => review !== undefined && !review.done;

interface ListProps {
  readonly title: string;
  readonly of: readonly Listed[];
  /** Picks a request for a decision together with others, or drops it. */
  readonly pick?: (id: string) => void;
  readonly picked?: readonly string[];
  /** Describes an entry that waits for no vote. By default, votes and time are shown. */
  readonly says?: (listed: Listed) => string;
}

const List = ({ title, of, pick, picked = [], says }: ListProps) => (
  <>
    <h2>
      {title} <span class="count">{of.length}</span>
    </h2>
    <ul class={pick ? "inbox picks" : "inbox"}>
      {of.map((listed) => {
        const { id, agent, purpose, may, needed, standing, expires_at: expiresAt } = listed;
        return (
          <li key={id}>
            {pick && (
              <input
                type="checkbox"
                checked={picked.includes(id)}
                onChange={() => pick(id)}
                aria-label={`Decide together with others: ${visibleText(agent.name)}, ${visibleText(purpose).slice(0, 80)}`}
              />
            )}
            <Link to={`/approvals/${id}`}>
              <span class="inbox-agent">
                <Text of={agent.name} />{" "}
                <span class="muted">
                  team <Text of={agent.team} />
                </span>
              </span>
              <span class="inbox-may">
                <Text of={may} />
              </span>
              <span class="inbox-purpose">
                <Text of={purpose} />
              </span>
              {says ? (
                <span class="inbox-votes">{says(listed)}</span>
              ) : (
                <>
                  <span class="inbox-votes">
                    {votesInWords(needed)}
                    {standing && `, for ${counted(standing.uses, "key")}`}
                  </span>
                  <Countdown at={Date.parse(expiresAt) / 1_000} />
                </>
              )}
            </Link>
          </li>
        );
      })}
    </ul>
  </>
);
