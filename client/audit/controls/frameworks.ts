/** Framework with the ids that it has to have, in its own order. */
export interface Framework {
  readonly name: string;
  readonly source: string;
  /** True where each met control needs attacks of its own. */
  readonly attacked: boolean;
  readonly ids: readonly string[];
}

/** Every framework whose controls valetkey makes claims about. */
export const FRAMEWORKS = [
  {
    name: "OWASP Non-Human Identities Top 10 (2025)",
    source: "https://owasp.org/www-project-non-human-identities-top-10/2025/",
    attacked: true,
    ids: ["NHI1", "NHI2", "NHI3", "NHI4", "NHI5", "NHI6", "NHI7", "NHI8", "NHI9", "NHI10"],
  },
  {
    name: "OWASP Top 10 for Agentic Applications (2026)",
    source: "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/",
    attacked: true,
    ids: ["ASI01", "ASI02", "ASI03", "ASI04", "ASI05", "ASI06", "ASI07", "ASI08", "ASI09", "ASI10"],
  },
  {
    name: "CSA MAESTRO",
    source: "https://cloudsecurityalliance.org/blog/2025/02/06/agentic-ai-threat-modeling-framework-maestro",
    attacked: false,
    ids: ["L1", "L2", "L3", "L4", "L5", "L6", "L7"],
  },
  {
    name: "NIST AI RMF 1.0",
    source: "https://doi.org/10.6028/NIST.AI.100-1",
    attacked: false,
    ids: [
      "GOVERN 1",
      "GOVERN 2",
      "GOVERN 3",
      "GOVERN 4",
      "GOVERN 5",
      "GOVERN 6",
      "MAP 1",
      "MAP 2",
      "MAP 3",
      "MAP 4",
      "MAP 5",
      "MEASURE 1",
      "MEASURE 2",
      "MEASURE 3",
      "MEASURE 4",
      "MANAGE 1",
      "MANAGE 2",
      "MANAGE 3",
      "MANAGE 4",
    ],
  },
  {
    name: "NIST CSF 2.0",
    source: "https://doi.org/10.6028/NIST.CSWP.29",
    attacked: false,
    ids: [
      "GV.OC",
      "GV.RM",
      "GV.RR",
      "GV.PO",
      "GV.OV",
      "GV.SC",
      "ID.AM",
      "ID.RA",
      "ID.IM",
      "PR.AA",
      "PR.AT",
      "PR.DS",
      "PR.PS",
      "PR.IR",
      "DE.CM",
      "DE.AE",
      "RS.MA",
      "RS.AN",
      "RS.CO",
      "RS.MI",
      "RC.RP",
      "RC.CO",
    ],
  },
  {
    name: "NIST SP 800-53 Rev. 5 (selection)",
    source: "https://doi.org/10.6028/NIST.SP.800-53r5",
    attacked: false,
    ids: [
      "AC-2",
      "AC-3",
      "AC-5",
      "AC-6",
      "AC-12",
      "AU-2",
      "AU-3",
      "AU-9",
      "AU-10",
      "AU-12",
      "IA-4",
      "IA-5",
      "IA-9",
      "IR-4",
    ],
  },
  {
    name: "SOC 2, Trust Services Criteria 2017 (selection)",
    source: "https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2",
    attacked: false,
    ids: ["CC6.1", "CC6.2", "CC6.3", "CC7.2", "CC7.3", "CC7.4", "CC8.1"],
  },
  {
    name: "NCCoE, AI agent identity and authorization (concept paper, February 2026)",
    source: "https://www.nccoe.nist.gov/projects/software-and-ai-agent-identity-and-authorization",
    attacked: false,
    ids: ["Identification", "Authorization", "Delegation", "Logging", "Data flows"],
  },
  {
    name: "CSA AI Controls Matrix, IAM and LOG (selection)",
    source: "https://cloudsecurityalliance.org/aicm",
    attacked: false,
    ids: [
      "IAM-03",
      "IAM-04",
      "IAM-05",
      "IAM-06",
      "IAM-07",
      "IAM-08",
      "IAM-13",
      "IAM-14",
      "IAM-16",
      "LOG-03",
      "LOG-08",
      "LOG-09",
    ],
  },
  {
    name: "EU AI Act, Regulation (EU) 2024/1689 (selection)",
    source: "https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
    attacked: false,
    ids: ["Art. 12", "Art. 14"],
  },
] as const satisfies readonly Framework[];

export type FrameworkName = (typeof FRAMEWORKS)[number]["name"];

/** Ids of the controls of a framework, of all by default. */
export type ControlId<Name extends FrameworkName = FrameworkName> = Extract<
  (typeof FRAMEWORKS)[number],
  { readonly name: Name }
>["ids"][number];
