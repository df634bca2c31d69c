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
    verdict: "partly",
    claim:
      "Policy labels what is read and what sends, and while a key with one label may live, its agent, person or tree of tasks gets none with the other.",
    mechanism: [
      "functions/core/policy/labels-of.ts#labelsOf",
      "functions/exchange/vend/take-labels.ts#refuseHeld",
      "functions/exchange/vend/check-opened.ts#checkOpened",
      "functions/steps/tasks/labels-of-grants.ts#labelsOfGrants",
    ],
    attacks: [
      {
        test: "test/path/label-races.test.ts > I11: keys of both sides of a conflict > are never handed out together, while two tasks are opened at any moment",
        without: {
          file: "functions/exchange/vend/check-opened.ts",
          find: "refuseHeld(taking, ports),",
          put: "Promise.resolve(),",
        },
      },
      {
        test: "test/path/connector-labels.test.ts > I11: a label of a login > is held while the revocation fails, for hours after the login's own time",
        without: {
          file: "functions/exchange/vend/take-labels.ts",
          find: "deadBy(lease) ?? UNTIL_REVOKED",
          put: "deadBy(lease) ?? lease.expiresAt",
        },
      },
      {
        test: "test/path/permit-labels.test.ts > the labels of a pair > are those of each permit that may hold for it: a broad permit without a label takes none away",
        without: {
          file: "functions/core/policy/labels-of.ts",
          find: "policies.evaluateLabelled(query)",
          put: "(policies as never as Policies).evaluatePartially(query).residuals.length < 2 ? policies.evaluateLabelled(query) : { residuals: [], errored: [] }",
        },
      },
      {
        test: "test/path/permit-labels.test.ts > a conflict of a scope > takes a child's labels by the policies on the agents above it, too (I3)",
        without: {
          file: "functions/steps/tasks/labels-of-grants.ts",
          find: "...(person ? [person] : []), ...above]",
          put: "...(person ? [person] : []), ...above.slice(above.length)]",
        },
      },
    ],
    limits:
      "Labels of AWS, PostgreSQL and GitHub alone. What an agent remembers, and a download or a job that goes on after its key, is not bounded.",
    yours: "Label the permits for sensitive data and for what sends, and name the conflict.",
  },
};
