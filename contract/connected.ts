import * as v from "valibot";

/**
 * Schema of a connector's type. The contract knows no connector: in the document the types of all connectors are in its
 * place, and the schemas of their details and credentials in those of the open objects below.
 */
export const connectorType = v.custom<string>((type) => typeof type === "string" && type !== "aws" && type !== "tool");

/** Schema of the type of any detail. In the document a list of them is in its place. */
export const detailType = v.custom<string>((type) => typeof type === "string");

/** Schema of a connector's detail, as far as the contract knows it. */
export const connectedDetail = v.looseObject({ type: connectorType });

const common = {
  name: v.pipe(v.string(), v.regex(/^[a-z]+-\d+$/), v.description("Unique in the task.")),
  expires_at: v.pipe(v.string(), v.description("Latest end of the credential.")),
} as const;

/** Schema of a credential that a connector issued, as far as the contract knows it. */
export const connectedCredential = v.looseObject({ type: connectorType, ...common });

/** Schema of a credential that cannot be issued twice, as a repeated request is answered. */
export const credentialIssuedBefore = v.strictObject({
  type: connectorType,
  ...common,
  issued_before: v.literal(true),
});

/** Schema of a connector's lease. */
export const connectedLease = v.strictObject({
  type: connectorType,
  ...common,
  state: v.picklist(["issuing", "issued", "revoked"]),
});
