import type { Claims } from "../control.ts";

/** Claims about the controls of EU AI Act, Regulation (EU) 2024/1689 (selection). */
export const EU_AI_ACT: Claims["EU AI Act, Regulation (EU) 2024/1689 (selection)"] = {
  "Art. 12": {
    title: "Record-keeping",
    verdict: "partly",
    claim:
      "Decisions, calls and endings of agents are recorded automatically over their life, in a log that shows changes.",
    mechanism: [],
    attacks: [],
    through: ["AU-9"],
    limits: "Events of the credential path alone; not the AI system's own events.",
    yours: "Keep logs for at least six months (Art. 19 and 26), and record what your model does.",
  },
  "Art. 14": {
    title: "Human oversight",
    verdict: "partly",
    claim: "A person approves exactly what is vended, and stops a task, an agent or everything.",
    mechanism: [],
    attacks: [],
    through: ["ASI09", "ASI08"],
    limits: "People see what an agent asks for, and not why.",
    yours: "Give oversight to people with the competence and the time for it.",
  },
};
