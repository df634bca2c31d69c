import { type Assumption, AWS_ALONE, page, partOfPage, rowsOf } from "./assumption.ts";
import {
  boundaryHoldsForCopies,
  copiesKeepTheirMarks,
  denyHoldsForCopies,
  issueTimeOfCopies,
} from "./probes/copies.ts";
import { driftIsFound } from "./probes/drift.ts";
import { escapesAreRead, timesAgree } from "./probes/policies.ts";
import { delaysAreKept, groupsWait } from "./probes/queues.ts";
import { pendingValuesAreKept } from "./probes/secrets.ts";
import { busDeniesItsAccount, leadingKeysInTransactions } from "./probes/services.ts";
import { bucketTagsWaitForAbac, objectTagsAreVisible } from "./probes/storage.ts";
import { organisationIsVisible, ownTagsAreVisible, tagNamesHaveNoCase } from "./probes/tags.ts";

const DOCS = "https://docs.aws.amazon.com";
const IAM = `${DOCS}/IAM/latest/UserGuide`;
const KEYS = `${IAM}/reference_policies_condition-keys.html`;
const COPIES = `${IAM}/id_credentials_temp_control-access_getscopedcredentials.html`;

/** Reason why no program tries the assumptions about the console. */
const OPENED_BY_A_PERSON = {
  cannotBecause: "no documented call gives a program a console's keys: a person has to sign in and read CloudTrail",
} as const;

/** Every assumption about AWS that SECURITY.md lists, in its order; a test compares the two, word by word. */
export const ASSUMPTIONS: readonly Assumption[] = [
  {
    id: "bus-denies-its-account",
    weight: "outage",
    assumed: "a bus's own policy may deny its own account `events:PutEvents`",
    follows: "deployment fails; nothing opens",
    restsOn: AWS_ALONE,
    probe: busDeniesItsAccount,
  },
  {
    id: "leading-keys-in-transactions",
    weight: "outage",
    assumed:
      "`dynamodb:LeadingKeys` is filled in for each item of a transaction and each key of a batch, and `Null: false` can ask for it",
    follows: "requests fail; nothing opens",
    restsOn: partOfPage(`${DOCS}/amazondynamodb/latest/developerguide/specifying-conditions.html`),
    probe: leadingKeysInTransactions,
  },
  {
    id: "delays-are-kept",
    weight: "bound",
    assumed:
      "Lambda leaves a message out of sight for as long as its function has put it, and SQS keeps a delay about exactly",
    follows: "what connectors issued is taken back by the minute's sweep, and `valetkey-lease-revocation-late` rings",
    restsOn: AWS_ALONE,
    probe: delaysAreKept,
  },
  {
    id: "fifo-groups-wait",
    weight: "bound",
    assumed:
      "an SQS FIFO group hands out nothing while one of its messages is out, and `ChangeMessageVisibility` is refused to whoever lost the message",
    follows: "two writers of one role's policy at once: an old text could come back until the minute's sweep",
    restsOn: partOfPage(`${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html`),
    probe: groupsWait,
  },
  {
    id: "sources-of-services",
    weight: "bound",
    assumed:
      "no caller of `events:PutEvents` can use a source that begins with `aws.`, so that such an event is from a service",
    follows: "a target's administrator can make up calls in the ledger, and set off rules that go by them",
    restsOn: page(`${DOCS}/eventbridge/latest/userguide/eb-events-structure.html`),
    probe: { cannotBecause: "one source that is refused says nothing of the others" },
  },
  {
    id: "resource-policies-deny-principals",
    weight: "outage",
    assumed:
      "a resource's own policy denies principals of its account by `aws:PrincipalArn`, and services are told apart by `aws:PrincipalIsAWSService`",
    follows:
      "deployment or deliveries to queues fail; or another principal of the hub's account is denied by IAM alone",
    restsOn: page(KEYS),
    probe: {
      cannotBecause: "it needs deliveries of several services to queues with such a policy; a deployment shows it",
    },
  },
  {
    id: "organisation-is-told",
    weight: "outage",
    assumed:
      "IAM is told `aws:ResourceOrgPaths` of the role's account at `sts:AssumeRole`, where [units](docs/organizations.md) are named",
    follows: "nothing is handed out; revocation of listed accounts goes on",
    restsOn: page(KEYS),
    probe: organisationIsVisible,
  },
  {
    id: "bus-is-told-the-organisation",
    weight: "bound",
    assumed: "a bus's policy is told `aws:PrincipalOrgPaths` where EventBridge forwards an event by a role",
    follows: "with units, the ledger hears of no call, and `valetkey-calls-silent` rings",
    restsOn: partOfPage(KEYS),
    probe: { cannotBecause: "it takes two accounts of an organisation, and a rule that forwards between them" },
  },
  {
    id: "departures-are-told",
    weight: "bound",
    assumed:
      "AWS Organizations tells the management account of each departure, with the account's id in `serviceEventDetails`",
    follows: "an account that left is not halted; IAM hands out nothing there, and its keys live to their fence",
    restsOn: partOfPage(`${DOCS}/organizations/latest/APIReference/API_LeaveOrganization.html`),
    probe: { cannotBecause: "an account would have to leave the organisation" },
  },
  {
    id: "times-agree",
    weight: "bound",
    assumed:
      "`aws:CurrentTime` is when IAM decides; clocks of STS and IAM agree within 1 s; IAM finishes a write within 2 s of that",
    follows: "a write of a policy that comes later brings an old text back until the minute's sweep",
    restsOn: AWS_ALONE,
    probe: timesAgree,
  },
  {
    id: "copies-keep-their-marks",
    weight: "bound",
    assumed: "a copy of a session (`sts:GetScopedCredentials`) carries its name, source identity and tags",
    follows: "a copy of an ended session lives to its fence, 15 minutes at most",
    restsOn: partOfPage(COPIES),
    probe: copiesKeepTheirMarks,
  },
  {
    id: "deny-holds-for-copies",
    weight: "invariant",
    assumed: "a Deny in a session policy holds for copies of the session too",
    follows: "a copy may do what a forbid forbids its session, and lives past the fence until it expires",
    restsOn: page(COPIES),
    probe: denyHoldsForCopies,
  },
  {
    id: "boundary-holds-for-copies",
    weight: "invariant",
    assumed:
      "a role's permissions boundary bounds what its inline policies allow, for its sessions and for copies of them",
    follows: "whoever takes over `reconcile` can give task roles rights, or a copy has what its session may not have",
    restsOn: page(COPIES),
    probe: boundaryHoldsForCopies,
  },
  {
    id: "issue-time-of-copies",
    weight: "information",
    assumed: "a copy has the `aws:TokenIssueTime` of its session; nothing of valetkey's goes by it",
    follows:
      "*Revoke active sessions* in AWS's console, used on a task role, leaves later copies to their fence: end tasks with valetkey, which denies by a tag",
    restsOn: AWS_ALONE,
    probe: issueTimeOfCopies,
  },
  {
    id: "consoles-keep-their-marks",
    weight: "bound",
    assumed:
      "a session of AWS's console that was opened with a session's key carries its name, source identity and tags",
    follows: "a console of an ended session works to its fence, 15 minutes at most",
    restsOn: AWS_ALONE,
    probe: OPENED_BY_A_PERSON,
  },
  {
    id: "policy-holds-for-consoles",
    weight: "invariant",
    assumed: "a session policy holds in a console that was opened with the session's key, too",
    follows:
      "whoever has a key may do in a console what its session may not, also past the fence, until the console's session expires",
    restsOn: AWS_ALONE,
    probe: OPENED_BY_A_PERSON,
  },
  {
    id: "tags-as-policies-write-them",
    weight: "invariant",
    assumed: "a resource's tags have the names that policies write, in their case",
    follows: "a session may reach a resource that is tagged otherwise (`valetkey policy explain --prove` shows which)",
    restsOn: AWS_ALONE,
    probe: {
      cannotBecause: "it is about the resources of your accounts, which whoever may tag them can change at any time",
    },
  },
  {
    id: "passed-to-service",
    weight: "outage",
    assumed: "AWS tells `iam:PassedToService` at each call that passes a role on, and `ecs:cluster` at `ecs:RunTask`",
    follows: "the call is denied; nothing opens",
    restsOn: partOfPage(`${IAM}/reference_policies_iam-condition-keys.html`),
    probe: {
      cannotBecause: "each such call starts something that costs and lives on: a task, an automation, a function",
    },
  },
  {
    id: "tags-of-the-catalogue",
    weight: "invariant",
    assumed:
      "AWS tells IAM the tags that the catalogue says, but for [the services of a table](functions/core/iam-facts/tags.ts)",
    follows: "a session may reach a resource that is tagged otherwise",
    restsOn: rowsOf("functions/core/iam-facts/tags.ts"),
    probe: { cannotBecause: "it is about thousands of actions, each of which needs a tagged resource of its own" },
  },
  {
    id: "calls-by-services",
    weight: "bound",
    assumed: "calls that a service makes for a session are not bound to its address",
    follows: "a session bound to an address works through a service from elsewhere",
    restsOn: page(`${IAM}/reference_policies_examples_aws_deny-ip.html`),
    probe: {
      cannotBecause:
        "it is about every service that calls another one, and needs the session's address at a second place",
    },
  },
  {
    id: "escapes-are-read",
    weight: "invariant",
    assumed: "STS reads `\\u` escapes in a session policy as the characters that they stand for",
    follows: "a Deny that names a character outside ASCII does not hold",
    restsOn: AWS_ALONE,
    probe: escapesAreRead,
  },
  {
    id: "tags-of-the-reference",
    weight: "outage",
    assumed: "AWS tells IAM the tags that its Service Authorization Reference lists for an action",
    follows: "a permit on tags allows nothing; a Deny on tags is written to hold where no tag is told",
    restsOn: page(
      `${DOCS}/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html`,
    ),
    probe: { cannotBecause: "it is about thousands of actions, each of which needs a tagged resource of its own" },
  },
  {
    id: "own-tags-are-told",
    weight: "outage",
    assumed: "`aws:PrincipalTag` tells a role's own tags to its sessions, as `valetkey:held`",
    follows: "a session policy that names actions by a prefix allows none of them",
    restsOn: page(KEYS),
    probe: ownTagsAreVisible,
  },
  {
    id: "lists-as-arns",
    weight: "invariant",
    assumed:
      "IAM evaluates [lists](functions/core/iam-facts/lists.ts) on a type's ARN with a star, or nothing, for the name, or on `*`",
    follows: "as another ARN, or by another verb, it may show what a forbid hides",
    restsOn: rowsOf("functions/core/iam-facts/lists.ts"),
    probe: {
      cannotBecause:
        "each list is another service's; what a refused call says of its resource is the one trace, and only some say it",
    },
  },
  {
    id: "reach-below",
    weight: "invariant",
    assumed:
      "[a table](functions/core/iam-facts/reach.ts) has every action that reaches the contents below the resource that IAM checks",
    follows: "an action without a row reads, deletes or exports below the resource what a forbid hides",
    restsOn: rowsOf("functions/core/iam-facts/reach.ts"),
    probe: {
      cannotBecause: "a call shows the reach of its own action alone, and each of thousands needs resources of its own",
    },
  },
  {
    id: "keys-of-denies",
    weight: "invariant",
    assumed:
      "IAM has `aws:CurrentTime` for each call; a Deny holds without [any other key](functions/core/iam-facts/deny-keys.ts), but for tags",
    follows: "the fence denies nothing where the key is missing",
    restsOn: rowsOf("functions/core/iam-facts/deny-keys.ts"),
    probe: {
      cannotBecause: "a key may be missing at one action alone, and a call shows the keys of its own action",
    },
  },
  {
    id: "names-without-separators",
    weight: "invariant",
    assumed: "names of databases, topics, tables and their like hold neither `/` nor `:`",
    follows: "a list may show what a forbid by such a name hides",
    restsOn: partOfPage(`${DOCS}/sns/latest/api/API_CreateTopic.html`),
    probe: {
      cannotBecause: "a name that one service refuses today says nothing of the others, or of names from before",
    },
  },
  {
    id: "tag-names-have-no-case",
    weight: "invariant",
    assumed: "names of tags have no case in IAM",
    follows: "what policy says of `team` then holds for `team` alone",
    restsOn: partOfPage(`${IAM}/reference_policies_elements_condition.html`),
    probe: tagNamesHaveNoCase,
  },
  {
    id: "bucket-tags-wait-for-abac",
    weight: "invariant",
    assumed:
      "IAM is told the tags of an S3 bucket once the bucket's attribute-based access control is on, and not before",
    follows:
      "never told, a permit on a bucket's tags allows nothing, and a forbid denies every bucket; told before, both hold for every bucket",
    restsOn: page(`${DOCS}/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html`),
    probe: bucketTagsWaitForAbac,
  },
  {
    id: "object-tags-are-told",
    weight: "invariant",
    assumed: "IAM is told the tags of an S3 object that is read, its own, as `s3:ExistingObjectTag`",
    follows:
      "a permit on an object's tags allows nothing, and a forbid denies every object; or both go by tags of another",
    restsOn: page(`${DOCS}/AmazonS3/latest/userguide/tagging-and-policies.html`),
    probe: objectTagsAreVisible,
  },
  {
    id: "pending-values-are-kept",
    weight: "invariant",
    assumed:
      "`secretsmanager:VersionStage` is the stage that is asked for, AWSCURRENT where nothing is, and absent where a version is",
    follows: "a task reads no secret by its own session, or also one that a rotation is about to put in force",
    restsOn: partOfPage(`${DOCS}/secretsmanager/latest/apireference/API_GetSecretValue.html`),
    probe: pendingValuesAreKept,
  },
  {
    id: "drift-is-found",
    weight: "bound",
    assumed: "CloudFormation finds a role's trust, boundary and attached policies that were changed beside its stack",
    follows:
      "`valetkey doctor` overlooks such a change in its line `drift`; its line `roles` compares each role by itself",
    restsOn: partOfPage(`${DOCS}/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html`),
    probe: driftIsFound,
  },
];
