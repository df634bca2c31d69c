import { awsTools } from "./clients-in-cloud/aws-tools.ts";
import { ClientsCloud } from "./clients-in-cloud/clients-cloud.ts";
import { execCommand } from "./clients-in-cloud/exec.ts";

const cloud = new ClientsCloud();

awsTools(cloud);
execCommand(cloud);
