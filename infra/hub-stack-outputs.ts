/** Name of the stack output with the hash of the deployed policies and configuration, which each decision's record names. */
export const DEPLOYMENT_HASH_OUTPUT = "DeploymentHash";
