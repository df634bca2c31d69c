/** The output of the hub's stack that says which policies and configuration it was deployed with: the hash in each decision's record. */
export const DEPLOYMENT_HASH_OUTPUT = "DeploymentHash";
