import { Duration } from "aws-cdk-lib";
import { FilterPattern } from "aws-cdk-lib/aws-logs";
import { LOUD_REFUSALS } from "../../../contract/refusals.ts";
import { ANSWERING, type WatchProps } from "../../watched.ts";
import type { Alarms } from "./alarms.ts";

/** Functions without a waiting caller, and the meaning of their error lines. */
const LOUD = {
  archive:
    "An incoming batch had something that is no journal event, and it was left out of the log: see the archive's log. If archive-fails rings too, somebody else has changed the log.",
} as const;

/** Alarms of a broken glass, one of each function that takes part: an attacker in one function cannot silence the other. */
const GLASS = [
  {
    name: "glass-asked",
    by: "approve",
    event: "glass_asked",
    meaning: "A person breaks the glass: approves alone what several people have to. See approve's log.",
  },
  {
    name: "glass-broken",
    by: "exchange",
    event: "glass_broken",
    meaning:
      "A key was handed out that one person approved alone. Another has to review it within 24 hours, or the agent is suspended. See exchange's log.",
  },
] as const;

/** Pattern of log lines of refusals whose code is `loud` in the table of refusals. */
const LOUDLY_REFUSED = FilterPattern.all(
  FilterPattern.stringValue("$.event", "=", "refused"),
  FilterPattern.any(...LOUD_REFUSALS.map((code) => FilterPattern.stringValue("$.code", "=", code))),
);

/** Pattern of log lines of requests whose token was used before, or is nobody's. */
const NOT_THE_AGENT = FilterPattern.any(
  FilterPattern.stringValue("$.event", "=", "used_token_refused"),
  FilterPattern.stringValue("$.code", "=", "token_replayed"),
  FilterPattern.stringValue("$.code", "=", "agent_unknown"),
);

const SEAL_BROKEN = FilterPattern.stringValue("$.event", "=", "seal_broken");

/** Adds the alarms of possible attacks. */
export function addAttackAlarms(alarms: Alarms, props: WatchProps): void {
  const { intake, relay } = props.functions;
  alarms.add(
    "session-policy-unproven",
    "The validator found a call that a session policy allows and Cedar does not permit. No credentials were issued. See exchange's log for the call.",
    {
      metric: alarms.logged(props.functions.exchange, "session-policies-unproven", {
        event: "session_policy_unproven",
      }),
      atLeast: 1,
    },
  );
  alarms.add(
    "journal-changed",
    "A journal event was changed, removed, or written with an expiry, which nobody is allowed to do. See the relay's log for the event.",
    { metric: alarms.logged(relay, "journal-changes", { event: "journal_changed" }), atLeast: 1 },
  );
  alarms.add(
    "seal-broken",
    "A task record was met that the exchange did not seal so, and nothing was issued on it: somebody else has written it. See the lines `seal_broken` in the log of exchange, tasks.",
    { metric: alarms.loggedBy(["exchange", "tasks"], "seals-broken", SEAL_BROKEN, props.functions), atLeast: 1 },
  );
  alarms.add(
    "event-refused",
    "An event on the bus requested something that its sender may not request. See the journal and intake's log.",
    {
      metric: alarms.logged(intake, "events-refused", { event: "event_refused" }),
      atLeast: 1,
    },
  );
  if (props.functions.signals)
    alarms.add(
      "signal-refused",
      "A transmitter sent a security event that it may not send, or that is not understood: nothing was ended. See the lines `signal_refused` in signals' log.",
      { metric: alarms.logged(props.functions.signals, "signals-refused", { event: "signal_refused" }), atLeast: 1 },
    );
  if (props.organization?.management !== undefined)
    alarms.add(
      "account-departed",
      "A target account has left the organisation. Nothing is issued there any more, and its tasks were ended; its last keys are dead 15 minutes later. See intake's log.",
      { metric: alarms.logged(intake, "accounts-departed", { event: "account_departed" }), atLeast: 1 },
    );
  alarms.add(
    "escalation",
    "An agent, or somebody in a target account, did what nobody should. See the journal, intake's log, and docs/escalation.md.",
    { metric: alarms.logged(intake, "escalations", { event: "escalation_detected" }), atLeast: 1 },
  );
  alarms.add(
    "escalation-not-told",
    "The exchange has found an escalation in its refusals, and the bus did not take it: it is not contained until such a request is refused again. See the lines `escalation_not_told` in exchange's log.",
    {
      metric: alarms.logged(props.functions.exchange, "escalations-not-told", { event: "escalation_not_told" }),
      atLeast: 1,
    },
  );
  alarms.add(
    "strangers",
    "Twenty requests within ten minutes had a token that was used before, or that is no registered agent's: somebody may have taken tokens. See `used_token_refused`, `token_replayed` and `agent_unknown` in exchange's log.",
    {
      metric: alarms
        .loggedBy(["exchange"], "strangers", NOT_THE_AGENT, props.functions)
        .with({ period: Duration.minutes(10) }),
      atLeast: 20,
    },
  );
  alarms.add(
    "refused-loudly",
    `A request was refused for a reason that needs a person: ${LOUD_REFUSALS.join(", ")}. See \`code\` and \`why\` in the log of ${ANSWERING.join(", ")}.`,
    { metric: alarms.loggedBy(ANSWERING, "refused-loudly", LOUDLY_REFUSED, props.functions), atLeast: 1 },
  );
  for (const { name, by, event, meaning } of GLASS)
    alarms.add(name, meaning, { metric: alarms.logged(props.functions[by], name, { event }), atLeast: 1 });
  alarms.addLoud(LOUD, props.functions);
}
