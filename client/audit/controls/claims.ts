import { AICM } from "./claims/csa-aicm.ts";
import { MAESTRO } from "./claims/csa-maestro.ts";
import { EU_AI_ACT } from "./claims/eu-ai-act.ts";
import { NCCOE } from "./claims/nccoe.ts";
import { AI_RMF } from "./claims/nist-ai-rmf.ts";
import { CSF } from "./claims/nist-csf.ts";
import { SP_800_53 } from "./claims/nist-sp-800-53.ts";
import { AGENTIC } from "./claims/owasp-agentic.ts";
import { NHI } from "./claims/owasp-nhi.ts";
import { SOC_2 } from "./claims/soc-2.ts";
import type { Claims } from "./control.ts";

/**
 * Claims about every control of every framework, each with the tests that attack it. Each framework has a file in
 * `claims/`. A misspelt framework, id, event or field does not compile, nor does a missing control.
 * `test/docs/evidence.test.ts` compares the mechanisms, tests and switches with the files. docs/evidence.md shows all of
 * it. `valetkey audit` lists the controls of an event, and `valetkey threat-model` those of each part of a model.
 */
export const CLAIMS: Claims = {
  "OWASP Non-Human Identities Top 10 (2025)": NHI,
  "OWASP Top 10 for Agentic Applications (2026)": AGENTIC,
  "CSA MAESTRO": MAESTRO,
  "NIST AI RMF 1.0": AI_RMF,
  "NIST CSF 2.0": CSF,
  "NIST SP 800-53 Rev. 5 (selection)": SP_800_53,
  "SOC 2, Trust Services Criteria 2017 (selection)": SOC_2,
  "NCCoE, AI agent identity and authorization (concept paper, February 2026)": NCCOE,
  "CSA AI Controls Matrix, IAM and LOG (selection)": AICM,
  "EU AI Act, Regulation (EU) 2024/1689 (selection)": EU_AI_ACT,
};
