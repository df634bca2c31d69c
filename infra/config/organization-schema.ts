import * as v from "valibot";
import { maybe, said } from "../../functions/connectors/schema-fields.ts";
import { accountId } from "./account-schema.ts";

/** Path of an organisational unit, in the form of the condition keys `aws:ResourceOrgPaths` and `aws:PrincipalOrgPaths`, without the slash at its end. */
const unit = v.pipe(
  v.string(),
  v.regex(
    /^o-[a-z0-9]{10,32}\/r-[a-z0-9]{4,32}(\/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})+$/,
    "a path such as o-a1b2c3d4e5/r-ab12/ou-ab12-11111111",
  ),
);

/** Organisation of AWS to which the target accounts belong. */
export const organization = v.strictObject({
  units: said(
    v.pipe(v.array(unit), v.minLength(1), v.maxLength(10)),
    "Paths of the units, with all units below them, in which the accounts have to be: IAM lets nobody become a task role of an account elsewhere. See docs/organizations.md.",
  ),
  management: maybe(
    accountId,
    "The organisation's management account. Its events report accounts that have left, and are believed. See docs/organizations.md.",
  ),
  stackSets: maybe(
    v.literal(true),
    "The accounts' stacks are deployed by CloudFormation StackSets: synth writes templates for them, and no stack for each account. Accounts with exceptions have a stack of their own still.",
  ),
});
