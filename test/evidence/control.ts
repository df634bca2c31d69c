/** Verdicts on a control: fulfilled, fulfilled in part, the duty of somebody else, or missing. */
export const VERDICTS = ["met", "partly", "not_ours", "gap"] as const;

/** Change of a mechanism's code that switches the mechanism off. */
export interface SwitchOff {
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly put: string;
}

/**
 * Test that attacks a claim: its file and the start of its titles, `test/path/panic.test.ts > while everything is
 * halted (I5)`.
 */
export interface Attack {
  readonly test: string;
  /** Change with which the attack succeeds, so that the test turns red. */
  readonly without: SwitchOff;
}

/** Control of a framework, with valetkey's claim about it. */
export interface Control {
  readonly framework: string;
  readonly id: string;
  readonly title: string;
  readonly verdict: (typeof VERDICTS)[number];
  readonly claim: string;
  /** Places of the code that fulfil the claim: `functions/tasks/introspect.ts#introspect`. */
  readonly mechanism: readonly string[];
  readonly attacks: readonly Attack[];
  /** Ids of controls whose mechanisms and attacks cover this one as well. */
  readonly through?: readonly string[];
  /** Types of journal events in which an auditor sees the control at work. */
  readonly events?: readonly string[];
  /** Parts of the control that are missing. */
  readonly limits?: string;
  /** Work that is left to the operators of a deployment. */
  readonly yours: string;
}

/** Framework with the ids that it has to have, in its own order. */
export interface Framework {
  readonly name: string;
  readonly source: string;
  /** True where each met control needs attacks of its own. */
  readonly attacked: boolean;
  readonly ids: readonly string[];
}

const numbered = (count: number, prefix: string, digits = 1): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(digits, "0")}`);

/** Frameworks of `controls.json`. */
export const FRAMEWORKS: readonly Framework[] = [
  {
    name: "OWASP Non-Human Identities Top 10 (2025)",
    source: "https://owasp.org/www-project-non-human-identities-top-10/2025/",
    attacked: true,
    ids: numbered(10, "NHI"),
  },
  {
    name: "OWASP Top 10 for Agentic Applications (2026)",
    source: "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/",
    attacked: true,
    ids: numbered(10, "ASI", 2),
  },
  {
    name: "CSA MAESTRO",
    source: "https://cloudsecurityalliance.org/blog/2025/02/06/agentic-ai-threat-modeling-framework-maestro",
    attacked: false,
    ids: numbered(7, "L"),
  },
  {
    name: "NIST AI RMF 1.0",
    source: "https://doi.org/10.6028/NIST.AI.100-1",
    attacked: false,
    ids: [...numbered(6, "GOVERN "), ...numbered(5, "MAP "), ...numbered(4, "MEASURE "), ...numbered(4, "MANAGE ")],
  },
  {
    name: "NIST CSF 2.0",
    source: "https://doi.org/10.6028/NIST.CSWP.29",
    attacked: false,
    ids: [
      ...["GV.OC", "GV.RM", "GV.RR", "GV.PO", "GV.OV", "GV.SC", "ID.AM", "ID.RA", "ID.IM"],
      ...["PR.AA", "PR.AT", "PR.DS", "PR.PS", "PR.IR", "DE.CM", "DE.AE"],
      ...["RS.MA", "RS.AN", "RS.CO", "RS.MI", "RC.RP", "RC.CO"],
    ],
  },
  {
    name: "NIST SP 800-53 Rev. 5 (selection)",
    source: "https://doi.org/10.6028/NIST.SP.800-53r5",
    attacked: false,
    ids: [
      ...["AC-2", "AC-3", "AC-5", "AC-6", "AC-12", "AU-2", "AU-3", "AU-9", "AU-10", "AU-12"],
      ...["IA-4", "IA-5", "IA-9", "IR-4"],
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
      ...["IAM-03", "IAM-04", "IAM-05", "IAM-06", "IAM-07", "IAM-08", "IAM-13", "IAM-14", "IAM-16"],
      ...["LOG-03", "LOG-08", "LOG-09"],
    ],
  },
  {
    name: "EU AI Act, Regulation (EU) 2024/1689 (selection)",
    source: "https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
    attacked: false,
    ids: ["Art. 12", "Art. 14"],
  },
];

/** Finds the framework of a control. @throws {Error} where no framework has this name. */
export function frameworkOf({ framework }: Pick<Control, "framework">): Framework {
  const found = FRAMEWORKS.find(({ name }) => name === framework);
  if (!found) throw new Error(`No framework is called "${framework}".`);
  return found;
}
