import { FENCE_SECONDS, LEAST_FENCE_SECONDS } from "../../../contract/limits.ts";
import { DELIVERIES, type Delivery } from "../../../contract/names.ts";
import type { Denial } from "../../../contract/refusals.ts";
import { type Budget, budgetsOfAll, budgetText, callsOfAll, parseBudgets, parseCalls } from "../budgets/budget.ts";
import type { ConnectorType } from "../deployment/connector-type.ts";
import { CONSENT, type NeededVotes, neededOfAll, parseNeeded, textOf, votesIn } from "./needed-votes.ts";
import { parseStanding, type StandingTerms, standingOfAll } from "./standing-terms.ts";

/** Longest life of a task that one person approved alone; seconds. */
export const GLASS_SECONDS = 900;

/** Terms of a permit, as its annotations (`@maxTtl("15m")`) set them. Each field has its row in `OBLIGATIONS`. */
export interface Obligations {
  /** Votes that the request needs: every group, each with its number. */
  readonly approval?: readonly NeededVotes[];
  /** The person for whom the task acts must vote for the request. */
  readonly consent?: true;
  /**
   * Upper bound on the uses and the window for which people may vote at once; absent where each task needs votes of its
   * own.
   */
  readonly standing?: StandingTerms;
  /** One person of a group may give the approval alone, where other people cannot be reached in time. */
  readonly breakGlass?: true;
  /** The session works only from the address of its request. */
  readonly bindIp: boolean;
  readonly rotateAfterUse: boolean;
  /** Longest life of the task; seconds. */
  readonly maxTtlSeconds?: number;
  /** No session is issued in an account while IAM cannot be written there. */
  readonly requiresRevocation?: true;
  /** Longest time from a session's issue to its fence; seconds. */
  readonly fenceSeconds?: number;
  /** AWS sessions stay in the hub, which signs requests by them: no key is handed out. */
  readonly delivery?: Delivery;
  /** Budgets that count the grant. Each must allow it. */
  readonly budgets?: readonly Budget[];
  /** Budgets that count each signature. Each must allow it. */
  readonly calls?: readonly Budget[];
}

/** The part of a deployment that can keep an obligation: sessions of AWS, tools, or a connector by its type. */
export type Keeper = "aws" | "tool" | ConnectorType;

/** Keepers of an obligation, and the denial and the finding for everything else. */
interface Keepers {
  readonly keepers: readonly Keeper[];
  /** Denial for a type that cannot keep the obligation. */
  readonly denial: Pick<Denial, "reason" | "hint">;
  /** Level at which `policy check` reports a permit for a type that cannot keep the obligation. */
  readonly level: "error" | "warning";
}

/** One obligation, as parsing, comparing, deciding, checking, explaining and docs/policies.md use it. */
export interface Obligation {
  readonly annotation: string;
  /** Example for a policy. */
  readonly example: string;
  /** One line of docs/policies.md. */
  readonly meaning: string;
  /** Parses the annotation's text; sets nothing where `fault` finds a fault. */
  readonly parse: (text: string) => Partial<Obligations>;
  /** Returns a sentence about a text that the annotation does not accept. */
  readonly fault?: (text: string) => string | undefined;
  /** Selects this obligation. */
  readonly part: (obligations: Obligations) => Partial<Obligations>;
  /** Returns the strictness: a larger number is stricter. */
  readonly demand: (obligations: Obligations) => number;
  /**
   * Combines the obligations of several permits, for a task that has to keep them all; absent where the strictest
   * includes the others.
   */
  readonly join?: (all: readonly Obligations[]) => Partial<Obligations>;
  /** Annotation that this one needs: without it, this one has no meaning. */
  readonly beside?: string;
  /** Returns a sentence about a fault in the other terms of the same permit. */
  readonly lacks?: (obligations: Obligations) => string | undefined;
  /** The annotation eases another one: a permit with it requires less. */
  readonly eases?: true;
  /** A person has to act, which weighs more than any condition on tags. */
  readonly needsPerson: boolean;
  /** Denial for an agent that acts for nobody; absent where the obligation needs no such person. */
  readonly ofNobody?: Pick<Denial, "reason" | "hint">;
  /** True where these obligations need such a person; absent where the obligation always does. */
  readonly forPersons?: (obligations: Obligations) => boolean;
  /** Returns the term for an explanation; undefined where the permit does not have it. */
  readonly words: (obligations: Obligations) => string | undefined;
  /** The only keepers of the obligation. A permit never grants anything that cannot keep its obligations. */
  readonly keptBy: Keepers | "everything";
}

/** Row of a field: the obligation, and the function that keeps it. */
export interface KeptObligation<Field extends keyof Obligations> extends Obligation {
  /**
   * Computes what the obligation demands: every place that enforces it asks this function, and none reads the field by
   * itself. The tests in `test/path/obligations-in-force.test.ts` switch each of these functions off.
   */
  readonly keep: (obligations: Pick<Obligations, Field>, ...facts: never[]) => unknown;
}

/** An obligation that not everything can keep. */
export interface LimitedObligation extends Obligation {
  readonly keptBy: Keepers;
}

/** Parses a duration (`15m`) into seconds; undefined for anything but a whole number and one of s, m, h. */
export const parseDuration = (text: string): number | undefined =>
  /^[1-9][0-9]{0,5}[smh]$/.test(text) ? Number(text.slice(0, -1)) * 60 ** "smh".indexOf(text.slice(-1)) : undefined;

/** Parses a duration that may be in days too (`3d`) into seconds; undefined for anything else. */
export const parseLongDuration = (text: string): number | undefined =>
  /^[1-9][0-9]{0,5}d$/.test(text) ? Number(text.slice(0, -1)) * 86_400 : parseDuration(text);

const isDelivery = (text: string): text is Delivery => DELIVERIES.some((each) => each === text);

const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(" or ");

/** The one text of `@requires`. */
const REVOCATION = "revocation";

/** Form of a fence, in words. */
export const FENCE_FORM = `a duration from "${LEAST_FENCE_SECONDS}s" to "${FENCE_SECONDS / 60}m": a whole number and s or m`;

/** Durations from `LEAST_FENCE_SECONDS` to `FENCE_SECONDS`, as a pattern for the schema of `valetkey.json`. */
export const FENCE = /^(?:[6-9]\d|[1-8]\d\d|900)s$|^(?:[1-9]|1[0-5])m$/;

/** Parses a fence (`2m`) into seconds; undefined for a text that is no duration between the bounds. */
export const parseFence = (text: string): number | undefined => (FENCE.test(text) ? parseDuration(text) : undefined);

const BUDGET_OF_NOBODY = {
  reason: "Policy permits it within a budget of the person for whom the agent acts, and it acts for nobody.",
  hint: "Ask on behalf of a person: their token as subject_token, the agent's as actor_token (`valetkey exec --on-behalf-of`).",
} as const;

const isOfPerson = ({ scope }: Budget): boolean => scope === "person";

/** The obligations by field, the weightiest demand first. */
export const OBLIGATIONS = {
  approval: {
    annotation: "approval",
    example: '@approval("sre=2,security")',
    meaning: "people must approve exactly this request first: so many of each named group, 1 by default",
    parse: (text) => {
      const needed = parseNeeded(text);
      return typeof needed === "string" ? {} : { approval: needed };
    },
    fault: (text) => {
      const needed = parseNeeded(text);
      return typeof needed === "string" ? needed : undefined;
    },
    part: ({ approval }) => (approval === undefined ? {} : { approval }),
    demand: ({ approval }) => (approval === undefined ? 0 : votesIn(approval)),
    join: (all) => {
      const needed = neededOfAll(all.map(({ approval }) => approval ?? []));
      return needed.length === 0 ? {} : { approval: needed };
    },
    needsPerson: true,
    keptBy: "everything",
    keep: ({ approval = [] }): readonly NeededVotes[] => approval,
    words: ({ approval }) => (approval === undefined ? undefined : `approval by ${textOf(approval)}`),
  },
  consent: {
    annotation: "consent",
    example: "@consent",
    meaning: "the person for whom the task acts must approve exactly this request first, beside everybody else",
    parse: () => ({ consent: true }),
    fault: (text) =>
      text === "" ? undefined : "@consent takes no text: the person is the one for whom the agent asks",
    part: ({ consent }) => (consent ? { consent } : {}),
    demand: ({ consent }) => Number(consent ?? false),
    needsPerson: true,
    ofNobody: {
      reason: "Policy permits it with the consent of the person for whom the agent acts, and it acts for nobody.",
      hint: "Ask on behalf of a person: their token as subject_token, the agent's as actor_token (`valetkey exec --on-behalf-of`).",
    },
    keptBy: "everything",
    keep: ({ consent }): readonly NeededVotes[] => (consent ? [CONSENT] : []),
    words: ({ consent }) => (consent ? "consent of the person it acts for" : undefined),
  },
  standing: {
    annotation: "standing",
    example: '@standing("5/7d")',
    meaning: "beside `@approval`: people may approve so many uses of the same request, within so long",
    parse: (text) => {
      const standing = parseStanding(text);
      return typeof standing === "string" ? {} : { standing };
    },
    fault: (text) => {
      const standing = parseStanding(text);
      return typeof standing === "string" ? `@${standing}` : undefined;
    },
    lacks: ({ consent }) =>
      consent ? "@standing belongs on no permit with @consent, which is for one task" : undefined,
    part: ({ standing }) => (standing === undefined ? {} : { standing }),
    demand: ({ standing }) => (standing === undefined ? 0 : -1),
    join: (all) => {
      if (requireConsent(all)) return {};
      const standing = standingOfAll(all.filter(({ approval }) => approval).map((each) => each.standing));
      return standing === undefined ? {} : { standing };
    },
    beside: "approval",
    eases: true,
    needsPerson: true,
    keptBy: "everything",
    keep: ({ standing }, requested: StandingTerms | undefined) =>
      requested && standing && requested.uses <= standing.uses && requested.window <= standing.window
        ? requested
        : undefined,
    words: ({ standing }) =>
      standing === undefined
        ? undefined
        : `which may be for ${standing.uses} uses within ${Math.floor(standing.window / 3_600)} h`,
  },
  breakGlass: {
    annotation: "breakGlass",
    example: "@breakGlass",
    meaning:
      "beside `@approval` and a `@maxTtl` of at most 15m: one person may give the approval alone in an emergency",
    parse: () => ({ breakGlass: true }),
    fault: (text) => (text === "" ? undefined : "@breakGlass takes no text"),
    lacks: ({ approval = [], maxTtlSeconds = Number.POSITIVE_INFINITY, consent }) => {
      if (consent) return "@breakGlass belongs on no permit with @consent, which nobody gives in the person's place";
      if (approval.length > 0 && votesIn(approval) < 2)
        return "@breakGlass belongs beside an @approval of at least two votes: one person gives one vote alone anyway";
      return maxTtlSeconds > GLASS_SECONDS ? '@breakGlass belongs beside a @maxTtl of at most "15m"' : undefined;
    },
    part: ({ breakGlass }) => (breakGlass ? { breakGlass } : {}),
    demand: ({ breakGlass }) => (breakGlass ? -1 : 0),
    join: (all) => {
      if (requireConsent(all)) return {};
      const withApproval = all.filter(({ approval }) => approval);
      return withApproval.length > 0 && withApproval.every(({ breakGlass }) => breakGlass) ? { breakGlass: true } : {};
    },
    beside: "approval",
    eases: true,
    needsPerson: true,
    keptBy: "everything",
    keep: ({ breakGlass }, needed: readonly NeededVotes[]) => breakGlass === true && votesIn(needed) > 1,
    words: ({ breakGlass }) => (breakGlass ? "which one person may give alone in an emergency" : undefined),
  },
  bindIp: {
    annotation: "bindIp",
    example: "@bindIp",
    meaning: "the session works only from the address that the request for credentials came from",
    parse: () => ({ bindIp: true }),
    part: ({ bindIp }) => ({ bindIp }),
    demand: ({ bindIp }) => Number(bindIp),
    needsPerson: false,
    keep: ({ bindIp }, address: string | undefined): readonly string[] =>
      bindIp && address !== undefined ? [address] : [],
    words: ({ bindIp }) => (bindIp ? "from the requesting address only" : undefined),
    keptBy: {
      keepers: ["aws"],
      denial: {
        reason:
          "Policy permits it from the requesting address only, and credentials of this type cannot be bound to one.",
        hint: "Ask the platform team for a permit without @bindIp.",
      },
      level: "warning",
    },
  },
  rotateAfterUse: {
    annotation: "rotateAfterUse",
    example: "@rotateAfterUse",
    meaning: "the secret is rotated after the task, and leased to nobody else before",
    parse: () => ({ rotateAfterUse: true }),
    part: ({ rotateAfterUse }) => ({ rotateAfterUse }),
    demand: ({ rotateAfterUse }) => Number(rotateAfterUse),
    needsPerson: false,
    keep: ({ rotateAfterUse }) => rotateAfterUse,
    words: ({ rotateAfterUse }) => (rotateAfterUse ? "its secrets are rotated after use" : undefined),
    keptBy: {
      keepers: ["secret"],
      denial: {
        reason: "Policy permits it with a rotation after use only, and nothing but a managed secret can be rotated.",
        hint: "Ask the platform team for a permit without @rotateAfterUse.",
      },
      level: "error",
    },
  },
  maxTtlSeconds: {
    annotation: "maxTtl",
    example: '@maxTtl("15m")',
    meaning: "the credential lives no longer than that after the task was opened",
    parse: (text) => {
      const maxTtlSeconds = parseDuration(text);
      return maxTtlSeconds === undefined ? {} : { maxTtlSeconds };
    },
    fault: (text) =>
      parseDuration(text) === undefined
        ? '@maxTtl takes a duration such as "15m": a whole number and s, m or h'
        : undefined,
    part: ({ maxTtlSeconds }) => (maxTtlSeconds === undefined ? {} : { maxTtlSeconds }),
    demand: ({ maxTtlSeconds }) => -(maxTtlSeconds ?? Number.MAX_SAFE_INTEGER),
    needsPerson: false,
    keptBy: "everything",
    keep: ({ maxTtlSeconds = Number.POSITIVE_INFINITY }, seconds: number) => Math.min(seconds, maxTtlSeconds),
    words: ({ maxTtlSeconds }) => (maxTtlSeconds === undefined ? undefined : `at most ${maxTtlSeconds} s`),
  },
  requiresRevocation: {
    annotation: "requires",
    example: '@requires("revocation")',
    meaning:
      "no AWS session is issued in an account while IAM cannot be written there, since its ending could not be either",
    parse: (text) => (text === REVOCATION ? { requiresRevocation: true } : {}),
    fault: (text) => (text === REVOCATION ? undefined : `@requires takes one text: "${REVOCATION}"`),
    part: ({ requiresRevocation }) => (requiresRevocation ? { requiresRevocation } : {}),
    demand: ({ requiresRevocation }) => Number(requiresRevocation ?? false),
    needsPerson: false,
    keptBy: "everything",
    keep: ({ requiresRevocation }) => requiresRevocation === true,
    words: ({ requiresRevocation }) => (requiresRevocation ? "only while its sessions can be revoked" : undefined),
  },
  fenceSeconds: {
    annotation: "fence",
    example: '@fence("2m")',
    meaning: "each AWS session works no longer than that after its issue, and is renewed while the task lives",
    parse: (text) => {
      const fenceSeconds = parseFence(text);
      return fenceSeconds === undefined ? {} : { fenceSeconds };
    },
    fault: (text) => (parseFence(text) === undefined ? `@fence takes ${FENCE_FORM}` : undefined),
    part: ({ fenceSeconds }) => (fenceSeconds === undefined ? {} : { fenceSeconds }),
    demand: ({ fenceSeconds }) => -(fenceSeconds ?? Number.MAX_SAFE_INTEGER),
    needsPerson: false,
    keptBy: {
      keepers: ["aws", "tool"],
      denial: {
        reason: "Policy permits it with a fence only, and credentials of this type have none.",
        hint: "Ask the platform team for a permit without @fence.",
      },
      level: "warning",
    },
    keep: ({ fenceSeconds = Number.POSITIVE_INFINITY }, seconds: number) => Math.min(seconds, fenceSeconds),
    words: ({ fenceSeconds }) => (fenceSeconds === undefined ? undefined : `in sessions of at most ${fenceSeconds} s`),
  },
  delivery: {
    annotation: "deliver",
    example: '@deliver("sign")',
    meaning: "no AWS key is handed out: the session stays in the hub, which signs one request at a time",
    parse: (text) => (isDelivery(text) ? { delivery: text } : {}),
    fault: (text) => (isDelivery(text) ? undefined : `@deliver takes one text: ${quoted(DELIVERIES)}`),
    part: ({ delivery }) => (delivery === undefined ? {} : { delivery }),
    demand: ({ delivery }) => Number(delivery !== undefined),
    needsPerson: false,
    keptBy: {
      keepers: ["aws"],
      denial: {
        reason: "Policy permits it where the hub signs the requests only, and it signs requests to AWS alone.",
        hint: "Ask the platform team for a permit without @deliver.",
      },
      level: "error",
    },
    keep: ({ delivery }): Delivery | undefined => delivery,
    words: ({ delivery }) => (delivery === undefined ? undefined : "signed by the hub, without a key"),
  },
  budgets: {
    annotation: "budget",
    example: '@budget("deploys 3/24h agent")',
    meaning:
      "no more than so many grants in any window of so long, for each agent, person, team or tree, or in the hub",
    parse: (text) => {
      const budgets = parseBudgets(text);
      return typeof budgets === "string" ? {} : { budgets };
    },
    fault: (text) => {
      const budgets = parseBudgets(text);
      return typeof budgets === "string" ? budgets : undefined;
    },
    part: ({ budgets }) => (budgets === undefined ? {} : { budgets }),
    demand: ({ budgets = [] }) => Math.max(0, ...budgets.map(({ count, window }) => window / count)),
    join: (all) => {
      const budgets = budgetsOfAll(all.map((each) => each.budgets ?? []));
      return budgets.length === 0 ? {} : { budgets };
    },
    needsPerson: false,
    ofNobody: BUDGET_OF_NOBODY,
    forPersons: ({ budgets = [] }) => budgets.some(isOfPerson),
    keptBy: "everything",
    keep: ({ budgets = [] }): readonly Budget[] => budgets,
    words: ({ budgets }) =>
      budgets === undefined ? undefined : `within the budget ${budgets.map(budgetText).join(" and ")}`,
  },
  calls: {
    annotation: "calls",
    example: '@calls("reads 500/1h agent")',
    meaning:
      'beside `@deliver("sign")`: no more than so many signatures in any window of so long, for each agent, person, team or tree, or in the hub',
    parse: (text) => {
      const calls = parseCalls(text);
      return typeof calls === "string" ? {} : { calls };
    },
    fault: (text) => {
      const calls = parseCalls(text);
      return typeof calls === "string" ? calls : undefined;
    },
    part: ({ calls }) => (calls === undefined ? {} : { calls }),
    demand: ({ calls = [] }) => Math.max(0, ...calls.map(({ count, window }) => window / count)),
    join: (all) => {
      const calls = callsOfAll(all.map((each) => each.calls ?? []));
      return calls.length === 0 ? {} : { calls };
    },
    beside: "deliver",
    needsPerson: false,
    ofNobody: BUDGET_OF_NOBODY,
    forPersons: ({ calls = [] }) => calls.some(isOfPerson),
    keptBy: {
      keepers: ["aws"],
      denial: {
        reason: "Policy permits it within a budget of signed requests, and the hub signs requests to AWS alone.",
        hint: "Ask the platform team for a permit without @calls.",
      },
      level: "error",
    },
    keep: ({ calls = [] }): readonly Budget[] => calls,
    words: ({ calls }) =>
      calls === undefined ? undefined : `signed calls within the budget ${calls.map(budgetText).join(" and ")}`,
  },
} as const satisfies { readonly [Field in keyof Obligations]-?: KeptObligation<Field> };

/**
 * True where one of them requires consent. A consent is for one task and by that person alone, so nothing that eases an
 * approval applies beside it.
 */
const requireConsent = (all: readonly Obligations[]): boolean => all.some(({ consent }) => consent);

/** Every row, the weightiest demand first. */
export const EVERY_OBLIGATION: readonly Obligation[] = Object.values(OBLIGATIONS);

const NOTHING: Obligations = { bindIp: false, rotateAfterUse: false };

/** Returns the obligations in a policy's annotations. The build has checked their form. */
export const obligationsOf = (annotations: Readonly<Record<string, string>>): Obligations =>
  together(
    EVERY_OBLIGATION.map(({ annotation, parse }) => {
      const text = annotations[annotation];
      return text === undefined ? {} : parse(text);
    }),
  );

/** Returns the strictest of several obligations: those of a task whose pairs were decided by different permits. */
export const strictest = (all: readonly Obligations[]): Obligations =>
  together(
    EVERY_OBLIGATION.map(({ part, demand, join }) => {
      if (join) return join(all);
      const [most = NOTHING] = all.toSorted((a, b) => demand(b) - demand(a));
      return part(most);
    }),
  );

const together = (parts: readonly Partial<Obligations>[]): Obligations => Object.assign({}, NOTHING, ...parts);

/** Returns the obligations in which `one` is stricter than `other`. */
export const stricterThan = (one: Obligations, other: Obligations): readonly Obligation[] =>
  EVERY_OBLIGATION.filter(({ demand }) => demand(one) > demand(other));

/** Returns the votes that these obligations require: the person's own, and those of groups. */
export const votesFor = (obligations: Obligations): readonly NeededVotes[] => [
  ...OBLIGATIONS.consent.keep(obligations),
  ...OBLIGATIONS.approval.keep(obligations),
];

/** Returns those of the obligations that only a task for a person can meet. */
export const needingPerson = (
  obligations: Obligations,
): readonly (Obligation & Required<Pick<Obligation, "ofNobody">>)[] =>
  stricterThan(obligations, NOTHING).filter(
    (each): each is ReturnType<typeof needingPerson>[number] =>
      each.ofNobody !== undefined && (each.forPersons?.(obligations) ?? true),
  );

/**
 * Returns those of the obligations that the keeper cannot keep. A name that is no `Keeper` keeps none that has keepers.
 */
export const unkeptBy = (keeper: string, obligations: Obligations): readonly LimitedObligation[] =>
  stricterThan(obligations, NOTHING)
    .filter((each): each is LimitedObligation => each.keptBy !== "everything")
    .filter(({ keptBy }) => !keptBy.keepers.some((each) => each === keeper));
