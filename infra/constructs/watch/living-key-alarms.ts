import { Duration } from "aws-cdk-lib";
import type { WatchProps } from "../../watched.ts";
import type { Alarms } from "./alarms.ts";

/** Functions without a waiting caller, and the meaning of their error lines. */
const LOUD = {
  reconcile:
    "A role's policy was not written, or its outcome is unknown; a task role has a foreign inline policy; or more tasks have ended than a policy can name: see the reconciler's log.",
  sweep:
    "A due or halted task could not be ended, or an agent was suspended since nobody reviewed a broken glass: see the sweep's log.",
  relay: "Endings could not be queued for the probe: their receipts do not show when AWS refused. See the relay's log.",
  probe:
    "A probe could not observe an ending, so its receipt does not show when AWS refused; or a policy had no effect in AWS. See probe's log.",
} as const;

/** Adds the alarms of keys that may live on. */
export function addLivingKeyAlarms(alarms: Alarms, props: WatchProps): void {
  const minute = { period: Duration.minutes(1) };
  const { sweep, relay } = props.functions;
  alarms.add(
    "revocation-set-aside",
    "A role's revocation policy could not be written five times: its ended tasks may still act until their fence.",
    {
      metric: props.revocationQueue.setAside.metricApproximateNumberOfMessagesVisible({
        ...minute,
        statistic: "max",
      }),
      atLeast: 1,
    },
  );
  alarms.add("revocation-late", "The revocation of an ended task has waited more than a minute for its write to IAM.", {
    metric: props.revocationQueue.queue.metricApproximateAgeOfOldestMessage({ ...minute, statistic: "max" }),
    atLeast: 60,
    minutes: 2,
  });
  alarms.add(
    "iam-unwritable",
    "IAM cannot be written in an account, or the reconciler does not run: keys of ended tasks there live until their fence. See the sweep's log for the account.",
    {
      metric: alarms.logged(sweep, "iam-unwritable", { event: "iam_unwritable" }),
      atLeast: 1,
      minutes: 2,
    },
  );
  alarms.add("relay-late", "The table's stream is read more than a minute late: endings wait for the sweep.", {
    metric: relay.metric("IteratorAge", { ...minute, statistic: "max" }),
    atLeast: 60_000,
  });
  alarms.add(
    "sweep-stopped",
    "The sweep does not run: tasks do not end at their deadline, and lost revocations are not repaired.",
    {
      metric: sweep.metricInvocations(minute),
      atMost: 0,
      minutes: 3,
    },
  );
  alarms.add("sweep-late", "Tasks past their deadline wait for the sweep: it does not keep up.", {
    metric: alarms.logged(sweep, "sweep-lag", { event: "swept", value: "lag_seconds", statistic: "max" }),
    atLeast: 300,
    minutes: 2,
  });
  alarms.add(
    "overdue",
    "A task could not be ended within half an hour. Its sessions have ended by their fences. See the sweep's log.",
    {
      metric: alarms.logged(sweep, "overdue", { event: "overdue" }),
      atLeast: 1,
    },
  );
  alarms.add(
    "rotation-fails",
    "A secret was not rotated, and is leased to nobody until its rotation succeeds. See rotate's log.",
    {
      metric: alarms.logged(props.functions.rotate, "rotation-failures", { event: "rotation_failed" }),
      atLeast: 1,
      minutes: 3,
    },
  );
  alarms.add(
    "lease-revocation-set-aside",
    "A connector's credential could not be revoked in five attempts; the sweep retries each minute. See revoke-leases' log.",
    {
      metric: props.leaseRevocations.setAside.metricApproximateNumberOfMessagesVisible({
        ...minute,
        statistic: "max",
      }),
      atLeast: 1,
    },
  );
  alarms.add(
    "deadline-set-aside",
    "The message of a connector's deadline failed in five attempts; the sweep revokes the credential. See revoke-leases' log.",
    {
      metric: props.deadlines.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
      atLeast: 1,
    },
  );
  alarms.add(
    "recheck-set-aside",
    "Live tasks were not decided anew after a condition was tightened; they are not renewed where policy denies them. See recheck's log.",
    {
      metric: props.rechecks.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
      atLeast: 1,
    },
  );
  alarms.add(
    "condition-bounded",
    "Events on the bus have set a condition that denies more tasks than they may end within an hour. The others live until their keys' fence; `valetkey conditions recheck` ends them now. See the lines `condition_bounded` in recheck's log.",
    {
      metric: alarms.logged(props.functions.recheck, "conditions-bounded", { event: "condition_bounded" }),
      atLeast: 1,
    },
  );
  alarms.add(
    "lease-revocation-late",
    "Connectors' credentials are revoked 30 seconds or more after their deadline: messages arrive late or not at all, or a provider did not answer.",
    {
      metric: alarms.logged(props.functions["revoke-leases"], "lease-revocation-late", {
        event: "lease_revoked",
        value: "late_seconds",
        statistic: "max",
      }),
      atLeast: 30,
      minutes: 3,
    },
  );
  alarms.add("lease-revocation-overdue", "A connector's credential is still valid ten minutes after its deadline.", {
    metric: alarms.logged(sweep, "lease-revocations-overdue", {
      event: "lease_revocations_swept",
      value: "overdue",
      statistic: "max",
    }),
    atLeast: 1,
  });
  alarms.add(
    "not-observed",
    "IAM has had a policy that denies an ended task for 30 seconds, and AWS still accepts its session. The session may act until its fence. See probe's log.",
    {
      metric: alarms.logged(props.functions.probe, "not-observed", { event: "not_observed" }),
      atLeast: 1,
    },
  );
  alarms.add("probe-set-aside", "The probe failed five times to run for an ending. See probe's log.", {
    metric: props.probes.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
    atLeast: 1,
  });
  alarms.addLoud(LOUD, props.functions);
}
