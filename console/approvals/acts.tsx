import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { counted } from "../../contract/decision/counted.ts";
import { glassNonce, reviewNonce, voteNonce } from "../../contract/decision/record-hash.ts";
import { whyNotInWords } from "../../contract/decision/why-not-in-words.ts";
import { Notice } from "../parts/notice.tsx";
import { SureButton } from "../parts/sure-button.tsx";
import { Text } from "../parts/text.tsx";
import type { ConsoleSettings } from "../settings.ts";
import type { VoteAct } from "../sign-in/pending.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { signVote, voteBody } from "../sign-in/sign-in.ts";
import { SignInFault } from "../sign-in/sign-in-fault.tsx";
import { goTo, heldVote, isLeaving } from "../state.ts";
import { DenyForm } from "./deny-form.tsx";
import { votesInWords } from "./in-words.ts";
import type { ProvenRecord, Shown } from "./prove-record.ts";
import { type Body, type Result, sendDecision } from "./send-decision.ts";

export interface ActsProps {
  readonly shown: Shown;
  readonly proven: ProvenRecord;
  readonly status: Shown["status"];
  readonly settings: ConsoleSettings;
  readonly session: Session;
  readonly isSignedOut: boolean;
  /** Reads the request again. */
  readonly again: () => void;
}

/** Buttons for a request: Approve, Deny and Not now, or the acts that are still possible. Only drawn for a proven record. */
export function Acts({ shown, proven, status, settings, session, isSignedOut, again }: ActsProps) {
  const [result, setResult] = useState<Result | undefined>(undefined);
  const [isSending, setSending] = useState(heldVote.peek()?.hashes[proven.record.id] !== undefined);
  const [isDenying, setDenying] = useState(false);
  const against = useRef<HTMLButtonElement>(null);
  const isBack = useRef(false);
  // The form that had the focus is gone: the button that opened it takes it back.
  useLayoutEffect(() => {
    if (!isDenying && isBack.current) against.current?.focus();
    isBack.current = false;
  }, [isDenying]);
  const { id, standing, break_glass: glass } = proven.record;

  const send = async (body: Body): Promise<undefined> => {
    setSending(true);
    setResult(await sendDecision(body, { id, settings, session }));
    setSending(false);
    setDenying(false);
    again();
  };
  useEffect(() => {
    const held = heldVote.peek();
    if (held?.hashes[id] === undefined) return;
    // Takes the vote once. It is sent only for the record that was on the screen when the person left for the sign-in.
    heldVote.value = undefined;
    void (async () => {
      if (held.hashes[id] !== proven.hash || Object.keys(held.hashes).length !== 1) {
        setResult({
          tone: "bad",
          title: "Nothing was sent",
          says: "This is not the request that you signed in for.",
        });
        return setSending(false);
      }
      const vote = await voteBody(held, await nonceOf(held.act, proven.hash, shown), settings);
      if (typeof vote !== "string") return send({ decision: held.act ?? "approve", ...vote });
      setResult({ tone: "bad", title: "Your approval was not sent", says: vote });
      setSending(false);
    })();
  }, []);

  const issuer = settings.issuers.find(({ name }) => name === shown.sign_in?.issuer);
  const approve = async (act?: VoteAct): Promise<void> => {
    setResult(undefined);
    if (!issuer?.approvals) return setResult({ tone: "bad", title: "You cannot sign in to approve", says: NO_CLIENT });
    await signVote(issuer, {
      hashes: { [id]: proven.hash },
      nonce: await nonceOf(act, proven.hash, shown),
      ...(act ? { act } : {}),
      to: `/approvals/${id}`,
      acr: [shown.sign_in?.acr_values ?? []].flat(),
    });
  };
  const isOpen = status === "pending" || status === "approved";
  const hasVoted = shown.you.has_voted;
  const isDone = result?.tone === "good";
  const canEnd = status === "standing" && !hasVoted && !isSignedOut && !isDone;
  const { review } = shown;
  const isOfThis = review?.use.id === id && review.use.hash === proven.hash;
  const canReview = isOfThis && !review.done && !hasVoted && !isSignedOut && !isDone;
  const isAsked = status === "pending" && !hasVoted && !isSignedOut && !isDone;
  const canVote = isAsked && shown.you.may_vote;
  const canDecide = canVote || (isAsked && shown.you.why === "group_full");
  return (
    <div class="acts">
      <div aria-live="polite">
        {isSending && <p role="status">Sending your decision…</p>}
        <SignInFault />
        {result && (
          <Notice tone={result.tone} title={result.title} isAwaited>
            {result.says && (
              <p>
                <Text of={result.says} />
              </p>
            )}
            {result.again && (
              <button type="button" onClick={() => result.again && send(result.again)}>
                Send it again
              </button>
            )}
          </Notice>
        )}
      </div>
      {(isOpen || status === "standing") && hasVoted && !isDone && (
        <Notice tone="good" title="You have approved this">
          <p>{votesInWords(shown.needed)}.</p>
          {!isSignedOut && (
            <SureButton
              rest="Withdraw my approval…"
              name="Withdraw my approval"
              sure="Withdraw it now"
              sending="Withdrawing…"
              act={() => send("withdraw")}
            />
          )}
        </Notice>
      )}
      {status === "pending" && !shown.you.may_vote && !hasVoted && (
        <Notice tone="plain" title={canDecide ? "Your approval is not needed" : "You cannot decide about this request"}>
          <p>
            <Text of={whyNotInWords(shown.you.why ?? "no_group", shown.needed)} />
          </p>
        </Notice>
      )}
      {(canDecide || canEnd) && isDenying && (
        <DenyForm
          isSending={isSending}
          deny={(reason) => send({ decision: "deny", reason })}
          cancel={() => {
            setDenying(false);
            isBack.current = true;
          }}
        />
      )}
      {canDecide && !isDenying && (
        <>
          <div class="actions">
            {canVote && (
              <button type="button" class="primary" disabled={isSending || isLeaving.value} onClick={() => approve()}>
                {isLeaving.value
                  ? "Going to the sign-in…"
                  : standing
                    ? `Approve ${counted(standing.uses, "key")}`
                    : "Approve"}
              </button>
            )}
            <button ref={against} type="button" disabled={isSending} onClick={() => setDenying(true)}>
              Deny…
            </button>
            <button type="button" class="quiet" onClick={() => goTo("/approvals")}>
              Not now
            </button>
          </div>
          {canVote && (
            <p class="aside">
              To approve, sign in again{issuer ? ` at ${issuer.name}` : ""}. That sign-in is your signature, for this
              request and no other.
            </p>
          )}
        </>
      )}
      {canDecide && !isDenying && glass && (
        <details class="emergency">
          <summary>In an emergency</summary>
          <p>
            Your approval alone gives the key. Two alarms ring, and your group is notified. Unless another person
            reviews it within 24 hours, the agent is suspended.
          </p>
          <button type="button" disabled={isSending || isLeaving.value} onClick={() => approve("break_glass")}>
            Break the glass: approve alone
          </button>
        </details>
      )}
      {canReview && (
        <div class="actions">
          <button type="button" disabled={isSending || isLeaving.value} onClick={() => approve("review")}>
            I have reviewed what was done
          </button>
        </div>
      )}
      {canEnd && !isDenying && (
        <div class="actions">
          <button ref={against} type="button" disabled={isSending} onClick={() => setDenying(true)}>
            End this approval…
          </button>
        </div>
      )}
    </div>
  );
}

/** Computes the nonce of a vote for an act, from the shown record. */
const nonceOf = (act: VoteAct | undefined, hash: string, { review }: Shown): Promise<string> => {
  if (act === "break_glass") return glassNonce(hash);
  return act === "review" ? reviewNonce(review?.use) : voteNonce([hash]);
};

const NO_CLIENT =
  "The group's issuer has no client for approvals in this console. Tell your operators to set `approvals` and `console` of the issuer in valetkey.json.";
