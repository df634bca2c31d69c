/** Paths in `OUTSIDE` that only the deployment has: each is made of fields of `valetkey.json`. */
export const MADE_OF_FIELDS: readonly string[] = [
  "audiences",
  "held",
  "accounts.held",
  "issuers.issuedSince",
  "transmitters",
];

/**
 * Fields of `valetkey.json`, and of the deployment that is made of it, that are in no threat model: by their paths, each
 * with the reason. Everything else is in a hash that people accept, and in the text that they read. A list's items and a
 * record's names have no place in a path.
 */
export const OUTSIDE: Readonly<Record<string, string>> = {
  $schema: "Only editors read it.",
  "hub.region": "Names the place of the functions. The hub's account and partition are in the model.",
  prefix: "Names resources of AWS.",
  audiences: "Are made of `url`, which is in the model.",
  threatModels: "Is the gate itself. Whoever merges the configuration can switch it off.",
  "issuers.preset": "Fills in other fields of the issuer, which are in the model.",
  "issuers.issuedSince": "Refuses tokens from before a restore, and accepts no others.",
  "issuers.console": "Is the client of a sign-in to the page. A vote needs the client of `approvals`.",
  "issuers.cli": "Is the client of a sign-in of the command, for operators.",
  operators: "May operate. What an operator changes of an agent is in its registration, which has a hash.",
  "accounts.name": "Is a label for people. Every decision and every record names the account by its id.",
  "accounts.taskRoles": "Spreads tasks over more or fewer roles with the same rights.",
  "accounts.formerTaskRoles": "Keeps revocation going for roles of an earlier number.",
  "accounts.fence":
    "Shortens sessions. A model says how long they work without it, and policies may shorten them further.",
  "accounts.held": "Is the mark of a list that is made of the ceiling and the catalogue.",
  held: "Is the list itself.",
  "organization.units": "Are a border that IAM holds. The accounts within it are in the model.",
  "organization.stackSets": "Chooses the way in which stacks are deployed.",
  "approvers.notify": "Chooses who hears of a request. Who may vote is in the model.",
  conditions: "Are facts that policies may read. A model counts each permit that reads them, and no forbid that does.",
  conflicts: "Only refuse. A model counts what all keys of an agent reach, as if they lived at the same time.",
  notify: "Sends messages. A message is no vote.",
  "bus.publishers": "May end tasks, and suspend or offboard agents. They give nothing.",
  signals: "End tasks of people. They give nothing.",
  transmitters: "Are the transmitters of `signals`.",
  receipts: "Observes endings.",
  vpc: "Connects the functions to a network.",
  alarms: "Notifies people.",
  archive: "Keeps records.",
  administrators: "May use the hub's own resources in AWS, which is a residual risk of every model.",
  siem: "Copies records.",
  restoredAt: "Refuses everything from before a restore.",
  table: "Names the restored table.",
};
