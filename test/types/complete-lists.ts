import type { Claim, Claims } from "../../client/audit/controls/control.ts";
import { PRESETS, type Preset } from "../../functions/core/identity/presets.ts";
import { type KeptObligation, OBLIGATIONS } from "../../functions/core/policy/obligations.ts";
import type { SealedKind } from "../../functions/core/seals/record-key.ts";
import type { JOURNAL_KINDS, Kind } from "../../functions/names.ts";
import type { LASTING_KINDS } from "../../functions/relay/wakes.ts";
import type { ITEM_KINDS } from "../../infra/item-kinds.ts";

// Members of lists that must not compile, since they lack a part. `tsc` fails where a line below would compile.

export const right: KeptObligation<"bindIp"> = OBLIGATIONS.bindIp;

const { keep: _, ...unenforced } = OBLIGATIONS.bindIp;
// @ts-expect-error an obligation that nothing enforces
export const withoutEnforcement: KeptObligation<"bindIp"> = unenforced;

const { keptBy: __, ...byAnybody } = OBLIGATIONS.bindIp;
// @ts-expect-error an obligation that does not say what can keep it
export const withoutKeepers: KeptObligation<"bindIp"> = byAnybody;

// @ts-expect-error an obligation that is enforced by another one's function
export const confused: KeptObligation<"bindIp"> = { ...OBLIGATIONS.bindIp, keep: OBLIGATIONS.rotateAfterUse.keep };

type Sealed = (typeof ITEM_KINDS)[Kind]["seals"][number];
declare const sealed: Readonly<Record<Sealed, true>>;
/** A kind of seal that is in no item does not compile. */
export const everySeal: Readonly<Record<SealedKind, true>> = sealed;

declare const lacking: Readonly<Record<Exclude<Sealed, "consent">, true>>;
// @ts-expect-error a kind of seal that is in no item
export const withoutConsent: Readonly<Record<SealedKind, true>> = lacking;

type Journal = { [Of in Kind]: (typeof ITEM_KINDS)[Of]["why"] extends "journal" ? Of : never }[Kind];
declare const journals: Readonly<Record<(typeof JOURNAL_KINDS)[number], true>>;
/** A journal whose changes the relay does not report does not compile. */
export const everyJournal: Readonly<Record<Journal, true>> = journals;

declare const unwatched: Omit<typeof journals, "panicJournal">;
// @ts-expect-error a journal that is missing in JOURNAL_KINDS
export const withoutPanics: Readonly<Record<Journal, true>> = unwatched;

type Lasting = { [Of in Kind]: (typeof ITEM_KINDS)[Of]["expires"] extends "never" ? Of : never }[Kind];
declare const lasting: Readonly<Record<Lasting, true>>;
/** A kind whose TTL rings, and which has items with one, does not compile. */
export const everyRinging: Readonly<Record<(typeof LASTING_KINDS)[number], true>> = lasting;

declare const withoutHalts: Omit<typeof lasting, "accountHalt">;
// @ts-expect-error halts of accounts that would expire, although a TTL on one rings
export const expiringHalts: Readonly<Record<(typeof LASTING_KINDS)[number], true>> = withoutHalts;

export const preset: Preset = PRESETS.gitlab;

const { pin: ___, ...unpinned } = PRESETS.gitlab;
// @ts-expect-error a preset of an issuer that pins no claim
export const withoutPin: Preset = unpinned;

const { replay: ____, ...replayed } = PRESETS.gitlab;
// @ts-expect-error a preset of an issuer that does not say how often a token counts
export const withoutReplay: Preset = replayed;

declare const claim: Claim;
declare const claims: Claims;
const { "EU AI Act, Regulation (EU) 2024/1689 (selection)": EU_AI_ACT, ...otherFrameworks } = claims;

export const everyControl: Claims = { ...claims };

// @ts-expect-error a framework without claims about its controls
export const withoutFramework: Claims = otherFrameworks;

const { "Art. 14": _____, ...lacksOversight } = EU_AI_ACT;
// @ts-expect-error a control of a framework without a claim
export const withoutControl: Claims = { ...claims, "EU AI Act, Regulation (EU) 2024/1689 (selection)": lacksOversight };

// @ts-expect-error a misspelt framework
export const misspeltFramework: Claims = { ...claims, "NIST CSF 2.O": claims["NIST CSF 2.0"] };

// @ts-expect-error a misspelt field of a claim
export const misspeltField: Claim = { ...claim, event: ["task.opened"] };

// @ts-expect-error an event that no function records
export const unknownEvent: Claim = { ...claim, events: ["task.dreamt"] };

// @ts-expect-error a control that no framework has
export const throughNothing: Claim = { ...claim, through: ["NHI99"] };

// @ts-expect-error a verdict that is none
export const undecided: Claim = { ...claim, verdict: "done" };
