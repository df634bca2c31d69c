import { useState } from "preact/hooks";
import type { ShownAgent } from "../../contract/agents.ts";
import { actLink } from "../../contract/decision/act-link.ts";
import type { Read } from "../../contract/operation.ts";
import { ApiFault, call } from "../api.ts";
import { Command } from "../parts/command.tsx";
import { Notice } from "../parts/notice.tsx";
import { SureButton } from "../parts/sure-button.tsx";
import { Text } from "../parts/text.tsx";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";

interface ActsProps {
  readonly agent: Read<ShownAgent>;
  readonly settings: ConsoleSettings;
  readonly session: Session;
  /** Reads the agent again. */
  readonly again: () => void;
}

/** Outcome of an act, in words. */
type Outcome = { readonly tone: "good" | "bad"; readonly title: string; readonly says: string };

/**
 * Acts on an agent. Confirms and suspends here. An act that restores power, or ends something for good, opens the page on which an operator signs for
 * exactly that act.
 */
export function AgentActs({ agent, settings, session, again }: ActsProps) {
  const { id, status } = agent;
  const [reason, setReason] = useState("");
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const [isSending, setSending] = useState(false);
  const act = async (what: "confirm" | "suspend", body: object, done: Omit<Outcome, "tone">): Promise<undefined> => {
    setSending(true);
    setOutcome(undefined);
    try {
      await call(settings.api, `/v1/agents/${id}/${what}`, session.token, body);
      setOutcome({ tone: "good", ...done });
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setOutcome({ tone: "bad", title: "It was not done", says: inWords(error) });
    }
    setSending(false);
    again();
  };
  const body = reason.trim() === "" ? {} : { reason: reason.trim() };
  const page = (end: "resume" | "offboard"): string =>
    actLink(location.origin, { path: `/v1/agents/${id}/${end}`, body });
  if (status === "offboarded") return null;
  return (
    <>
      <h2>What you can do</h2>
      <div aria-live="polite">
        {outcome && (
          <Notice tone={outcome.tone} title={outcome.title} isAwaited>
            <p>
              <Text of={outcome.says} />
            </p>
          </Notice>
        )}
      </div>
      <p class="field">
        <label for="act-reason">Reason, for the agent’s journal</label>
        <input
          id="act-reason"
          maxLength={256}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </p>
      <div class="actions agent-acts">
        {status === "active" && (
          <SureButton
            rest="Suspend…"
            name={`Suspend ${id}`}
            sure="Suspend it, and end its tasks"
            sending="Doing it…"
            act={() =>
              act("suspend", body, { title: "The agent is suspended", says: "AWS denies its keys within seconds." })
            }
          />
        )}
        {status !== "offboarding" && (
          <button
            type="button"
            disabled={isSending}
            onClick={() => act("confirm", {}, { title: "Confirmed", says: "The agent is still needed." })}
          >
            Confirm that it is still needed
          </button>
        )}
        {status === "suspended" && (
          <a class="button" href={page("resume")}>
            Resume…
          </a>
        )}
        <a class="button" href={page("offboard")}>
          {status === "offboarding" ? "Go on with the offboarding…" : "Offboard, for good…"}
        </a>
      </div>
      <details>
        <summary>As commands</summary>
        <div class="commands">
          <Command line={`npx valetkey agents suspend ${id} --reason "…" --wait 60`} />
          <Command line={`npx valetkey agents confirm ${id}`} />
          <Command line={`npx valetkey agents resume ${id}`} />
          <Command line={`npx valetkey offboard ${id} --yes --reason "…"`} />
        </div>
      </details>
    </>
  );
}

function inWords({ isUnanswered, code, message }: ApiFault): string {
  if (code === "operator_denied") return `Policy does not let you do this. ${message}`;
  if (isUnanswered) return "No answer came. Check the agent’s state before you do it again.";
  return message;
}
