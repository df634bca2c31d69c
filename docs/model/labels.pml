/*
 * Model of labels that exclude each other: one holder, a task for each side of a conflict, and clocks that differ.
 * README.md lists what is modelled and what is not.
 *
 * The checker tries every order of the steps below. An error is a failed assertion; the line FAULT names the property:
 *   I11  no key of one side works until the fence of each key of the other, and the window, have passed
 *
 * Each switch removes one guard, and must give a counterexample:
 *   NO_READ        an opening hands out keys without the read that follows its write
 *   NO_READ_AGAIN  a renewal does
 *   FREED_BY_END   the end of a task frees what its keys hold
 *   NO_MARGIN      a label is free when the fence and the window have passed by the reader's clock
 *   ONE_RECORD     a task has one record of what it holds, which a renewal replaces
 */

/* Durations in ticks. A tick is 300 seconds, the largest difference between a clock of the hub and that of AWS. */
#define SKEW 1
#define FENCE 3
/* Fence by policy, or in an account where IAM cannot be written. */
#define SHORT 1
#define WINDOW 1
#ifdef NO_MARGIN
#define MARGIN 0
#else
#define MARGIN 1
#endif

/* Ticks that are checked. */
#ifndef HORIZON
#define HORIZON 6
#endif

mtype = { I11, payroll, egress };

/* Stage of a request. */
#define IDLE 0
#define BEGUN 1
#define RECORDED 2
#define READ 3
#define WITHDRAWN 4

/* Time by AWS's clock, which alone decides whether a key works. */
byte now = 0;
/* True while the side has a task in the record. */
bit isLive[2];
/* True while a renewal would come too soon after the latest issue. */
bit isFresh[2];
/* Records by which the side is held. Only their latest fence counts; 0 for none that any clock counts. */
byte heldUntil[2];
/* Fence of the record that a new task has made, and that its withdrawal releases; 0 for none. */
byte ownUntil[2];
/* Latest fence of the keys that anybody got of the side; 0 for none that counts. */
byte outUntil[2];

#define other(s) (1 - s)
#define nameOf(s) (s == 0 -> payroll : egress)
#define holdsAt(until, clock) (until != 0 && until + MARGIN + WINDOW > clock)
#define isHeld(s, clock) (holdsAt(heldUntil[s], clock) || holdsAt(ownUntil[s], clock))

/* Fails where the condition holds, and prints the property that is violated. */
#define never(condition, property) \
  if \
  :: condition -> printf("FAULT %e\n", property); assert(false) \
  :: else \
  fi

#define prolong(until) \
  if \
  :: until < fence -> until = fence \
  :: else \
  fi

inline begin(isOpening, clock, life) {
  isNew = isOpening;
  ahead = clock;
  fence = now + clock + life;
  stage = BEGUN
}

/* Reads before its write, too: that spares a session. */
#define mayOpen(clock) (stage == IDLE && !isLive[s] && now < HORIZON && !isHeld(other(s), (now + clock)))
#define mayRenew (stage == IDLE && isLive[s] && !isFresh[s] && now < HORIZON)

inline open(clock, life) {
  begin(1, clock, life);
  printf("STEP %d %e opens at=%d fence=%d\n", now, nameOf(s), now + clock, fence)
}

inline renew(clock, life) {
  begin(0, clock, life);
  printf("STEP %d %e renews at=%d fence=%d\n", now, nameOf(s), now + clock, fence)
}

/* Records the keys and what they hold, in one transaction. */
inline record() {
  isLive[s] = 1;
  isFresh[s] = 1;
  if
  :: isNew -> ownUntil[s] = fence
#ifdef ONE_RECORD
  :: else -> heldUntil[s] = fence
#else
  :: else -> prolong(heldUntil[s])
#endif
  fi;
  stage = RECORDED;
  printf("STEP %d %e records\n", now, nameOf(s))
}

#ifdef NO_READ
#define isReading !isNew
#else
#ifdef NO_READ_AGAIN
#define isReading isNew
#else
#define isReading true
#endif
#endif
#define mayGoOn (isLive[s] && !(isReading && isHeld(other(s), (now + ahead))))

/* A key that is handed out after its fence is dead. */
inline handOut() {
  if
  :: now < fence ->
       prolong(outUntil[s]);
       never(outUntil[other(s)] != 0 && now < outUntil[other(s)] + WINDOW, I11)
  :: else
  fi
}

/* Leaves the record of what is held, unless it was released. */
inline finish() {
  if
  :: ownUntil[s] != 0 -> prolong(heldUntil[s]); ownUntil[s] = 0
  :: else
  fi;
  isNew = 0;
  ahead = 0;
  fence = 0;
  stage = IDLE
}

/* Requests for the tasks of one side. Each may stall between its steps for as long as it likes. */
proctype Request(byte s) {
  byte stage, fence;
  bit isNew, ahead;
  do
  :: d_step { mayOpen(0) -> open(0, FENCE) }
  :: d_step { mayOpen(0) -> open(0, SHORT) }
  :: d_step { mayOpen(SKEW) -> open(SKEW, FENCE) }
  :: d_step { mayOpen(SKEW) -> open(SKEW, SHORT) }
  :: d_step { mayRenew -> renew(0, FENCE) }
  :: d_step { mayRenew -> renew(0, SHORT) }
  :: d_step { mayRenew -> renew(SKEW, FENCE) }
  :: d_step { mayRenew -> renew(SKEW, SHORT) }
  :: d_step { stage == BEGUN && (isNew || isLive[s]) -> record() }
  :: d_step { stage == RECORDED && mayGoOn ->
       stage = READ;
       ahead = 0;
       printf("STEP %d %e reads\n", now, nameOf(s)) }
  :: d_step { stage == READ && isLive[s] -> printf("STEP %d %e hands out\n", now, nameOf(s)); handOut(); finish() }
  /* A new task that nobody has is withdrawn, whatever has failed, and its own record released. */
  :: d_step { isNew && (stage == RECORDED || stage == READ) && isLive[s] ->
       isLive[s] = 0;
       ahead = 0;
       stage = WITHDRAWN;
       printf("STEP %d %e withdraws\n", now, nameOf(s)) }
  :: d_step { stage == WITHDRAWN ->
       ownUntil[s] = 0;
       printf("STEP %d %e releases\n", now, nameOf(s));
       finish() }
  /* Stops, and leaves what it has recorded. */
  :: d_step { stage > BEGUN || (stage == BEGUN && !isNew && !isLive[s]) ->
       printf("STEP %d %e stops\n", now, nameOf(s));
       finish() }
  /* The task is ended by somebody else. Its keys may work until their fence: IAM may take no writes. */
  :: d_step { isLive[s] ->
       isLive[s] = 0;
#ifdef FREED_BY_END
       heldUntil[s] = 0;
#endif
       printf("STEP %d %e ends\n", now, nameOf(s)) }
  od
}

inline forget(s) {
  if
  :: !holdsAt(heldUntil[s], now) -> heldUntil[s] = 0
  :: else
  fi;
  if
  :: now >= outUntil[s] + WINDOW -> outUntil[s] = 0
  :: else
  fi;
  isFresh[s] = 0
}

init {
  atomic {
    run Request(0);
    run Request(1);
    printf("STEP 0 world\n") };
  do
  :: d_step { now < HORIZON -> now++; forget(0); forget(1) }
  od
}
