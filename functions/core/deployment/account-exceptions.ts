/**
 * Exceptions of an account, as `valetkey.json` lists them: named resources on which tasks may do what is forbidden
 * everywhere else.
 */
export interface AccountExceptions {
  /** Roles that tasks may pass, each to the named services and no others. */
  readonly passRoles?: readonly { readonly role: string; readonly services: readonly string[] }[] | undefined;
  /**
   * ECS task definitions that tasks may run, in the named clusters. Tasks may run them with other commands, and with
   * other roles of those that may be passed.
   */
  readonly runTasks?: { readonly taskDefinitions: readonly string[]; readonly clusters: readonly string[] } | undefined;
  /** Lambda functions whose code tasks may replace. */
  readonly updateFunctions?: readonly string[] | undefined;
  /** SSM documents that tasks may run on the targets: each document on each target. */
  readonly sendCommands?: { readonly documents: readonly string[]; readonly targets: readonly string[] } | undefined;
  /** Versions of SSM automations that tasks may start. */
  readonly startAutomations?: readonly string[] | undefined;
}
