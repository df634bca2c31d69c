import type { Ballots } from "../core/approvals/ballots.ts";
import type { NotificationBoard } from "../core/approvals/notification-board.ts";
import type { SignInCodes } from "../core/approvals/sign-in-codes.ts";
import type { Ports } from "../core/ports.ts";

/** Ports of the function that collects people's votes. */
export interface ApprovePorts extends Ports {
  readonly ballots: Ballots;
  /** Records of the messages that `notify` has sent; only read here. */
  readonly notificationBoard: Pick<NotificationBoard, "announced">;
  readonly codes: SignInCodes;
}
