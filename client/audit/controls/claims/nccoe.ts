import type { Claims } from "../control.ts";

/** Claims about the controls of NCCoE, AI agent identity and authorization (concept paper, February 2026). */
export const NCCOE: Claims["NCCoE, AI agent identity and authorization (concept paper, February 2026)"] = {
  Identification: {
    title: "Identification",
    verdict: "partly",
    claim: "An agent is a registered workload identity, proven by its platform's OIDC token.",
    mechanism: [],
    attacks: [],
    through: ["NHI4"],
    limits: "What runs behind an identity is its issuer's word.",
    yours: "Give each agent an identity of its own.",
  },
  Authorization: {
    title: "Authorization",
    verdict: "partly",
    claim: "What the agent is about to do is decided at run time, and the key allows exactly that.",
    mechanism: [],
    attacks: [],
    through: ["NHI5"],
    limits:
      "Tools by name; calls inside a wildcard are not decided one by one. A tightened condition counts at once, a changed policy at the next renewal.",
    yours: "Write the policies.",
  },
  Delegation: {
    title: "Access delegation",
    verdict: "met",
    claim: "A sub-agent gets less than its parent; a task for a person may do what both may.",
    mechanism: [],
    attacks: [],
    through: ["ASI03"],
    yours: "Name who may delegate to whom.",
  },
  Logging: {
    title: "Logging and transparency",
    verdict: "partly",
    claim: "Decisions, endings and calls seen by CloudTrail are in a signed log, linked to the task and the person.",
    mechanism: [],
    attacks: [],
    through: ["NHI1"],
    limits: "Prompts and reasoning are not recorded, nor what connectors' credentials are used for.",
    yours: "Keep the log.",
  },
  "Data flows": {
    title: "Tracking data flows",
    verdict: "gap",
    claim: "What one task has read limits nothing that the next may write.",
    mechanism: [],
    attacks: [],
    limits: "Labels on data, and conflicts between them, are not built.",
    yours: "Keep sensitive data and the internet in different agents.",
  },
};
