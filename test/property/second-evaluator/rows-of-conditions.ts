import { conditions, type Row, type Told } from "./row.ts";

const PAGE = "reference_policies_elements_condition_operators.html";
const JOB = "aws:PrincipalTag/job-category";
const TEAM = "aws:ResourceTag/team";
const KEYS = "aws:TagKeys";

const strings = conditions(PAGE, [
  ["StringEquals is exact", { StringEquals: { [JOB]: "iamuser-admin" } }, { [JOB]: "iamuser-admin" }, true],
  ["StringEquals has case", { StringEquals: { [JOB]: "iamuser-admin" } }, { [JOB]: "IAMUser-Admin" }, false],
  ["StringEquals takes a star for itself", { StringEquals: { [JOB]: "iam*" } }, { [JOB]: "iamuser" }, false],
  ["StringEquals takes a star for itself", { StringEquals: { [JOB]: "iam*" } }, { [JOB]: "iam*" }, true],
  ["StringEqualsIgnoreCase has none", { StringEqualsIgnoreCase: { [JOB]: "Admin" } }, { [JOB]: "aDMIN" }, true],
  ["StringEqualsIgnoreCase is exact", { StringEqualsIgnoreCase: { [JOB]: "Admin" } }, { [JOB]: "admins" }, false],
  ["StringNotEquals is negated", { StringNotEquals: { [JOB]: "admin" } }, { [JOB]: "admin" }, false],
  ["StringNotEquals is negated", { StringNotEquals: { [JOB]: "admin" } }, { [JOB]: "Admin" }, true],
  ["StringNotEqualsIgnoreCase", { StringNotEqualsIgnoreCase: { [JOB]: "admin" } }, { [JOB]: "Admin" }, false],
  ["StringLike: * is any characters", { StringLike: { [JOB]: "iam*admin" } }, { [JOB]: "iam-x-admin" }, true],
  ["StringLike: * is none too", { StringLike: { [JOB]: "iam*admin" } }, { [JOB]: "iamadmin" }, true],
  ["StringLike: * is a newline too", { StringLike: { [JOB]: "iam*admin" } }, { [JOB]: "iam\nadmin" }, true],
  ["StringLike goes to the end", { StringLike: { [JOB]: "iam*admin" } }, { [JOB]: "iamadmins" }, false],
  ["StringLike tries again", { StringLike: { [JOB]: "*ab" } }, { [JOB]: "aab" }, true],
  ["StringLike: ? is one", { StringLike: { [JOB]: "a?c" } }, { [JOB]: "abc" }, true],
  ["StringLike: ? is not none", { StringLike: { [JOB]: "a?c" } }, { [JOB]: "ac" }, false],
  ["StringLike has case", { StringLike: { [JOB]: "IAM*" } }, { [JOB]: "iamuser" }, false],
  ["StringNotLike is negated", { StringNotLike: { [JOB]: "iam*" } }, { [JOB]: "iamuser" }, false],
  ["StringNotLike is negated", { StringNotLike: { [JOB]: "iam*" } }, { [JOB]: "user" }, true],
  ["names of keys have no case", { StringEquals: { "AWS:resourcetag/TEAM": "data" } }, { [TEAM]: "data" }, true],
]);

const missing = conditions(PAGE, [
  ["a key that is missing is false", { StringEquals: { [JOB]: "admin" } }, {}, false],
  ["a key that is missing is false", { StringLike: { [JOB]: "*" } }, {}, false],
  ["of a negated operator it is true", { StringNotEquals: { [JOB]: "admin" } }, {}, true],
  ["of a negated operator it is true", { StringNotLike: { [JOB]: "*" } }, {}, true],
  ["of a negated operator it is true", { ArnNotLike: { "aws:SourceArn": "*" } }, {}, true],
  ["of a negated operator it is true", { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } }, {}, true],
  ["IfExists: true without the key", { StringEqualsIfExists: { [JOB]: "admin" } }, {}, true],
  ["IfExists: compared with the key", { StringEqualsIfExists: { [JOB]: "admin" } }, { [JOB]: "user" }, false],
  ["IfExists: compared with the key", { StringEqualsIfExists: { [JOB]: "admin" } }, { [JOB]: "admin" }, true],
  ["IfExists of a negated one", { StringNotEqualsIfExists: { [JOB]: "admin" } }, { [JOB]: "admin" }, false],
  ["IfExists of a date", { DateGreaterThanIfExists: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }, {}, true],
  ["Null true: the key is not there", { Null: { "aws:TokenIssueTime": "true" } }, {}, true],
  ["Null true: the key is there", { Null: { "aws:TokenIssueTime": "true" } }, { "aws:TokenIssueTime": "x" }, false],
  ["Null false: the key is there", { Null: { "aws:TokenIssueTime": "false" } }, { "aws:TokenIssueTime": "x" }, true],
  ["Null false: the key is not there", { Null: { "aws:TokenIssueTime": "false" } }, {}, false],
  ["Null false: it has no value", { Null: { [KEYS]: "false" } }, { [KEYS]: [] }, false],
  ["Null of a key in another case", { Null: { "AWS:RESOURCETAG/Team": "false" } }, { [TEAM]: "data" }, true],
]);

const TIME = "aws:CurrentTime";
const at = (time: string): Told => ({ [TIME]: time });
const others = conditions(PAGE, [
  [
    "NumericLessThanEquals",
    { NumericLessThanEquals: { "aws:MultiFactorAuthAge": "10" } },
    { "aws:MultiFactorAuthAge": "10" },
    true,
  ],
  [
    "NumericLessThanEquals",
    { NumericLessThanEquals: { "aws:MultiFactorAuthAge": "10" } },
    { "aws:MultiFactorAuthAge": "11" },
    false,
  ],
  [
    "NumericLessThan",
    { NumericLessThan: { "aws:MultiFactorAuthAge": "10" } },
    { "aws:MultiFactorAuthAge": "10" },
    false,
  ],
  [
    "NumericLessThan is no text",
    { NumericLessThan: { "aws:MultiFactorAuthAge": "10" } },
    { "aws:MultiFactorAuthAge": "9" },
    true,
  ],
  [
    "NumericGreaterThan",
    { NumericGreaterThan: { "aws:MultiFactorAuthAge": "10" } },
    { "aws:MultiFactorAuthAge": "10" },
    false,
  ],
  [
    "NumericGreaterThanEquals",
    { NumericGreaterThanEquals: { "aws:MultiFactorAuthAge": "10" } },
    { "aws:MultiFactorAuthAge": "10" },
    true,
  ],
  ["NumericEquals", { NumericEquals: { "aws:MultiFactorAuthAge": "10" } }, { "aws:MultiFactorAuthAge": "10.0" }, true],
  [
    "NumericEquals of no number",
    { NumericEquals: { "aws:MultiFactorAuthAge": "10" } },
    { "aws:MultiFactorAuthAge": "ten" },
    false,
  ],
  [
    "NumericNotEquals",
    { NumericNotEquals: { "aws:MultiFactorAuthAge": "10" } },
    { "aws:MultiFactorAuthAge": "10" },
    false,
  ],
  ["DateGreaterThan", { DateGreaterThan: { [TIME]: "2026-11-24T13:00:00Z" } }, at("2026-11-24T13:00:00Z"), false],
  ["DateGreaterThan", { DateGreaterThan: { [TIME]: "2026-11-24T13:00:00Z" } }, at("2026-11-24T13:00:01Z"), true],
  [
    "DateGreaterThan of fractions",
    { DateGreaterThan: { [TIME]: "2026-11-24T13:00:00Z" } },
    at("2026-11-24T13:00:00.001Z"),
    true,
  ],
  [
    "DateGreaterThanEquals",
    { DateGreaterThanEquals: { [TIME]: "2026-11-24T13:00:00Z" } },
    at("2026-11-24T13:00:00Z"),
    true,
  ],
  [
    "DateGreaterThanEquals",
    { DateGreaterThanEquals: { [TIME]: "2026-11-24T13:00:00Z" } },
    at("2026-11-24T12:59:59Z"),
    false,
  ],
  ["DateLessThan", { DateLessThan: { [TIME]: "2026-11-24T13:00:00Z" } }, at("2026-11-24T12:59:59Z"), true],
  ["DateLessThan", { DateLessThan: { [TIME]: "2026-11-24T13:00:00Z" } }, at("2026-11-24T13:00:00Z"), false],
  ["DateLessThanEquals", { DateLessThanEquals: { [TIME]: "2026-11-24T13:00:00Z" } }, at("2026-11-24T13:00:00Z"), true],
  ["DateEquals of an epoch time", { DateEquals: { [TIME]: "1795525200" } }, at("2026-11-24T13:00:00Z"), true],
  ["DateNotEquals", { DateNotEquals: { [TIME]: "2026-11-24T13:00:00Z" } }, at("2026-11-24T13:00:00Z"), false],
  ["a date that is none", { DateLessThan: { [TIME]: "2026-11-24T13:00:00Z" } }, at("soon"), false],
  ["Bool", { Bool: { "aws:SecureTransport": "true" } }, { "aws:SecureTransport": "true" }, true],
  ["Bool", { Bool: { "aws:SecureTransport": "true" } }, { "aws:SecureTransport": "false" }, false],
  ["Bool of a missing key", { Bool: { "aws:ViaAWSService": "false" } }, {}, false],
  [
    "BinaryEquals",
    { BinaryEquals: { "aws:FederatedProvider": "QmluYXJ5" } },
    { "aws:FederatedProvider": "QmluYXJ5" },
    true,
  ],
  [
    "BinaryEquals",
    { BinaryEquals: { "aws:FederatedProvider": "QmluYXJ5" } },
    { "aws:FederatedProvider": "qmluYXJ5" },
    false,
  ],
  [
    "IpAddress of a range",
    { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    { "aws:SourceIp": "203.0.113.255" },
    true,
  ],
  [
    "IpAddress of a range",
    { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    { "aws:SourceIp": "203.0.114.0" },
    false,
  ],
  ["IpAddress of one", { IpAddress: { "aws:SourceIp": "203.0.113.7" } }, { "aws:SourceIp": "203.0.113.7" }, true],
  ["IpAddress of one", { IpAddress: { "aws:SourceIp": "203.0.113.7" } }, { "aws:SourceIp": "203.0.113.8" }, false],
  [
    "IpAddress of IPv6",
    { IpAddress: { "aws:SourceIp": "2001:DB8:1234:5678::/64" } },
    { "aws:SourceIp": "2001:db8:1234:5678:9::1" },
    true,
  ],
  [
    "IpAddress of IPv6",
    { IpAddress: { "aws:SourceIp": "2001:DB8:1234:5678::/64" } },
    { "aws:SourceIp": "2001:db8:1234:5679::1" },
    false,
  ],
  [
    "no family is in a range of the other",
    { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } },
    { "aws:SourceIp": "::1" },
    false,
  ],
  ["NotIpAddress", { NotIpAddress: { "aws:SourceIp": "203.0.113.7" } }, { "aws:SourceIp": "203.0.113.7" }, false],
  [
    "NotIpAddress of IPv6",
    { NotIpAddress: { "aws:SourceIp": "203.0.113.7" } },
    { "aws:SourceIp": "2001:db8::1" },
    true,
  ],
  [
    "ArnEquals takes wildcards",
    { ArnEquals: { "aws:SourceArn": "arn:aws:sns:*:123456789012:topic-*" } },
    { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:topic-1" },
    true,
  ],
  [
    "ArnLike looks at each part",
    { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:topic" } },
    { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:topic" },
    false,
  ],
  [
    "ArnLike: a part holds no colon",
    { ArnLike: { "aws:SourceArn": "arn:aws:*:123456789012:topic" } },
    { "aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:topic" },
    false,
  ],
  [
    "ArnNotLike",
    { ArnNotLike: { "aws:SourceArn": "arn:aws:sns:*:*:topic" } },
    { "aws:SourceArn": "arn:aws:sns:us-east-1:1:topic" },
    false,
  ],
]);

export const CONDITIONS: readonly Row[] = [...strings, ...missing, ...others];
