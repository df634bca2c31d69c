/** Person of the local people's issuer. */
export interface LocalPerson {
  /** `sub` of the person's tokens, and the immutable id (`oid`) where the issuer is pairwise. */
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** People of `npm start`: Alice operates the deployment and owns the tour's agents; the others may approve. */
export const PEOPLE: readonly LocalPerson[] = [
  { id: "person:alice", name: "Alice, operator and owner of the demo agents", groups: ["sre", "valetkey-approvers"] },
  { id: "person:bob", name: "Bob, on call", groups: ["sre", "valetkey-approvers"] },
  {
    id: "person:carol",
    name: "Carol, on call and in security",
    groups: ["sre", "security", "valetkey-approvers", "valetkey-security"],
  },
  { id: "person:erin", name: "Erin, in support", groups: ["support"] },
  { id: "person:dave", name: "Dave, in no group", groups: [] },
];
