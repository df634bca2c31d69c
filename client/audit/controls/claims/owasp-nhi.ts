import type { Claims } from "../control.ts";
import { PRESENTATION_TOKEN } from "./presentation-token.ts";

/** Claims about the controls of OWASP Non-Human Identities Top 10 (2025). */
export const NHI: Claims["OWASP Non-Human Identities Top 10 (2025)"] = {
  NHI1: {
    title: "Improper Offboarding",
    verdict: "met",
    claim:
      "Offboarding halts the agent, removes its bindings, ends every task, has AWS deny each session by name, rotates the secrets that the agent knew, and signs a report that lists all of it.",
    mechanism: [
      "functions/steps/agents/offboard-agent.ts#offboardAgent",
      "functions/steps/agents/ask-for-rotations.ts#askForRotations",
    ],
    attacks: [
      {
        test: "test/path/offboarding.test.ts > offboarding an agent > ends its tasks, removes its bindings",
        without: {
          file: "functions/steps/agents/offboard-agent.ts",
          find: "const { ended, left } = await endTasksOf(agent.id, by, ports, untilMs);",
          put: "const { ended, left } = { ended: [], left: 0 };",
        },
      },
      {
        test: "test/path/offboarding-secrets.test.ts > secrets that an offboarded agent knows > are rotated, though the task that read them was over long before",
        without: {
          file: "functions/steps/agents/ask-for-rotations.ts",
          find: "if (isToBeAsked(seen, state, closes, nowSeconds))",
          put: "if (false)",
        },
      },
    ],
    events: [
      "agent.suspended",
      "agent.offboarding",
      "agent.unbound",
      "agent.tasks_listed",
      "agent.offboarded",
      "person.tasks_ended",
      "person.votes_void",
      "secret.rotation_asked",
    ],
    yours:
      "Offboard agents when their owner leaves or their work is over. `valetkey agents list --inactive-days 30` and the recertification name those that nobody needs.",
  },
  NHI2: {
    title: "Secret Leakage",
    verdict: "met",
    claim:
      "Tokens, secrets and keys appear only in the answer to the one who asked. A program that `valetkey exec` starts has no token of an agent or an operator in its environment; refusals and log lines quote nothing of a token. Where policy demands signatures, no AWS key is handed out: its session stays in the hub.",
    mechanism: [
      "client/process/child-env.ts#childEnv",
      "functions/core/identity/issuer-of.ts#issuerOf",
      "functions/exchange/vend/confirm-leases.ts#confirmLeases",
    ],
    attacks: [
      {
        test: "test/unit/client/child-secrets.test.ts > I8: the command's environment > is without every variable",
        without: {
          file: "client/process/child-env.ts",
          find: 'if (name.startsWith("VALETKEY_")) return !KEPT_OF_OURS.has(name);',
          put: 'if (name.startsWith("VALETKEY_")) return false;',
        },
      },
      {
        test: "test/hostile/tokens.test.ts > a hostile token > is refused: ",
        without: {
          file: "functions/core/identity/issuer-of.ts",
          find: 'if (!issuer) throw new Refusal("issuer_unknown");',
          put: 'if (!issuer) throw new Refusal("issuer_unknown", { say: token });',
        },
      },
      {
        test: "test/path/signing.test.ts > I12: no byte of a secret access key > is in an answer, a record, an event or a log line of a task whose sessions stay in the hub",
        without: {
          file: "functions/exchange/vend/confirm-leases.ts",
          find: 'if (of.lease.delivery !== "sign") return { ...of, session: issued };',
          put: "return { ...of, session: issued };",
        },
      },
    ],
    yours:
      "Keep long-lived keys out of the agents' images and repositories. What an agent does with a key that it was handed is the agent's own.",
  },
  NHI3: {
    title: "Vulnerable Third-Party NHI",
    verdict: "partly",
    claim:
      "A tool server never gets an agent's token or key. It gets a presentation token, which is good for introspection by that server and ends with the task. Credentials of connected services are issued for one task and taken back.",
    mechanism: [
      "functions/tasks/introspect.ts#introspect",
      "functions/steps/tasks/authenticate-task.ts#authenticateTask",
    ],
    attacks: [
      PRESENTATION_TOKEN,
      {
        test: "test/hostile/introspection.test.ts > introspection > reveals nothing to another agent, not even to the token's own agent",
        without: {
          file: "functions/tasks/introspect.ts",
          find: "if (presentation.server !== server || nowSeconds >= presentation.expiresAt) return INACTIVE;",
          put: "if (nowSeconds >= presentation.expiresAt) return INACTIVE;",
        },
      },
    ],
    limits:
      "A third party's own identities and a breach at its side are not seen. A service without a connector has long-lived keys still.",
    events: ["presentation.issued", "presentation.revoked", "lease.revoked"],
    yours:
      "Review the third parties themselves: their own keys, and the apps that your organisation has installed for them.",
  },
  NHI4: {
    title: "Insecure Authentication",
    verdict: "met",
    claim:
      "An agent proves its identity with an OIDC token whose issuer, algorithm, signature, audience, times and pinned claim are verified. There is no password and no key of ours. A table of hostile tokens is refused, one by one.",
    mechanism: [
      "functions/core/identity/check-claims.ts#checkClaims",
      "functions/adapters/jose/jose-tokens.ts#JoseTokens",
    ],
    attacks: [
      {
        test: "test/hostile/tokens.test.ts > a hostile token > is refused: ",
        without: {
          file: "functions/core/identity/check-claims.ts",
          find: "if (audiences.length !== 1 || audiences[0] !== audience)",
          put: "if (audiences.length === 0)",
        },
      },
      {
        test: "test/hostile/tokens.test.ts > a hostile token > is refused: ",
        without: {
          file: "functions/adapters/jose/jose-tokens.ts",
          find: "algorithms: [...issuer.algorithms],",
          put: "",
        },
      },
    ],
    events: ["task.refused"],
    yours: "Choose issuers that give each workload a subject of its own, and keep their administrators few.",
  },
  NHI5: {
    title: "Overprivileged NHI",
    verdict: "met",
    claim:
      "A session may do what its stated intent names and Cedar permits, and nothing else. The session policy is compiled from that decision, and proven against the policies before STS is asked.",
    mechanism: [
      "functions/core/policy/decide.ts#decide",
      "functions/core/proof/prove.ts#prove",
      "functions/exchange/vend/prove-sessions.ts#proveSessions",
    ],
    attacks: [
      {
        test: "test/property/session-policy-within-cedar.test.ts > I2: a session policy allows nothing that Cedar does not permit > with a fixed seed",
        without: {
          file: "functions/core/policy/decide.ts",
          find: "denies: [...answer.kept.map(({ deny }) => deny), ...unnamed,",
          put: "denies: [...unnamed,",
        },
      },
      {
        test: "test/path/unproven-sessions.test.ts > I2: a session policy that is not proven > is handed out to nobody",
        without: {
          file: "functions/exchange/vend/prove-sessions.ts",
          find: 'if (answer.verdict === "proven") return;',
          put: "return;",
        },
      },
      {
        test: "test/property/proof/widened-texts.test.ts",
        without: {
          file: "functions/core/proof/prove.ts",
          find: 'if (call) return { verdict: "counterexample", call };',
          put: "",
        },
      },
    ],
    events: ["task.opened", "approval.used", "lease.renewed", "task.prolonged", "task.refused"],
    yours:
      "Write policies that permit what teams need. `valetkey agents advise` proposes a narrower one from what was used.",
  },
  NHI6: {
    title: "Insecure Cloud Deployment Configurations",
    verdict: "met",
    claim:
      "A CI job exchanges its own OIDC token and stores no cloud key. A task role trusts this hub's exchange alone, and only for sessions that name agent and task. A binding names exact claims, the issuer's pinned claim among them; wildcards are refused.",
    mechanism: ["infra/target-rights.ts#taskRoleTrust", "functions/core/identity/parse-agent.ts#parseAgent"],
    attacks: [
      {
        test: "test/infra/target-template.test.ts > a task role > ",
        without: {
          file: "infra/target-rights.ts",
          find: 'Condition: { StringLike: { "sts:SourceIdentity": PRESENT, ...tagged }, StringNotEquals: isProbe },',
          put: "Condition: { StringNotEquals: isProbe },",
        },
      },
      {
        test: "test/unit/core/identity/parse-agent.test.ts > a registration > is refused with a claim with a wildcard",
        without: {
          file: "functions/core/identity/parse-agent.ts",
          find: 'if (required.includes("*"))',
          put: 'if (required === "**")',
        },
      },
    ],
    yours: "Take the trust policies that CI systems had before away, with the keys stored there.",
  },
  NHI7: {
    title: "Long-Lived Secrets",
    verdict: "partly",
    claim:
      "No key outlives its fence, and no fence outlives the task's deadline. Secrets that a task could read are rotated after use and on a schedule, where they are under management. The hub signs nothing for a task after its end, nor by a session that has reached its fence.",
    mechanism: [
      "functions/core/tasks/lease-deadline.ts#leaseDeadline",
      "functions/sign/sign.ts#sign",
      "functions/core/secrets/secret-lock.ts#rotationDueAt",
    ],
    attacks: [
      {
        test: "test/hostile/injected-agent.test.ts > an agent under prompt injection > cannot make its task outlive its deadline",
        without: {
          file: "functions/core/tasks/lease-deadline.ts",
          find: "const deadline = Math.min(task.expiresAt, task.openedAt + ttl);",
          put: "const deadline = nowSeconds + 3_600;",
        },
      },
      {
        test: "test/path/rotate-due.test.ts > a secret that was used > is left alone until the session that could read it is past its fence",
        without: {
          file: "functions/core/secrets/secret-lock.ts",
          find: "Math.min(usedUntil(state), state.askedAt ?? Number.POSITIVE_INFINITY);",
          put: "Number.POSITIVE_INFINITY;",
        },
      },
      {
        test: "test/path/signing.test.ts > I13: no signature > is given at or after the fence, two minutes after the issue by default, or as policy says",
        without: {
          file: "functions/sign/sign.ts",
          find: "const usableUntil = (locked?.fenceAt ?? 0) - BEFORE_FENCE_SECONDS;",
          put: "const usableUntil = Number.POSITIVE_INFINITY;",
        },
      },
      {
        test: "test/path/signing.test.ts > I13: no signature > is given for a host that is not of a granted service, in another partition, or none of AWS",
        without: {
          file: "functions/sign/sign.ts",
          find: "partition === deployment.partition && services.includes(service)",
          put: "service !== partition",
        },
      },
    ],
    events: ["task.ended", "lease.renewed", "secret.rotated", "secret.rotation_asked", "secret.rotation_declined"],
    yours: "Put the secrets that agents read under management, and permit them with `@rotateAfterUse`.",
    limits:
      "A secret that nobody put under rotation outlives every task that read it. A token of GitHub lives its hour where GitHub cannot be reached to revoke it. The hub itself keeps administrators' logins of databases, secrets of OAuth clients and keys of GitHub Apps.",
  },
  NHI8: {
    title: "Environment Isolation",
    verdict: "met",
    claim:
      "Each session is for one account, in a role of that account. An intent names its account, the ARNs in it must lie there, and the session is bound to resources of that account. An account for production gives an agent nothing until another person than its owner has accepted its threat model.",
    mechanism: [
      "functions/core/intent/parse-intent.ts#parseIntent",
      "functions/core/policy/rules.ts#allowsOf",
      "functions/steps/threat/refuse-unaccepted.ts#refuseUnaccepted",
      "functions/exchange/threat/accept-threat-model.ts#acceptThreatModel",
    ],
    attacks: [
      {
        test: "test/hostile/intents.test.ts > a malformed or excessive intent > is refused: another account",
        without: {
          file: "functions/core/intent/parse-intent.ts",
          find: "accounts.find(({ id, retired }) => id === account && !retired)",
          put: "{ id: account, region: undefined }",
        },
      },
      {
        test: "test/property/session-policy-within-cedar.test.ts > I2: a session policy allows nothing that Cedar does not permit > with a fixed seed",
        without: {
          file: "functions/core/policy/rules.ts",
          find: 'if (pair.kind === "resource" && !pair.arnNamesAccount) {',
          put: "if (false) {",
        },
      },
      {
        test: "test/path/threat/gate.test.ts > a production account > gives an agent nothing before somebody has accepted its threat model",
        without: {
          file: "functions/steps/threat/refuse-unaccepted.ts",
          find: "if (await isAccepted(agent, ports)) return undefined;",
          put: "if (agent) return undefined;",
        },
      },
      {
        test: "test/path/threat/accepting.test.ts > no acceptance is made > by the agent's owner",
        without: {
          file: "functions/exchange/threat/accept-threat-model.ts",
          find: "if (why) throw",
          put: 'if (why && person.value === "") throw',
        },
      },
    ],
    events: ["account.halted", "account.lifted", "condition.tightened", "condition.loosened", "threat_model.accepted"],
    yours:
      "Give each environment an account of its own, and mark those for production; within one account policy has to tell them apart by names or tags.",
  },
  NHI9: {
    title: "NHI Reuse",
    verdict: "partly",
    claim:
      "A token belongs to exactly one agent: a binding that overlaps another agent's is refused, and a token that two agents match opens nothing. A token of an issuer with single use opens one task. Tasks of several agents share a pool of roles in an account, which OWASP names as its first example of reuse; each session has a name, a source identity and tags of its own, by which IAM tells the agents apart, and policies, revocation and the ledger go by these.",
    mechanism: [
      "functions/steps/requests/verify-identity.ts#verifyIdentity",
      "functions/core/identity/bindings.ts#overlap",
    ],
    attacks: [
      {
        test: "test/path/exchange-refused.test.ts > nothing is issued without a verified token, a registered active agent and a permit for every part (I1) > take away one agent and no other",
        without: {
          file: "functions/steps/requests/verify-identity.ts",
          find: "if (others.length > 0) throw",
          put: "if (others.length > 9) throw",
        },
      },
      {
        test: "test/unit/core/identity/bindings.test.ts > two bindings",
        without: {
          file: "functions/core/identity/bindings.ts",
          find: "Object.hasOwn(b, name) && b[name] !== value",
          put: "Object.hasOwn(b, name)",
        },
      },
    ],
    events: ["agent.registered", "agent.changed", "agent.confirmed", "agent.unconfirmed_warning"],
    yours: "Register one agent for each workload, not one for a team.",
    limits:
      "The roles of an account's pool are shared. A resource policy that names a task role, and no tag, serves every agent.",
  },
  NHI10: {
    title: "Human Use of NHI",
    verdict: "partly",
    claim:
      "A person's token opens no task as an agent, and an operator's functions have no right to issue keys. Acts of people are recorded under (issuer, person); acts of agents under the agent.",
    mechanism: ["functions/core/identity/issuer-of.ts#issuerOf", "infra/rights.ts#rightsOf"],
    attacks: [
      {
        test: "test/hostile/tokens.test.ts > a hostile token > is refused: a person's token",
        without: {
          file: "functions/core/identity/issuer-of.ts",
          find: "if (issuer.kind !== kind)",
          put: "if (issuer.kind === undefined)",
        },
      },
      {
        test: "test/infra/sole-rights.test.ts > the role of each function > lets only the exchange and the probe assume task roles",
        without: {
          file: "infra/rights.ts",
          find: "  operate: (scope) => [\n    onManagedSecrets",
          put: "  operate: (scope) => [\n    ...assumeTaskRoles(scope),\n    onManagedSecrets",
        },
      },
    ],
    events: ["operation.refused", "consent.given", "consent.withdrawn"],
    yours: "Give people roles of their own for what they do by hand.",
    limits: "A person who holds an agent's own token, from its platform, is not told apart from the agent.",
  },
};
