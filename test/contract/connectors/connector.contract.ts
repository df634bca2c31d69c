import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import type { Connector, IssuedCredential, PlannedIssue } from "../../../functions/core/connectors/connector.ts";
import type { TypedDetail } from "../../../functions/core/intent/detail.ts";
import { type JsonObject, Place } from "../../../functions/core/intent/place.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import type { LeaseTerms } from "../../../functions/core/tasks/lease-deadline.ts";

type Credential = IssuedCredential["credential"];

/** A connector in front of a real provider, or one as good as real. Has operations there that only tests may do. */
export interface TestedConnector {
  readonly connector: Connector;
  /** A detail that can be granted, as an agent sends it. No other task holds it. */
  asked(): JsonObject;
  /** Epoch seconds, by the connector's clock. */
  nowSeconds(): number;
  /** True where the credential can do what was requested. */
  works(credential: Credential): Promise<boolean>;
  /** Operations that the credential allows though nobody requested them. Has to be empty. */
  doesBeside(credential: Credential): Promise<readonly string[]>;
  /**
   * True where the credential is dead once its lease is revoked. A secret's value that was read stays valid until it is
   * rotated.
   */
  readonly dies: boolean;
  /** True where the provider still has anything of the lease. */
  remains(lease: ConnectorLease): Promise<boolean>;
  /** Makes the provider lose the lease without notice. */
  forget(lease: ConnectorLease): Promise<void>;
  /** Sets how the provider is reached from now on. `slow`: no answer within any time that a caller would wait. */
  provider(state: "well" | "cut" | "slow"): void;
  /** Upper bound on one call while the provider is slow; milliseconds. */
  readonly boundMs: number;
  /**
   * Sets all clocks to that moment, epoch seconds; without one, to the right time. For credentials that are not found
   * by a name: tokens.
   */
  clocksShow?(atSeconds?: number): void;
  /** Everything that can be read afterwards: the provider's log, the table. */
  traces(): Promise<string>;
  /** The secret parts of a credential. */
  secretsIn(credential: Credential): readonly string[];
}

export const TERMS: LeaseTerms = {
  obligations: { bindIp: false, rotateAfterUse: false },
};

/** Takes a detail of a new task all the way to its recorded lease. */
export function planFor(
  { connector, asked, nowSeconds }: Pick<TestedConnector, "connector" | "asked" | "nowSeconds">,
  terms: LeaseTerms = TERMS,
  given: JsonObject = asked(),
): PlannedIssue<TypedDetail> {
  const detail = connector.parse(given, new Place("[0]"));
  const openedAt = nowSeconds();
  const task = { path: rootPath(randomBytes(32)), agent: agentId("demo"), openedAt, expiresAt: openedAt + 900 };
  return connector.plan({ detail, index: 0, terms }, task, openedAt);
}

/** Tests of behaviour that all connectors share (docs/design.md#connectors). */
export function connectorContract(tested: () => TestedConnector): void {
  describe("every connector", () => {
    const seen: unknown[] = [];
    const secrets: string[] = [];
    afterEach(() => {
      tested().provider("well");
      tested().clocksShow?.();
    });

    const keep = <T>(value: T): T => {
      seen.push(value);
      return value;
    };
    const plan = () => {
      const planned = planFor(tested());
      keep(planned.lease);
      return planned;
    };
    const issue = async (planned: PlannedIssue<TypedDetail> = plan()): Promise<IssuedCredential> => {
      const issued = await tested().connector.issue(planned);
      keep(issued.lease);
      secrets.push(...tested().secretsIn(issued.credential));
      return issued;
    };
    const revoke = async (lease: ConnectorLease) => keep(await tested().connector.revoke(lease));
    /** Revokes a lease that nobody confirmed. One without a name is not known to be gone before it has expired. */
    const revokeUnconfirmed = async (lease: ConnectorLease) => {
      if (!tested().connector.isFoundByName) {
        const diesBy = Number(lease.made.dies_by);
        expect(await revoke(lease)).toBe("unknown");
        tested().clocksShow?.(diesBy - 1);
        expect(await revoke(lease)).toBe("unknown");
        tested().clocksShow?.(diesBy);
      }
      expect(await revoke(lease)).toBe("revoked");
      expect(await tested().remains(lease)).toBe(false);
    };
    /** The refusal, and how long it took. */
    const refused = async (
      call: () => Promise<unknown>,
    ): Promise<{ readonly code: string; readonly tookMs: number }> => {
      const begunAt = performance.now();
      const error = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof Refusal)) throw new Error("not refused", { cause: error });
      keep([error.code, error.message, error.stack, error.sentence, error.detail]);
      return { code: error.code, tookMs: performance.now() - begunAt };
    };

    it("describes a detail in the same way as it was granted", () => {
      const { connector } = tested();
      const detail = connector.parse(tested().asked(), new Place("[0]"));
      expect(connector.parse(detail as unknown as JsonObject, new Place("[0]"))).toEqual(detail);
      expect(JSON.parse(JSON.stringify(detail))).toEqual(detail);
      const questions = connector.describe(detail);
      expect(questions.length).toBeGreaterThan(0);
      expect(connector.narrow(detail, questions).flatMap((part) => connector.describe(part))).toEqual(questions);
      expect(connector.narrow(detail, [])).toEqual([]);
    });

    it("refuses a detail of another shape, and names the place", () => {
      const { connector } = tested();
      const asked = tested().asked();
      for (const odd of [{}, { type: connector.type }, { ...asked, more: 1 }, { ...asked, __proto__: null, x: null }])
        expect(() => connector.parse(odd, new Place("[3]"))).toThrow(
          expect.objectContaining({
            code: "intent_invalid",
            detail: { say: expect.stringMatching(/^authorization_details\[3\]/) },
          }),
        );
    });

    it("plans, without the provider, a lease with everything needed to find its credential", async () => {
      tested().provider("cut");
      const { lease } = plan();
      expect(lease).toMatchObject({ type: tested().connector.type, state: "issuing", detail: 0 });
      expect(lease.name).toBe(`${lease.type}-0`);
      expect(JSON.parse(JSON.stringify(lease))).toEqual(lease);
      expect(await tested().remains(lease)).toBe(false);
    });

    it("I4: plans no lease that outlives its task, its policy or its hour", () => {
      const now = tested().nowSeconds();
      expect(planFor(tested()).lease.expiresAt).toBe(now + 900);
      const obligations = { ...TERMS.obligations, maxTtlSeconds: 60 };
      expect(planFor(tested(), { ...TERMS, obligations }).lease.expiresAt).toBe(now + 60);
      expect(planFor(tested(), { ...TERMS, hourEndsAt: now + 30 }).lease.expiresAt).toBe(now + 30);
    });

    it("issues a credential limited to the request, which works until it is revoked", async () => {
      const planned = plan();
      const { lease, credential } = await issue(planned);
      expect(lease.state).toBe("issued");
      // I4: the provider may end the credential earlier, and never later.
      expect(lease.expiresAt).toBeLessThanOrEqual(planned.lease.expiresAt);
      expect(credential).toMatchObject({ type: lease.type, name: lease.name });
      expect(credential.expires_at).toBe(new Date(lease.expiresAt * 1_000).toISOString());
      expect(await tested().works(credential)).toBe(true);
      expect(await tested().doesBeside(credential)).toEqual([]);
      expect(await tested().remains(lease)).toBe(true);
      expect(await revoke(lease)).toBe("revoked");
      expect(await tested().remains(lease)).toBe(false);
      expect(await tested().works(credential)).toBe(!tested().dies);
      expect(await revoke(lease)).toBe("revoked");
    });

    it("revokes a lease that was never issued, after a crash before the issue", async () => {
      await revokeUnconfirmed(plan().lease);
    });

    it("revokes a lease that nobody confirmed, by its name or by waiting, after a crash behind the issue", async () => {
      const planned = plan();
      await issue(planned);
      expect(await tested().remains(planned.lease)).toBe(true);
      await revokeUnconfirmed(JSON.parse(JSON.stringify(planned.lease)));
    });

    it("revokes a lease that its provider has forgotten", async () => {
      const { lease } = await issue();
      await tested().forget(lease);
      expect(await tested().remains(lease)).toBe(false);
      expect(await revoke(lease)).toBe("revoked");
    });

    it("revokes a lease for several callers at the same moment: its deadline, its task's end and the sweep", async () => {
      for (let round = 0; round < 5; round += 1) {
        const { lease } = await issue();
        expect(await Promise.all([revoke(lease), revoke(lease), revoke(lease)])).toEqual([
          "revoked",
          "revoked",
          "revoked",
        ]);
        expect(await tested().remains(lease)).toBe(false);
      }
    });

    it("issues once more under the same name, for a retry after an answer was lost", async () => {
      const planned = plan();
      await issue(planned);
      const { lease, credential } = await issue(planned);
      expect(await tested().works(credential)).toBe(true);
      expect(await revoke(lease)).toBe("revoked");
      expect(await tested().works(credential)).toBe(!tested().dies);
      // The credential of the first answer has no name. Time alone ends it.
      if (!tested().connector.isFoundByName) tested().clocksShow?.(Number(planned.lease.made.dies_by));
      expect(await tested().remains(lease)).toBe(false);
    });

    it("reports an outage while the provider cannot be reached, and reports a revocation as unknown", async () => {
      const { lease } = await issue();
      tested().provider("cut");
      const { code } = await refused(() => tested().connector.issue(plan()));
      expect(code).toMatch(/_unavailable$/);
      expect(await revoke(lease)).toBe("unknown");
      tested().provider("well");
      expect(await tested().remains(lease)).toBe(true);
      expect(await revoke(lease)).toBe("revoked");
      expect(await tested().remains(lease)).toBe(false);
    });

    it("waits for a slow provider no longer than its bound, and reports an outage", async () => {
      const { lease } = await issue();
      tested().provider("slow");
      const { code, tookMs } = await refused(() => tested().connector.issue(plan()));
      expect(code).toMatch(/_unavailable$/);
      const begunAt = performance.now();
      expect(await revoke(lease)).toBe("unknown");
      expect(Math.max(tookMs, performance.now() - begunAt)).toBeLessThan(tested().boundMs);
      tested().provider("well");
      expect(await revoke(lease)).toBe("revoked");
    });

    it("reports that it is healthy, and that a provider cannot be reached", async () => {
      expect(await tested().connector.health()).toEqual([]);
      tested().provider("cut");
      expect(await tested().connector.health()).toMatchObject([
        { problem: expect.stringMatching(/cannot be reached/) },
      ]);
    });

    it("issues to many at the same moment, each its own credential", async () => {
      const issued = await Promise.all(Array.from({ length: 8 }, () => plan()).map((planned) => issue(planned)));
      expect(await Promise.all(issued.map(({ credential }) => tested().works(credential)))).not.toContain(false);
      expect(await Promise.all(issued.map(({ lease }) => revoke(lease)))).toEqual(issued.map(() => "revoked"));
      for (const { lease } of issued) expect(await tested().remains(lease)).toBe(false);
    });

    it("I8: shows secrets in the credential alone: in no lease, error, table or provider's log", async () => {
      expect(secrets.length).toBeGreaterThan(0);
      const text = JSON.stringify(seen) + (await tested().traces());
      // The message leaves the text out, since it may hold a secret.
      expect(secrets.filter((secret) => text.includes(secret)).length).toBe(0);
    });
  });
}
