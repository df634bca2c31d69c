/** Name of the stack output with the hash of the deployed policies and configuration, as each decision's record names it. */
export const DEPLOYMENT_HASH_OUTPUT = "DeploymentHash";
