import type { Feature } from "./feature.ts";

const policies =
  (text: RegExp): Feature =>
  ({ vended }) =>
    vended.texts.some((each) => text.test(each));
const vends =
  (text: RegExp): Feature =>
  ({ vended }) =>
    vended.sessions.some(({ policy }) => text.test(policy));
const hourOf = (atMs = 0): number => new Date(atMs).getUTCHours();
const depth =
  (levels: number): Feature =>
  ({ scenario, vended }) =>
    scenario.asker.ancestors?.length === levels && vended.sessions.length > 0;

/** Features that only worlds from Cedar's grammar have. */
export const EDGE_FEATURES: Readonly<Record<string, Feature>> = {
  "a session of a sub-agent": depth(1),
  "a session of a sub-agent's sub-agent": depth(2),
  "a policy on delegation": policies(/context[^;]*deleg/),
  "a tag looked up in an empty set": ({ scenario, vended }) =>
    scenario.asker.ancestors?.length === 0 && vended.texts.some((text) => /chain\.contains\(resource/.test(text)),
  "an escaped name": policies(/\["[a-z]*\\u\{/),
  "an escaped text": policies(/(==|!=) "[^"]*\\u\{/),
  "a set with a member that is not known": policies(/\[[^\]]*(principal|context)[^\]]*\]\.contains\(/),
  "a permit by the hour": policies(/permit [^;]*hour/),
  "decided in one hour, and planned in the next": ({ scenario: { clock } }) =>
    hourOf(clock?.decidedAtMs) !== hourOf(clock?.plannedAtMs),
  "an address of IPv6": ({ scenario }) => scenario.asker.sourceIp.includes(":"),
  "a letter beyond U+00FF": policies(/[\u0100-\uffff]/),
  "tags of an object": vends(/s3:ExistingObjectTag/),
  "tags of what is no object": vends(/aws:ResourceTag/),
};
