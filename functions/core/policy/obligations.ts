/** What a permit asks for in return; written as annotations (`@maxTtl("15m")`). */
export interface Obligations {
  /** The group one of whose people must approve. */
  readonly approval?: string;
  /** Seconds that the task may live. */
  readonly maxTtlSeconds?: number;
  /** The session works from the address that asked, and from no other. */
  readonly bindIp: boolean;
  readonly rotateAfterUse: boolean;
}

/** `15m` in seconds, or nothing where it is no duration: a whole number and one of s, m, h. */
export const parseDuration = (text: string): number | undefined =>
  /^[1-9][0-9]{0,5}[smh]$/.test(text) ? Number(text.slice(0, -1)) * 60 ** "smh".indexOf(text.slice(-1)) : undefined;

/** The obligations that a policy's annotations name; the build has checked their form. */
export function obligationsOf(annotations: Readonly<Record<string, string>>): Obligations {
  const { approval, maxTtl, bindIp, rotateAfterUse } = annotations;
  const maxTtlSeconds = maxTtl === undefined ? undefined : parseDuration(maxTtl);
  return {
    ...(approval === undefined ? {} : { approval }),
    ...(maxTtlSeconds === undefined ? {} : { maxTtlSeconds }),
    bindIp: bindIp !== undefined,
    rotateAfterUse: rotateAfterUse !== undefined,
  };
}

/** The strictest of several: what a task has to keep whose pairs were decided by different permits. */
export function strictest(all: readonly Obligations[]): Obligations {
  const ttls = all.flatMap(({ maxTtlSeconds }) => maxTtlSeconds ?? []);
  const approval = all.find((each) => each.approval !== undefined)?.approval;
  return {
    ...(approval === undefined ? {} : { approval }),
    ...(ttls.length === 0 ? {} : { maxTtlSeconds: Math.min(...ttls) }),
    bindIp: all.some(({ bindIp }) => bindIp),
    rotateAfterUse: all.some(({ rotateAfterUse }) => rotateAfterUse),
  };
}
