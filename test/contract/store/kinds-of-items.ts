import { type AgentId, agentId, isAgentId } from "../../../contract/agent-id.ts";
import { type ApprovalId, approvalId, isApprovalId } from "../../../contract/approval-id.ts";
import type { BudgetScope, ConflictScope } from "../../../contract/names.ts";
import type { keys } from "../../../functions/adapters/dynamodb/table/dynamo-keys.ts";
import { sealedUseOf } from "../../../functions/core/approvals/stored-approval.ts";
import { sealedConsentOf } from "../../../functions/core/consents/consent.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import type { Person } from "../../../functions/core/identity/person.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { sealedFieldsOf } from "../../../functions/core/tasks/sealed-fields.ts";
import { sealedAcceptanceOf } from "../../../functions/core/threat/acceptance.ts";
import type { portsOver } from "./ports-over-table.ts";

type KindOfItem = keyof typeof keys;
type Ports = ReturnType<typeof portsOver>;
/** Arguments of a reader, by the groups of the pattern. An `id` of another noun has the form of an agent's id, too. */
type Named = Readonly<Record<string, string>> & {
  readonly id?: AgentId;
  readonly approval?: ApprovalId;
};

/** A kind of item: the pattern of its keys, and the function that reads it. Without one, the item is read as it is. */
interface Kind {
  /** Pattern of partition key, a space and sort key. The named groups are the reader's arguments. */
  readonly at: RegExp;
  readonly read?: (ports: Ports, of: Named) => Promise<unknown>;
}

const NOBODY = agentId("nobody");
const NO_APPROVAL = approvalId("0".repeat(16));

const person = ({ issuer = "", value = "" }: Named): Person => ({ issuer, value });
const path = ({ path: text = "" }: Named): TaskPath => text as TaskPath;
const role = ({ account = "", role: name = "" }: Named) => ({ account: accountId(account), role: name });
const lists = async (ports: Ports, { id = NOBODY }: Named) => {
  const { agents } = await ports.agents.list(undefined);
  return agents.find((each) => each.id === id);
};

/** Every kind of item in the table. A kind without a pattern does not compile. */
export const KINDS_OF_ITEMS: Readonly<Record<KindOfItem, Kind>> = {
  agent: { at: /^AGENT#(?<id>[a-z][^ ]*) AGENT$/, read: ({ agents }, { id = NOBODY }) => agents.record(id) },
  active: { at: /^ACTIVE#(?<id>\S+) ACTIVE$/, read: ({ agents }, { id = NOBODY }) => agents.read(id) },
  registration: { at: /^REGISTRATION#\S+ REGISTRATION$/ },
  agentEvent: { at: /^AGENTJOURNAL#(?<id>\S+) EVENT#\d+$/, read: ({ agents }, { id = NOBODY }) => agents.history(id) },
  checkpoint: { at: /^AGENT#CHECK CHECKPOINT$/, read: ({ agents }) => agents.checkpoint() },
  offboarding: { at: /^AGENT#OFFBOARDING \S+$/, read: ({ agents }) => agents.offboarding() },
  reportPart: {
    at: /^AGENT#(?<id>[a-z]\S*) REPORT#(?<sha256>[^#]+)#\d{4}$/,
    read: ({ agents }, { id = NOBODY, sha256 = "" }) => agents.report(id, sha256),
  },
  agentEntry: { at: /^AGENT# (?<id>\S+)$/, read: lists },
  binding: {
    at: /^BINDING#(?<issuer>\S+) (?<value>.+)$/,
    read: ({ agents }, { issuer = "", value = "" }) => agents.withBinding(issuer, value),
  },
  live: { at: /^LIVE#(?<id>[a-z]\S*) TASK#\S+$/, read: ({ agents }, { id = NOBODY }) => agents.liveTasks(id) },
  liveBelow: { at: /^LIVE#TREE#(?<path>\S+) \S+$/, read: ({ tasks }, of) => tasks.below(`${path(of)}.` as TaskPath) },
  lastUse: { at: /^LIVE#(?<id>[a-z]\S*) TASK#$/, read: ({ agents }, { id = NOBODY }) => agents.lastUsed(id) },
  liveToken: {
    at: /^LIVETOKEN#(?<path>\S+) (?<hash>\S+)$/,
    read: ({ tasks }, { hash = "", ...of }) => tasks.findToken(path(of), hash),
  },
  keptSession: {
    at: /^SESSION#(?<path>\S+) (?<lease>\S+)$/,
    read: ({ kept }, { lease = "", ...of }) => kept.read(path(of), lease),
  },
  task: {
    at: /^TASK#\S+ (?<path>\S+)$/,
    read: async ({ tasks, sealed }, of) => {
      const task = await tasks.read(path(of));
      return task && sealed("task", task, sealedFieldsOf(task));
    },
  },
  taskEvent: { at: /^JOURNAL#\S+ (?<path>[^#]+)#EVENT#\d+$/, read: ({ tasks }, of) => tasks.history(path(of)) },
  approvalEvent: { at: /^APPROVALJOURNAL#\S+ \S+#EVENT#\d+$/ },
  readEvent: { at: /^READJOURNAL#\S+ \S+#EVENT#\d+$/ },
  pace: { at: /^PACE#\S+ \S+$/ },
  suspensions: { at: /^SUSPENSIONS#\S+ \d+$/ },
  escalation: {
    at: /^ESCALATION#(AGENT#\S+|TREE#\S+)? \S+$/,
    read: ({ escalations }) => escalations.list("all", undefined, 100),
  },
  role: {
    at: /^ROLE#(?<account>\d+)#(?<role>[^ #]+) \S+$/,
    read: ({ roles }, of) => roles.issued(role(of), 0),
  },
  ended: {
    at: /^ROLE#(?<account>\d+)#(?<role>[^ #]+)#ENDED (LEAF|PARENT)#\S+$/,
    read: ({ roles }, of) => roles.issued(role(of), 0),
  },
  personsTask: {
    at: /^PERSON#(?<issuer>[^|]+)\|(?<value>\S+) TASK#\S+$/,
    read: ({ tasks }, of) => tasks.openedFor(person(of)),
  },
  personCut: { at: /^PERSONCUT#\S+ CUT$/ },
  votesCut: {
    at: /^PERSONCUT#(?<issuer>[^|]+)\|(?<value>\S+) VOTES$/,
    read: async ({ ballots }, of) => [
      await ballots.isVoid({ person: person(of), signedInAt: 1 }),
      await ballots.isVoid({ person: person(of), signedInAt: 9_999_999_999 }),
    ],
  },
  endedOf: { at: /^ENDED#(?<id>\S+) \S+$/, read: ({ tasks }, { id = NOBODY }) => tasks.ended(id, undefined, 100) },
  observation: { at: /^WRITES#OBSERVED#(?<path>\S+) \S+$/, read: ({ observations }, of) => observations.of(path(of)) },
  roleEvent: {
    at: /^ROLEJOURNAL#(?<account>\d+)#(?<role>\S+) EVENT#\d+$/,
    read: ({ policyWrites }, of) => policyWrites.last(role(of)),
  },
  load: { at: /^LOAD#(?<account>\d+)#(?<role>\S+) LOAD$/, read: ({ loads }, of) => loads.read(role(of)) },
  liveCount: { at: /^LIVECOUNT#\* COUNT$/, read: ({ loads }) => loads.living() },
  timer: {
    at: /^TIMER#(?<minute>\d+)#\d+ \S+$/,
    read: ({ timers }, { minute = "" }) => timers.due(Number(minute)),
  },
  pendingRevocation: {
    at: /^REVOCATION#\d+ (?<path>[^#]+)#(?<name>\S+)$/,
    read: ({ pending }, of) => pending.read({ path: path(of), name: of.name ?? "" }),
  },
  ending: { at: /^ENDING#\d+ \S+#\S+$/, read: ({ tasks }) => tasks.openEndings() },
  personEnding: { at: /^ENDING#PERSONS \S+$/, read: ({ tasks }) => tasks.openPersonEndings() },
  sweptTo: { at: /^TIMER#SWEPT TO$/, read: ({ timers }) => timers.sweptTo() },
  tokenUse: {
    at: /^REPLAY#(?<issuer>[a-z][^#]*)#(?<value>\S+) REPLAY$/,
    read: ({ tasks, nowMs }, { issuer = "", value: id = NOBODY }) =>
      tasks.isTokenUsed({ issuer, id, cap: 1, expiresAt: nowMs() / 1_000 }),
  },
  delegationUse: { at: /^REPLAY#DELEGATION#\S+ \S+$/ },
  accountHalt: { at: /^ACCOUNTHALT# \d+$/, read: async ({ accountHalts }) => (await accountHalts.list()).halts },
  accountLift: {
    at: /^ACCOUNTLIFT# (?<account>\d+)$/,
    read: ({ accountHalts }, { account = "" }) => accountHalts.latestLift(accountId(account)),
  },
  condition: {
    at: /^(?:RESTRICTION|RELAXATION)# \d+#\S+#.+$/,
    read: async ({ setConditions }) => [
      ...(await setConditions.list("restricts", 0)),
      ...(await setConditions.list("permits", 0)),
    ],
  },
  budget: {
    at: /^BUDGET#(?<name>[^# ]+)#(?<scope>\w+) (?<holder>.+)$/,
    read: async ({ budgets }, { name = "", scope, holder = "" }) =>
      (await budgets.read([{ name, count: 1, window: 60, scope: scope as BudgetScope, holder }])).map(
        ({ spent, version }) => ({ times: [...spent], version }),
      ),
  },
  callCount: {
    at: /^CALLS#(?<name>[^# ]+)#(?<scope>\w+)#(?<window>\d+) (?<holder>.+)$/,
    read: async ({ callCounts }, { name = "", scope, window, holder = "" }) => [
      ...(await callCounts.read({ name, count: 1, window: Number(window), scope: scope as BudgetScope, holder })),
    ],
  },
  signedCalls: {
    at: /^SIGNED#(?<path>\S+) \S+$/,
    read: async ({ signedCalls }, of) =>
      (await signedCalls.list(path(of))).map((each) => ({ ...each, operations: [...each.operations] })),
  },
  hold: {
    at: /^HOLD#(?<label>[^#]+)#(?<scope>\w+)#(?<holder>\S+) \d{10}#.+$/,
    read: async ({ holds }, { label = "", scope, holder = "" }) => {
      const [first] = await holds.latest({ label, scope: scope as ConflictScope, holder });
      return first?.leases ? first : first?.fenceAt;
    },
  },
  coolDown: { at: /^COOLDOWN#(?<id>\S+) COOLDOWN$/, read: ({ coolDowns }, { id = NOBODY }) => coolDowns.until(id) },
  pause: {
    at: /^COOLDOWN#(?<id>\S+) FOR#(?<party>\S+)$/,
    read: ({ pauses }, { id = NOBODY, party = "" }) => pauses.find(id, party),
  },
  refusedToken: { at: /^REFUSED#\S+ TOKEN#\S+$/ },
  refusedAt: { at: /^REFUSED#(?<id>\S+) AT#\S+$/, read: ({ refusals }, { id = NOBODY }) => refusals.latest(id) },
  halt: { at: /^HALT# \S+$/, read: ({ halts }) => halts.list() },
  panic: { at: /^PANIC# \*$/, read: ({ panics }) => panics.read() },
  declaredPanic: { at: /^DECLAREDPANIC# \*$/, read: ({ panics }) => panics.read() },
  panicEvent: { at: /^PANICJOURNAL#\* EVENT#\d+$/ },
  sealKeys: { at: /^SEAL# KEYS$/, read: ({ seals }) => seals.read() },
  signIn: {
    at: /^REPLAY#VOTE#(?<issuer>[^|]+)\|(?<value>\S+) (?<at>\d+)$/,
    read: ({ approvals }, of) => approvals.noncesOf([{ person: person(of), signedInAt: Number(of.at) }]),
  },
  act: {
    at: /^ACT#(?<issuer>[^|]+)\|(?<value>\S+) (?<at>\d+)$/,
    read: ({ approvals }, of) => approvals.noncesOf([{ person: person(of), signedInAt: Number(of.at) }]),
  },
  consent: {
    at: /^CONSENT#(?<id>\S+) CONSENT$/,
    read: async ({ consents, sealed }, { id = NOBODY }) => {
      const consent = await consents.read(id);
      return consent && sealed("consent", consent, sealedConsentOf(consent));
    },
  },
  liveConsent: {
    at: /^LIVECONSENT#(?<issuer>[^|]+)\|(?<value>\S+) \S+$/,
    read: ({ consents }, of) => consents.list(person(of)),
  },
  acceptance: {
    at: /^ACCEPTANCE#(?<id>\S+) \S+$/,
    read: async ({ acceptances, sealed }, { id = NOBODY }) =>
      Promise.all((await acceptances.read(id)).map((each) => sealed("acceptance", each, sealedAcceptanceOf(each)))),
  },
  approval: {
    at: /^APPROVAL#(?<approval>[a-z0-9]+) REQUEST$/,
    read: ({ approvals }, { approval = NO_APPROVAL }) => approvals.read(approval),
  },
  approvalUse: {
    at: /^APPROVAL#(?<approval>[a-z0-9]+) USED(#\d+)?$/,
    read: async ({ approvals, sealed }, { approval = NO_APPROVAL }) => {
      const { uses } = await approvals.read(approval);
      return Promise.all(uses.map((use) => sealed("approval-use", use, sealedUseOf(approval, use))));
    },
  },
  approvalVoid: {
    at: /^APPROVAL#(?<approval>[a-z0-9]+) VOID$/,
    read: ({ approvals }, { approval = NO_APPROVAL }) => approvals.read(approval),
  },
  approvalOfAgent: {
    at: /^APPROVAL#AGENT#(?<id>\S+) AT#\S+$/,
    read: ({ approvals }, { id = NOBODY }) => approvals.listed(id, undefined, 0),
  },
  approvalForPerson: { at: /^APPROVAL#AGENT#\S+ FOR#[\w-]{43}#\d+#\S+$/ },
  approvalForPeople: {
    at: /^APPROVAL#AGENT#(?<id>\S+) PEOPLE#\d+#\S+$/,
    read: ({ approvals }, { id = NOBODY }) => approvals.countForPeople(id, 0, 100),
  },
  latestApproval: {
    at: /^APPROVAL#AGENT#(?<id>\S+) SAME#(?<key>\S+)$/,
    read: ({ approvals }, { id = NOBODY, key = "" }) => approvals.latest(id, key),
  },
  standingApproval: {
    at: /^APPROVAL#AGENT#(?<id>\S+) STANDING#(?<key>\S+)$/,
    read: ({ approvals }, { id = NOBODY, key = "" }) => approvals.standing(id, key),
  },
  vote: {
    at: /^VOTE#(?<approval>[a-z0-9]+) \S+\|\S+$/,
    read: async ({ approvals }, { approval = NO_APPROVAL }) => (await approvals.readVotes(approval)).votes,
  },
  given: {
    at: /^VOTE#GIVEN#(?<issuer>[^|]+)\|(?<value>\S+) \S+$/,
    read: async ({ ballots }, of) => (await ballots.listGiven(person(of), 0)).map(({ id }) => id),
  },
  ownDecision: {
    at: /^VOTE#BY#(?<issuer>[^|]+)\|(?<value>\S+) \S+$/,
    read: ({ ballots }, of) => ballots.listOwn(person(of), 0),
  },
  announcedDecision: {
    at: /^DECISION#(?<approval>[a-z0-9]+) DECISION$/,
    read: ({ approvals }, { approval = NO_APPROVAL }) => approvals.readAnnounced(approval),
  },
  voteOutcome: {
    at: /^VOTE#(?<approval>[a-z0-9]+) OUTCOME$/,
    read: async ({ approvals }, { approval = NO_APPROVAL }) => (await approvals.readVotes(approval)).outcome,
  },
  inbox: {
    at: /^INBOX#(?<issuer>[^#]+)#(?<group>\S+) \S+$/,
    read: ({ ballots }, { issuer = "", group = "" }) => ballots.listWaiting({ issuer, group }, 0),
  },
  glassReview: {
    at: /^APPROVAL#(?<approval>[a-z0-9]+) REVIEW$/,
    read: async ({ approvals }, { approval = NO_APPROVAL }) => (await approvals.read(approval)).review,
  },
  glass: { at: /^GLASS# \S+$/, read: ({ glasses }) => glasses.unreviewed(9_999_999_999) },
  notice: {
    at: /^NOTICE#(?<channel>\S+) (?<id>\S+)$/,
    read: ({ notificationBoard }, { channel = "", id = NOBODY }) => notificationBoard.announced(channel, id),
  },
  use: { at: /^USE#\S+ (?<path>[^#]+)#[^#]+#\S+$/, read: ({ ledger }, of) => ledger.list(path(of)) },
  useCount: { at: /^USE#\S+ (?<path>[^#]+)##$/, read: ({ ledger }, of) => ledger.count(path(of)) },
  useCopies: { at: /^USE#\S+ (?<path>[^#]+)##COPIES$/, read: ({ ledger }, of) => ledger.copies(path(of)) },
  useDenied: {
    at: /^USE#\S+ (?<path>[^#]+)##DENIED$/,
    read: ({ ledger }, of) => ledger.rememberDenied(path(of), []),
  },
  seen: { at: /^SEEN#\S+ SEEN$/ },
  rightsCounted: {
    at: /^USEJOURNAL#(?<hour>\S+) EVENT#1$/,
    read: ({ rightsCounts }, { hour = "" }) => rightsCounts.isCounted(Date.parse(hour) / 1_000),
  },
  heard: { at: /^HEARD# \d+$/, read: async ({ heard }) => [...(await heard.all())] },
  request: { at: /^REPLAY#KEY#\S+ \S+$/ },
  secret: { at: /^SECRET# (?<name>\S+)$/, read: ({ secrets }, { name = "" }) => secrets.find(name) },
  secretEvent: { at: /^SECRETJOURNAL#\S+ EVENT#\d+$/ },
  secretRead: {
    at: /^SECRET#(?<name>\S+) READ#(?<version>[^#]+)#\S+$/,
    read: ({ secrets }, { name = "", version = "" }) => secrets.readers(name, version),
  },
  secretSeen: { at: /^SECRET#AGENT#(?<id>\S+) \S+$/, read: ({ secrets }, { id = NOBODY }) => secrets.seenBy(id) },
};

/** Finds an item's kind, and reads it as the functions do. @throws {Error} for an item of no kind, or of several. */
export function readerOf(pk: string, sk: string) {
  const found = Object.entries(KINDS_OF_ITEMS).flatMap(([kind, { at, read }]) => {
    const match = at.exec(`${pk} ${sk}`);
    return match ? [{ kind: kind as KindOfItem, named: namedIn(match.groups), read }] : [];
  });
  const [one] = found;
  if (!one || found.length > 1)
    throw new Error(`${pk} ${sk} is of ${found.map(({ kind }) => kind).join(", ") || "no kind"}`);
  return { kind: one.kind, read: (ports: Ports) => (one.read ? one.read(ports, one.named) : ports.item({ pk, sk })) };
}

function namedIn({ id, approval, ...others }: Readonly<Record<string, string>> = {}): Named {
  return { ...others, ...(isAgentId(id) ? { id } : {}), ...(isApprovalId(approval) ? { approval } : {}) };
}
