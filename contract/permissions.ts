/**
 * Operations of people. Each name is a Cedar action in the group `valetkey:Operate`; reading ones are also in
 * `valetkey:Observe`. Approving, giving a consent and accepting a threat model are in no group. A right to operate
 * therefore includes neither a decision of this kind nor an agent that acts for the operator.
 */
export const PERMISSIONS = {
  "valetkey:RegisterAgent": ["valetkey:Operate"],
  "valetkey:ListAgents": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ReadAgent": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ChangeAgent": ["valetkey:Operate"],
  "valetkey:LabelAgent": ["valetkey:Operate"],
  "valetkey:SuspendAgent": ["valetkey:Operate"],
  "valetkey:ResumeAgent": ["valetkey:Operate"],
  "valetkey:ConfirmAgent": ["valetkey:Operate"],
  "valetkey:OffboardAgent": ["valetkey:Operate"],
  "valetkey:ReadOverview": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ListEscalations": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ListTasks": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:EndTask": ["valetkey:Operate"],
  "valetkey:EndPersonsTasks": ["valetkey:Operate"],
  "valetkey:ReadReceipt": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ReadLedger": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ReadJournal": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:Panic": ["valetkey:Operate"],
  "valetkey:LiftPanic": ["valetkey:Operate"],
  "valetkey:ReadPanic": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ListAccounts": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:HaltAccount": ["valetkey:Operate"],
  "valetkey:LiftAccount": ["valetkey:Operate"],
  "valetkey:ListConditions": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ListBudgets": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:TightenConditions": ["valetkey:Operate"],
  "valetkey:LoosenConditions": ["valetkey:Operate"],
  "valetkey:ListSecrets": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ReadSecret": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:RotateSecret": ["valetkey:Operate"],
  "valetkey:ReadPolicies": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:ExplainPolicy": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:Approve": [],
  "valetkey:GiveConsent": [],
  "valetkey:AcceptThreatModel": [],
  "valetkey:ReadConsents": ["valetkey:Operate", "valetkey:Observe"],
  "valetkey:EndConsent": ["valetkey:Operate"],
} as const satisfies Record<string, readonly string[]>;

export type PermissionName = keyof typeof PERMISSIONS;

/** Operations that only end or revoke. */
export const ENDING_PERMISSIONS = [
  "valetkey:EndTask",
  "valetkey:SuspendAgent",
  "valetkey:OffboardAgent",
  "valetkey:Panic",
  "valetkey:HaltAccount",
] as const satisfies readonly PermissionName[];

/** Operation of a person who decides about a request. The exchange evaluates it again for each vote. */
export const APPROVE = "valetkey:Approve" satisfies PermissionName;
