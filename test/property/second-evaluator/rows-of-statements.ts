import type { Statement } from "./policy.ts";
import { ALLOW, conditions, document, heads, OBJECT, READ, type Row, type Told } from "./row.ts";

const SEVERAL = "reference_policies_condition-logic-multiple-context-keys-or-values.html";
const SETS = "reference_policies_condition-single-vs-multi-valued-context-keys.html";
const SET_EXAMPLES = "reference_policies_condition_examples-multi-valued-context-keys.html";
const VARIABLES = "reference_policies_variables.html";
const LOGIC = "reference_policies_evaluation-logic.html";
const ACTION = "reference_policies_elements_action.html";
const RESOURCE = "reference_policies_elements_resource.html";

const JOB = "aws:PrincipalTag/job-category";
const TEAM = "aws:ResourceTag/team";
const KEYS = "aws:TagKeys";

const several = conditions(SEVERAL, [
  ["values are joined by OR", { StringEquals: { [JOB]: ["a", "b"] } }, { [JOB]: "b" }, true],
  ["values of a negated operator by NOR", { StringNotEquals: { [JOB]: ["a", "b"] } }, { [JOB]: "b" }, false],
  ["values of a negated operator by NOR", { StringNotEquals: { [JOB]: ["a", "b"] } }, { [JOB]: "c" }, true],
  ["keys are joined by AND", { StringEquals: { [JOB]: "a", [TEAM]: "b" } }, { [JOB]: "a", [TEAM]: "c" }, false],
  ["keys are joined by AND", { StringEquals: { [JOB]: "a", [TEAM]: "b" } }, { [JOB]: "a", [TEAM]: "b" }, true],
  [
    "operators are joined by AND",
    { StringEquals: { [JOB]: "a" }, Null: { [TEAM]: "true" } },
    { [JOB]: "a", [TEAM]: "x" },
    false,
  ],
]);

const sets = [
  ...conditions(SETS, [
    ["ForAllValues: each", { "ForAllValues:StringEquals": { [KEYS]: ["env", "team"] } }, { [KEYS]: ["team"] }, true],
    ["ForAllValues: each", { "ForAllValues:StringEquals": { [KEYS]: ["env"] } }, { [KEYS]: ["env", "team"] }, false],
    ["ForAllValues without the key", { "ForAllValues:StringEquals": { [KEYS]: "env" } }, {}, true],
    ["ForAllValues of no value", { "ForAllValues:StringEquals": { [KEYS]: "env" } }, { [KEYS]: [] }, true],
    ["ForAnyValue: one", { "ForAnyValue:StringEquals": { [KEYS]: "env" } }, { [KEYS]: ["env", "team"] }, true],
    ["ForAnyValue: none", { "ForAnyValue:StringEquals": { [KEYS]: "env" } }, { [KEYS]: ["team"] }, false],
    ["ForAnyValue without the key", { "ForAnyValue:StringEquals": { [KEYS]: "env" } }, {}, false],
    ["ForAnyValue, negated, without it", { "ForAnyValue:StringNotEquals": { [KEYS]: "env" } }, {}, false],
    [
      "ForAnyValue, negated: one is another",
      { "ForAnyValue:StringNotEquals": { [KEYS]: "env" } },
      { [KEYS]: ["env", "a"] },
      true,
    ],
  ]),
  ...conditions(SET_EXAMPLES, [
    ["negated ForAllValues", { "ForAllValues:StringNotLike": { [KEYS]: "key1*" } }, { [KEYS]: ["key1:legal"] }, false],
    [
      "negated ForAllValues",
      { "ForAllValues:StringNotLike": { [KEYS]: "key1*" } },
      { [KEYS]: ["key1:hr", "key1:personnel"] },
      false,
    ],
    ["negated ForAllValues", { "ForAllValues:StringNotLike": { [KEYS]: "key1*" } }, { [KEYS]: ["key2:audit"] }, true],
    ["negated ForAllValues", { "ForAllValues:StringNotLike": { [KEYS]: "key1*" } }, {}, true],
  ]),
];

const USER: Told = { "aws:username": "ana", "aws:PrincipalTag/team": "data" };
const variables = [
  ...conditions(VARIABLES, [
    [
      "a variable is its value",
      { StringEquals: { [TEAM]: `\${aws:PrincipalTag/team}` } },
      { ...USER, [TEAM]: "data" },
      true,
    ],
    [
      "a variable is its value",
      { StringEquals: { [TEAM]: `\${aws:PrincipalTag/team}` } },
      { ...USER, [TEAM]: "ops" },
      false,
    ],
    [
      "names of variables have no case",
      { StringEquals: { [TEAM]: `\${AWS:principaltag/TEAM}` } },
      { ...USER, [TEAM]: "data" },
      true,
    ],
    [
      "a variable without a value is like nothing",
      { StringLike: { [TEAM]: `\${aws:PrincipalTag/x}` } },
      { [TEAM]: "" },
      false,
    ],
    ["a negated operator matches it", { StringNotEquals: { [TEAM]: `\${aws:PrincipalTag/x}` } }, { [TEAM]: "a" }, true],
    [
      "a variable has its default",
      { StringEquals: { [TEAM]: `\${aws:PrincipalTag/x, 'none'}` } },
      { [TEAM]: "none" },
      true,
    ],
    ["${*} is a star", { StringLike: { [TEAM]: `a\${*}c` } }, { [TEAM]: "a*c" }, true],
    ["${*} is a star only", { StringLike: { [TEAM]: `a\${*}c` } }, { [TEAM]: "abc" }, false],
    ["${?} is a question mark", { StringLike: { [TEAM]: `a\${?}c` } }, { [TEAM]: "a?c" }, true],
    ["${?} is a question mark only", { StringLike: { [TEAM]: `a\${?}c` } }, { [TEAM]: "abc" }, false],
    [
      "${$} is a dollar",
      { StringEquals: { [TEAM]: `\${$}{aws:username}` } },
      { ...USER, [TEAM]: `\${aws:username}` },
      true,
    ],
    ["${$} begins no variable", { StringEquals: { [TEAM]: `\${$}{aws:username}` } }, { ...USER, [TEAM]: "ana" }, false],
  ]),
  ...heads(VARIABLES, [
    [
      "a variable in a resource",
      { Resource: `arn:aws:s3:::b/\${aws:username}/*` },
      { resource: "arn:aws:s3:::b/ana/x", context: USER },
      true,
    ],
    [
      "a variable in a resource",
      { Resource: `arn:aws:s3:::b/\${aws:username}/*` },
      { resource: "arn:aws:s3:::b/bob/x", context: USER },
      false,
    ],
    [
      "without a value it matches nothing",
      { Resource: `arn:aws:s3:::b/\${aws:username}x` },
      { resource: "arn:aws:s3:::b/x" },
      false,
    ],
    ["${*} in a resource", { Resource: `arn:aws:s3:::b/\${*}` }, { resource: "arn:aws:s3:::b/x" }, false],
    ["${*} in a resource", { Resource: `arn:aws:s3:::b/\${*}` }, { resource: "arn:aws:s3:::b/*" }, true],
  ]),
];

const named = [
  ...heads(ACTION, [
    ["actions have no case", { Action: "S3:getobject" }, {}, true],
    ["a wildcard in an action", { Action: "s3:*Object" }, {}, true],
    ["a wildcard in an action", { Action: "s3:Put*" }, {}, false],
    ["? in an action", { Action: "s3:?etObject" }, {}, true],
    ["one of a list", { Action: ["sqs:SendMessage", "s3:GetObject"] }, {}, true],
    ["NotAction is all others", { NotAction: "sqs:*" }, {}, true],
    ["NotAction is not what it names", { NotAction: ["sqs:*", "S3:*"] }, {}, false],
  ]),
  ...heads(RESOURCE, [
    ["a star is every resource", { Resource: "*" }, {}, true],
    [
      "a star is an action without a resource too",
      { Resource: "*" },
      { action: "s3:ListAllMyBuckets", resource: "*" },
      true,
    ],
    ["a star takes slashes", { Resource: "arn:aws:s3:::examplebucket/*" }, {}, true],
    ["a star takes nothing too", { Resource: `${OBJECT}*` }, {}, true],
    [
      "a star takes colons in the resource",
      { Resource: "arn:aws:logs:us-east-1:123456789012:*" },
      { action: "logs:DescribeLogStreams", resource: "arn:aws:logs:us-east-1:123456789012:log-group:x:y" },
      true,
    ],
    ["a star does not pass a part of the ARN", { Resource: "arn:aws:s3*b.txt" }, {}, false],
    [
      "a star does not pass a part of the ARN",
      { Resource: "arn:aws:sqs:*:jobs" },
      { action: "sqs:SendMessage", resource: "arn:aws:sqs:us-east-1:123456789012:jobs" },
      false,
    ],
    [
      "a star is one part",
      { Resource: "arn:aws:sqs:*:*:jobs" },
      { action: "sqs:SendMessage", resource: "arn:aws:sqs:us-east-1:123456789012:jobs" },
      true,
    ],
    ["a star takes a newline", { Resource: "arn:aws:s3:::b/*" }, { resource: "arn:aws:s3:::b/a\nb" }, true],
    ["resources have case", { Resource: "arn:aws:s3:::examplebucket/A/*" }, {}, false],
    ["? is one character", { Resource: "arn:aws:s3:::examplebucket/?/b.txt" }, {}, true],
    ["NotResource is all others", { NotResource: "arn:aws:s3:::other/*" }, {}, true],
    ["NotResource is not what it names", { NotResource: "arn:aws:s3:::examplebucket/*" }, {}, false],
  ]),
];

const both: readonly Statement[] = [ALLOW, { Effect: "Deny", Action: "s3:*", Resource: OBJECT }];
const logic: readonly Row[] = [
  { page: LOGIC, says: "without a statement: denied", policy: document(), request: READ, decision: "implicit deny" },
  { page: LOGIC, says: "an Allow allows", policy: document(ALLOW), request: READ, decision: "allowed" },
  { page: LOGIC, says: "a Deny wins", policy: document(...both), request: READ, decision: "explicit deny" },
  {
    page: LOGIC,
    says: "in any order",
    policy: document(...both.toReversed()),
    request: READ,
    decision: "explicit deny",
  },
  {
    page: LOGIC,
    says: "a Deny of something else does not",
    decision: "allowed",
    policy: document(...both),
    request: { ...READ, resource: "arn:aws:s3:::examplebucket/other" },
  },
];

export const STATEMENTS: readonly Row[] = [several, sets, variables, named, logic].flat();
