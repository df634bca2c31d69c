import type { Claims } from "../control.ts";

/** Claims about the controls of CSA MAESTRO. */
export const MAESTRO: Claims["CSA MAESTRO"] = {
  L1: {
    title: "Foundation Models",
    verdict: "not_ours",
    claim: "No model runs here, and none decides.",
    mechanism: [],
    attacks: [],
    limits: "Models are outside valetkey.",
    yours: "Evaluate and protect the models.",
  },
  L2: {
    title: "Data Operations",
    verdict: "partly",
    claim: "An agent reaches the data that its session names, and no other.",
    mechanism: [],
    attacks: [],
    through: ["NHI5", "NHI8"],
    limits: "valetkey does not see the content of data.",
    yours: "Classify data, and write policies by its tags.",
  },
  L3: {
    title: "Agent Frameworks",
    verdict: "partly",
    claim: "A framework gets keys through a profile or an endpoint, and no token of an agent.",
    mechanism: [],
    attacks: [],
    through: ["NHI2", "ASI02"],
    limits: "A framework's own faults are outside valetkey.",
    yours: "Keep frameworks up to date.",
  },
  L4: {
    title: "Deployment and Infrastructure",
    verdict: "partly",
    claim: "valetkey's own functions have least rights, and the target accounts trust the exchange alone.",
    mechanism: [],
    attacks: [],
    through: ["NHI4", "NHI6", "NHI8"],
    yours: "Keep the hub in an account of its own.",
    limits:
      "No attack covers the deployment as a whole; the roles of the functions have tests of their own (test/infra).",
  },
  L5: {
    title: "Evaluation and Observability",
    verdict: "partly",
    claim: "Every decision and every end is in a signed log; what keys were used for stands in the ledger.",
    mechanism: ["functions/core/journal/event.ts#brokenLink"],
    attacks: [
      {
        test: "test/property/journal.test.ts > I7: the chain of a task's events > fails after any change of any field of any event",
        without: {
          file: "functions/core/journal/event.ts",
          find: "|| hash !== hashOf(rest);",
          put: '|| hash === "";',
        },
      },
    ],
    limits: "An agent's reasoning is not recorded, and calls without CloudTrail events are not seen.",
    yours: "Turn on CloudTrail's data events where their cost is worth it.",
  },
  L6: {
    title: "Security and Compliance",
    verdict: "partly",
    claim: "Policies are code with cases, approvals are signed, and this page is joined with a test run.",
    mechanism: [],
    attacks: [],
    through: ["NHI1", "NHI5", "ASI09"],
    yours: "Review policies and this page on a schedule.",
    limits: "Compliance is the organisation's. Nobody has audited this page.",
  },
  L7: {
    title: "Agent Ecosystem",
    verdict: "partly",
    claim: "Agents delegate by tokens that name the receiver and carry less.",
    mechanism: [],
    attacks: [],
    through: ["ASI03", "ASI07"],
    limits: "Agents outside this deployment are known by their tokens alone.",
    yours: "Decide which agents may delegate to which.",
  },
};
