import { visibleText } from "../../contract/decision/visible-text.ts";
import type { ReadAnswer } from "../../contract/operations.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Grants } from "../parts/grants.tsx";
import { Instant } from "../parts/instant.tsx";
import { SureButton } from "../parts/sure-button.tsx";
import { Text } from "../parts/text.tsx";
import { useNow } from "../parts/use-now.ts";
import { addEnding } from "../tasks/endings.ts";
import { depthOf } from "../tasks/in-words.ts";
import { type Consent, leftInWords } from "./in-words.ts";

interface ConsentCardProps extends Pick<PageProps, "settings" | "session"> {
  readonly consent: Consent;
  /** Reads the consents again. */
  readonly again: () => void;
}

/** One consent: its agent, purpose, ceiling, end and last use, and a button to withdraw it. */
export function ConsentCard({ consent, again, settings, session }: ConsentCardProps) {
  const { id, agent, person, status, purpose, authorization_details: ceiling } = consent;
  const secondsLeft = (Date.parse(consent.expires_at) - useNow()) / 1_000;
  const isLive = status === "live";
  // A withdrawal needs no sign-in of its own, since it only removes permissions. Watches each task that it ends until AWS denies the task's keys.
  const withdraw = async (): Promise<string | undefined> => {
    try {
      const at = `/v1/consents/${encodeURIComponent(id)}/withdraw`;
      const { value } = await call<ReadAnswer<"POST /v1/consents/{consent}/withdraw">>(
        settings.api,
        at,
        session.token,
        {},
      );
      for (const task of value.ended) addEnding({ id: task, agent: depthOf(task) === 0 ? agent : "" });
      again();
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      return faultInWords(error);
    }
  };
  return (
    <article class="consent" aria-label={`Consent for ${visibleText(agent)}`}>
      <div class="consent-head">
        <h2>
          <Text of={agent} />
        </h2>
        <span class={`pill ${isLive ? "active" : "ended"}`}>{isLive ? leftInWords(secondsLeft) : "ended"}</span>
      </div>
      <p class="consent-purpose">
        <Text of={purpose} />
      </p>
      {consent.paused && <PausedLine agent={agent} person={person} paused={consent.paused} />}
      <Facts>
        <Fact name="Person">
          <Text of={person} />
        </Fact>
        <Fact name="Given">
          <Instant at={consent.created_at} />
        </Fact>
        <Fact name="Ends">
          <Instant at={consent.expires_at} />
        </Fact>
        {isLive && (
          <Fact name="Last use">{consent.last_used_at ? <Instant at={consent.last_used_at} /> : "never used"}</Fact>
        )}
      </Facts>
      <h3>At the most</h3>
      <Grants grants={ceiling} level={4} />
      {isLive && (
        <div class="actions">
          <SureButton
            rest="Withdraw…"
            name={`Withdraw the consent for ${visibleText(agent)}`}
            sure="Withdraw it, and end its tasks"
            sending="Withdrawing…"
            act={withdraw}
          />
        </div>
      )}
      <details>
        <summary>As commands</summary>
        <div class="commands">
          <Command line={`npx valetkey consents show ${id}`} />
          {isLive && <Command line={`npx valetkey consents withdraw ${id}`} />}
        </div>
      </details>
    </article>
  );
}

const PausedLine = ({
  agent,
  person,
  paused,
}: Pick<Consent, "agent" | "person"> & Required<Pick<Consent, "paused">>) => (
  <p>
    A rule of escalation has paused <Text of={agent} /> for <Text of={person} /> until <Instant at={paused.until} /> (
    <Text of={paused.by} />
    ). Until then it gets nothing for this person. An operator can end the pause earlier.
  </p>
);

function faultInWords({ isUnanswered, code, kind, message }: ApiFault): string {
  if (kind === "signed_out") return "Your sign-in has ended: sign in again.";
  if (code === "operator_denied") return "Policy does not let you end this consent (valetkey:EndConsent).";
  return isUnanswered
    ? "No answer came. You can safely withdraw it again, which also finishes an interrupted withdrawal."
    : message;
}
