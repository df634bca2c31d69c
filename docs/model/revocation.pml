/*
 * Model of the revocation of valetkey's sessions: one task role, a task (0, the root) and its child (1), two writers of
 * the role's policy, and clocks that differ. README.md lists what is modelled and what is not.
 *
 * The checker tries every order of the steps below. An error is a failed assertion; the line FAULT names the property:
 *   P1  no key of an ended task works after the bound of the policy write, or after its fence where no write lands;
 *       nothing lives below a task whose ending was answered
 *   P2  an old text of the policy never returns
 *   P3  the policy denies every ended task of its snapshot, and no live task
 * Invariant I11 (labels and conflicts) has a model of its own: labels.pml.
 *
 * Worlds, each checked by itself. In all of them the root may end, and sessions may be copied.
 *   OPENINGS  the child is opened, and its agent suspended
 *   RENEWALS  the child exists, a session of one of the tasks is renewed, and the child's agent suspended
 *   WRITES    the child exists and may end, and writes are lost or late
 *
 * Each switch removes one guard, and must give a counterexample:
 *   NO_STRONG_READ  a vend or a renewal hands out keys without the reads that follow its write
 *   LIST_FIRST      an ending lists the tasks below before it writes the state
 *   NO_TAKE         a writer does not take the role before its write
 *   NO_HOLD         the queue delivers the role again at once after a write of unknown outcome
 *   NO_MARGIN       the cut lacks the difference of clocks
 *   BROAD_EXCEPT    an exception from the cut ends in `.*`
 *   BY_ISSUE_TIME   the cut goes by the issue time of a session, which a copy has anew
 */

/* In an outage no write of a policy lands, so that only the fence ends a key. OUTAGE leaves out the worlds without one. */

/* Durations in ticks. A tick is five seconds, the largest difference of two clocks. */
#define SKEW 1
#define VEND 2
#ifdef NO_MARGIN
#define CUT VEND
#else
#define CUT (VEND + SKEW)
#endif
#ifndef FENCE
#define FENCE 5
#endif
#define MARGIN 1
#define LANDS 1
#define TAKEN 2
#define HIDDEN 2
/* Endings earlier than this are left out of a snapshot that is not whole. */
#define LATEST (CUT + SKEW + SKEW + 1)

/* Ticks that are checked. */
#ifndef HORIZON
#define HORIZON 8
#endif
/* Runs of writers whose write may be lost or late, or that may stall. */
#ifndef LOSSES
#ifdef WRITES
#define LOSSES 1
#else
#define LOSSES 0
#endif
#endif
/* Ticks from an ending to the last moment at which one of its keys works. */
#ifndef BOUND
#if LOSSES == 0
#define BOUND 0
#else
#define BOUND (LOSSES * TAKEN + LANDS)
#endif
#endif

mtype = { P1_bound, P1_fence, P1_alive_below, P2_returned, P3_revived, P3_killed };

#define ROOT 0
#define CHILD 1
#define NEVER 255
#define NOBODY 2

/* State of a task in the record. */
#define NONE 0
#define LIVE 1
#define ENDED 2

/* State of a writer. */
#define IDLE 0
#define RENDERED 1
#define TOOK 2
#define PENDING 3

typedef Entry {
  byte state;
  byte openedAt;
  byte startedAt;
  byte fenceAt;
  byte endedAt
};

typedef Session {
  bit isOut;
  byte startedAt;
#ifdef BY_ISSUE_TIME
  byte issuedAt
#endif
};

typedef Text {
  bit isCut;
  byte cutAt;
  bit except[2];
  bit names[2];
  /* Tasks that had ended in the snapshot. No part of the text: P3 looks at them. */
  bit ended[2]
};

typedef Writer {
  byte state;
  /* True where a text of a later snapshot has landed. */
  bit isOld;
  byte untilAt
};

byte now = 0;
bit isOutage;
bit isHalted = 0;  /* the child's agent is suspended */
byte losses = LOSSES;
Entry entry[2];
/* Two sessions of each task: session 2 * task + number. */
Session session[4];
/* True time from which the task counts as over: its own end, its root's, or the halt of its agent. */
byte overAt[2];
/* Policy in force, and the policy of each writer. */
Text inForce;
Text text[2];
Writer writer[2];
byte lastSnapshot = NOBODY;
/* The role's group in the queue. */
bit isQueued = 0;
byte holder = NOBODY;
byte hiddenUntil = 0;
bit isHalting = 0;

#define isLive(t) (entry[t].state == LIVE)
#define fenceOf(s) (session[s].startedAt + FENCE)
#define taskOf(s) ((s) / 2)
#ifdef BY_ISSUE_TIME
#define ageOf(s) session[s].issuedAt
#else
#define ageOf(s) session[s].startedAt
#endif
#ifdef BROAD_EXCEPT
#define isExcepted(x, t) (x.except[t] || (t == CHILD && x.except[ROOT]))
#else
#define isExcepted(x, t) x.except[t]
#endif
/* A name denies what is below it, too. */
#define isNamed(x, t) (x.names[t] || (t == CHILD && x.names[ROOT]))
#define denies(x, s) (isNamed(x, taskOf(s)) || (x.isCut && ageOf(s) < x.cutAt && !isExcepted(x, taskOf(s))))
#define works(s) (session[s].isOut && !denies(inForce, s))

/* Fails where the condition holds, and prints the property that is violated. */
#define never(condition, property) \
  if \
  :: condition -> printf("FAULT %e\n", property); assert(false) \
  :: else \
  fi

#define checkPolicyOf(s) \
  never(works(s) && inForce.ended[taskOf(s)], P3_revived); \
  never(session[s].isOut && denies(inForce, s) && isLive(taskOf(s)) && overAt[taskOf(s)] == NEVER, P3_killed)

inline checkPolicy() {
  checkPolicyOf(0); checkPolicyOf(1); checkPolicyOf(2); checkPolicyOf(3)
}

#define isOverFor(t, ticks) (overAt[t] != NEVER && now > overAt[t] + ticks)
#define checkBoundOf(s) \
  never(works(s) && isOverFor(taskOf(s), FENCE + SKEW), P1_fence); \
  never(works(s) && !isOutage && isOverFor(taskOf(s), BOUND), P1_bound)

inline checkBounds() {
  checkBoundOf(0); checkBoundOf(1); checkBoundOf(2); checkBoundOf(3)
}

/* Records the end of a task, and asks for the role. */
inline end(t, at) {
  entry[t].state = ENDED;
  /* The root has delegated, so no snapshot leaves it out. */
  entry[t].endedAt = (t == CHILD -> at : 0);
  if
  :: t == ROOT && entry[t].fenceAt < at + FENCE -> entry[t].fenceAt = at + FENCE
  :: else
  fi;
  if
  :: overAt[t] == NEVER -> overAt[t] = now
  :: else
  fi;
  if
  :: t == ROOT && overAt[CHILD] == NEVER -> overAt[CHILD] = now
  :: else
  fi;
  isQueued = 1
}

/* Hands out a session of the task. */
inline handOut(t, number, at) {
  session[2 * t + number].isOut = 1;
  session[2 * t + number].startedAt = at;
#ifdef BY_ISSUE_TIME
  session[2 * t + number].issuedAt = at;
#endif
  checkPolicy();
  checkBounds()
}

/* The strong reads after a write: the task, the task above it, the child's agent. */
#ifdef NO_STRONG_READ
#define mayGoOn(t) true
#else
#define mayGoOn(t) (isLive(t) && isLive(ROOT) && (t == ROOT || !isHalted))
#endif

inline beginVend(clock) {
  at = clock;
  begunAt = now;
  printf("STEP %d vend begins at=%d\n", now, at)
}

/* Opens the child, and hands out its first session. The transaction fails unless the root is alive. */
proctype Vend() {
  byte at, begunAt;
  if
  :: d_step { isLive(ROOT) && !isHalted -> beginVend(now) }
  :: d_step { isLive(ROOT) && !isHalted -> beginVend(now + SKEW) }
  fi;
  d_step { isLive(ROOT) && now <= begunAt + VEND ->
    entry[CHILD].state = LIVE;
    entry[CHILD].openedAt = at;
    entry[CHILD].startedAt = at;
    entry[CHILD].fenceAt = at + FENCE;
    printf("STEP %d vend records\n", now) };
  if
  :: d_step { mayGoOn(CHILD) -> printf("STEP %d vend reads\n", now) };
     d_step { isLive(CHILD) && now <= begunAt + VEND ->
       printf("STEP %d vend hands out\n", now);
       handOut(CHILD, 0, at);
       at = 0;
       begunAt = 0 }
  :: d_step { !mayGoOn(CHILD) ->
       printf("STEP %d vend withdraws\n", now);
       if
       :: isLive(CHILD) -> end(CHILD, now)
       :: else
       fi;
       at = 0;
       begunAt = 0 }
  fi
}

inline beginRenewal(task, clock) {
  t = task;
  at = clock;
  begunAt = now;
  printf("STEP %d renew begins task=%d at=%d\n", now, t, at)
}

/* Renews the session of one of the tasks. */
proctype Renew() {
  byte at, begunAt, t;
  if
  :: d_step { isLive(ROOT) -> beginRenewal(ROOT, now) }
  :: d_step { isLive(ROOT) -> beginRenewal(ROOT, now + SKEW) }
  :: d_step { isLive(CHILD) -> beginRenewal(CHILD, now) }
  :: d_step { isLive(CHILD) -> beginRenewal(CHILD, now + SKEW) }
  fi;
  d_step { isLive(t) && now <= begunAt + VEND ->
    entry[t].startedAt = at;
    if
    :: entry[t].fenceAt < at + FENCE -> entry[t].fenceAt = at + FENCE
    :: else
    fi;
    printf("STEP %d renew records task=%d\n", now, t) };
  d_step { mayGoOn(t) -> printf("STEP %d renew reads task=%d\n", now, t) };
  d_step { isLive(t) && now <= begunAt + VEND ->
    printf("STEP %d renew hands out task=%d\n", now, t);
    handOut(t, 1, at);
    at = 0;
    begunAt = 0;
    t = 0 }
}

inline endRoot(clock) {
  at = clock;
  end(ROOT, at);
  printf("STEP %d end writes at=%d\n", now, at)
}

/* Ends the root, then what is below it. The ending may stop after any step: the record has the root's end. */
proctype End() {
  byte at;
  bit seen;
#ifdef LIST_FIRST
  d_step { isLive(ROOT) -> seen = isLive(CHILD); printf("STEP %d end lists seen=%d\n", now, seen) };
#endif
  if
  :: d_step { isLive(ROOT) -> endRoot(now) }
  :: d_step { isLive(ROOT) -> endRoot(now + SKEW) }
  fi;
#ifdef LIST_FIRST
  d_step {
    if
    :: seen && isLive(CHILD) -> end(CHILD, at); printf("STEP %d end ends\n", now)
    :: else
    fi };
#else
  do
  :: d_step { isLive(CHILD) -> printf("STEP %d end lists seen=1\n", now) };
     d_step {
       if
       :: isLive(CHILD) -> end(CHILD, at); printf("STEP %d end ends\n", now)
       :: else
       fi }
  :: atomic { !isLive(CHILD) -> printf("STEP %d end lists seen=0\n", now); break }
  od;
  skip;
#endif
  d_step { printf("STEP %d end answers\n", now); at = 0; never(isLive(CHILD), P1_alive_below) }
}

/* Suspends the child's agent, then ends its tasks. Runs to its end, since the policy's names of agents are left out. */
proctype Halt() {
  bit seen;
#ifdef LIST_FIRST
  d_step { seen = isLive(CHILD); printf("STEP %d halt lists seen=%d\n", now, seen) };
#endif
  d_step {
    isHalted = 1;
    isHalting = 1;
    if
    :: overAt[CHILD] == NEVER -> overAt[CHILD] = now
    :: else
    fi;
    printf("STEP %d halt writes\n", now) };
#ifndef LIST_FIRST
  d_step { seen = isLive(CHILD); printf("STEP %d halt lists seen=%d\n", now, seen) };
#endif
  d_step {
    if
    :: seen && isLive(CHILD) -> end(CHILD, now); printf("STEP %d halt ends\n", now)
    :: else
    fi;
    isHalting = 0;
    seen = 0;
    printf("STEP %d halt answers\n", now) }
}

inline endChild(clock) {
  end(CHILD, clock);
  printf("STEP %d complete writes at=%d\n", now, clock)
}

/* Ends the child alone. */
proctype Complete() {
  if
  :: d_step { isLive(CHILD) -> endChild(now) }
  :: d_step { isLive(CHILD) -> endChild(now + SKEW) }
  fi
}

inline copy(s) {
#ifdef BY_ISSUE_TIME
  session[s].issuedAt = now;
#endif
  printf("STEP %d copy task=%d\n", now, taskOf(s));
  checkPolicy();
  checkBounds()
}

/*
 * Copies a session (sts:GetScopedCredentials): same name, tags and fence, fresh issue time. A denied session can, too.
 * Where the policy goes by the tag, a copy equals its session, and adds no state.
 */
proctype Copy() {
  do
  :: d_step { session[0].isOut -> copy(0) }
  :: d_step { session[1].isOut -> copy(1) }
  :: d_step { session[2].isOut -> copy(2) }
  :: d_step { session[3].isOut -> copy(3) }
  od
}

#define mayBeAlive(t, at) (entry[t].state != NONE && at <= entry[t].fenceAt + MARGIN)
#define isOver(t) (entry[t].state == ENDED || (entry[t].state == LIVE && t == CHILD && entry[ROOT].state == ENDED))
/* A crowd of other endings may leave out what ended long ago, unless it delegated. */
#define isLeftOut(t, at) (t == CHILD && entry[t].state == ENDED && entry[t].endedAt + LATEST < at)
#define isRecent(t, cut) (entry[t].startedAt + SKEW >= cut)
#define isOldTask(t, cut) (entry[t].openedAt <= cut + SKEW)

inline renderTask(x, t, at) {
  x.ended[t] = isOver(t);
  x.names[t] = mayBeAlive(t, at) && isOver(t) &&
    (!x.isCut || (!isLeftOut(t, at) && isRecent(t, x.cutAt)));
  x.except[t] = x.isCut && mayBeAlive(t, at) && !isOver(t) && isOldTask(t, x.cutAt)
}

/* Renders the policy from the record. The other tasks of the role decide its form: a list of what ended, or a cut. */
inline render(x, at, form) {
  x.isCut = form;
  x.cutAt = (form -> at - CUT : 0);
  renderTask(x, ROOT, at);
  renderTask(x, CHILD, at)
}

#define other(w) (1 - w)

#if defined(NO_TAKE) || defined(NO_HOLD)
/* A counterexample has to show harm: the old text lacks a task that had ended. */
#define isReturning(w) \
  (writer[w].isOld && \
    ((inForce.ended[ROOT] && !text[w].ended[ROOT]) || (inForce.ended[CHILD] && !text[w].ended[CHILD])))
#else
#define isReturning(w) writer[w].isOld
#endif

/* The text of the writer comes into force. */
inline land(w) {
  never(isReturning(w), P2_returned);
  if
  :: lastSnapshot == w && writer[other(w)].state >= RENDERED -> writer[other(w)].isOld = 1
  :: else
  fi;
  inForce.isCut = text[w].isCut;
  inForce.cutAt = text[w].cutAt;
  inForce.except[0] = text[w].except[0];
  inForce.except[1] = text[w].except[1];
  inForce.names[0] = text[w].names[0];
  inForce.names[1] = text[w].names[1];
  inForce.ended[0] = text[w].ended[0];
  inForce.ended[1] = text[w].ended[1];
  checkPolicy()
}

inline rest(w) {
  writer[w].state = IDLE;
  writer[w].isOld = 0;
  writer[w].untilAt = 0;
  text[w].isCut = 0;
  text[w].cutAt = 0;
  text[w].except[0] = 0;
  text[w].except[1] = 0;
  text[w].names[0] = 0;
  text[w].names[1] = 0;
  text[w].ended[0] = 0;
  text[w].ended[1] = 0;
  if
  :: lastSnapshot == w -> lastSnapshot = NOBODY
  :: else
  fi
}

/* The writer's message is delivered again at once. */
inline release(w) {
  if
  :: holder == w -> holder = NOBODY; hiddenUntil = 0; isQueued = 1
  :: else
  fi
}

/* The message stays hidden for the writer's time. */
inline hold(w) {
#ifdef NO_HOLD
  release(w)
#else
  skip
#endif
}

inline receive(w) {
  holder = w;
  hiddenUntil = now + HIDDEN;
  isQueued = 0;
  printf("STEP %d writer%d receives\n", now, w)
}

inline snapshot(w, at, form) {
  receive(w);
  render(text[w], at, form);
  lastSnapshot = w;
  writer[w].state = RENDERED;
  printf("STEP %d writer%d renders at=%d cut=%d\n", now, w, at, form)
}

inline done(w) {
  if
  :: holder == w -> holder = NOBODY; hiddenUntil = 0
  :: else
  fi;
  rest(w)
}

inline succeed(w, at, form) {
  snapshot(w, at, form);
  printf("STEP %d writer%d takes\n", now, w);
  printf("STEP %d writer%d writes fate=done\n", now, w);
  land(w);
  done(w)
}

inline lose(w, at, form) {
  losses = losses - 1;
  snapshot(w, at, form)
}

#define mayStart(w) (writer[w].state == IDLE && isQueued && holder == NOBODY && (w == 0 || writer[0].state != IDLE))
#define mayWrite(w) (writer[w].state == TOOK && now <= writer[w].untilAt)

/*
 * A process that reconciles the role for one message. A run that loses nothing is one step: what others do in between
 * could as well come before or after it. A run that loses something goes step by step.
 */
proctype Write(byte w) {
  do
  :: d_step { mayStart(w) && !isOutage -> succeed(w, now, 0) }
  :: d_step { mayStart(w) && !isOutage && now > CUT -> succeed(w, now, 1) }
  :: d_step { mayStart(w) && !isOutage && now + SKEW > CUT -> succeed(w, now + SKEW, 1) }
  :: d_step { mayStart(w) && !isOutage && losses > 0 -> lose(w, now, 0) }
  :: d_step { mayStart(w) && !isOutage && losses > 0 && now > CUT -> lose(w, now, 1) }
  :: d_step { mayStart(w) && !isOutage && losses > 0 && now + SKEW > CUT -> lose(w, now + SKEW, 1) }
  :: d_step { mayStart(w) && isOutage ->
       receive(w);
       hiddenUntil = now + TAKEN;
       printf("STEP %d writer%d takes\n", now, w);
       printf("STEP %d writer%d writes fate=lost\n", now, w) }
  :: d_step { writer[w].state == RENDERED ->
       if
#ifdef NO_TAKE
       :: true ->
#else
       :: holder == w -> hiddenUntil = now + TAKEN;
#endif
            writer[w].untilAt = now + LANDS;
            writer[w].state = TOOK;
            printf("STEP %d writer%d takes\n", now, w)
#ifndef NO_TAKE
       :: else -> rest(w); printf("STEP %d writer%d lost the role\n", now, w)
#endif
       fi }
  :: d_step { mayWrite(w) -> printf("STEP %d writer%d writes fate=done\n", now, w); land(w); done(w) }
  :: d_step { mayWrite(w) ->
       printf("STEP %d writer%d writes fate=again\n", now, w);
       land(w);
       writer[w].state = PENDING;
       hold(w) }
  :: d_step { mayWrite(w) -> printf("STEP %d writer%d writes fate=late\n", now, w); writer[w].state = PENDING; hold(w) }
  :: d_step { mayWrite(w) -> printf("STEP %d writer%d writes fate=lost\n", now, w); hold(w); rest(w) }
  :: d_step { writer[w].state == TOOK && now > writer[w].untilAt ->
       printf("STEP %d writer%d writes fate=refused\n", now, w);
       release(w);
       rest(w) }
  :: d_step { writer[w].state == PENDING && now <= writer[w].untilAt ->
       printf("STEP %d writer%d lands\n", now, w);
       land(w);
       rest(w) }
  od
}

#define isIdle(w) (writer[w].state == IDLE)
/* Nothing that takes far less than a tick is left to do. */
#define isQuiet (!(isQueued && holder == NOBODY && (isIdle(0) || isIdle(1))) && !isHalting)

/* A session after its fence is gone. */
#define expire(s) \
  if \
  :: session[s].isOut && now >= fenceOf(s) -> session[s].isOut = 0; session[s].startedAt = 0 \
  :: else \
  fi

inline tick(isAsked) {
  now++;
  expire(0); expire(1); expire(2); expire(3);
  if
  :: holder != NOBODY && now >= hiddenUntil -> holder = NOBODY; hiddenUntil = 0; isQueued = 1
  :: else
  fi;
  if
  :: writer[0].state == PENDING && now > writer[0].untilAt -> rest(0)
  :: else
  fi;
  if
  :: writer[1].state == PENDING && now > writer[1].untilAt -> rest(1)
  :: else
  fi;
  if
  :: isAsked && !isQueued && holder == NOBODY -> isQueued = 1; printf("STEP %d ask\n", now)
  :: else
  fi;
  checkBounds()
}

init {
  atomic {
    d_step {
      overAt[ROOT] = NEVER;
      overAt[CHILD] = NEVER;
      entry[ROOT].state = LIVE;
      entry[ROOT].fenceAt = FENCE;
      session[0].isOut = 1 };
    if
#ifndef OUTAGE
    :: isOutage = 0
#endif
    :: isOutage = 1
    fi;
#ifdef OPENINGS
    run Vend();
#else
    d_step { entry[CHILD].state = LIVE; entry[CHILD].fenceAt = FENCE; session[2].isOut = 1 };
#endif
#ifdef RENEWALS
    run Renew();
#endif
    run End();
#ifdef WRITES
    run Complete();
#else
    run Halt();
#endif
    run Copy();
    run Write(0);
    run Write(1);
    printf("STEP 0 world outage=%d\n", isOutage) };
  do
  :: d_step { now < HORIZON && isQuiet -> tick(0) }
  /* Another task ends, or the sweep asks for the role. */
  :: d_step { now < HORIZON && isQuiet && !isQueued && holder == NOBODY -> tick(1) }
  od
}
