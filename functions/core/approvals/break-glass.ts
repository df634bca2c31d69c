/** Time within which another person has to review a broken glass, or the agent is suspended; seconds. */
export const REVIEW_SECONDS = 86_400;

/** Time for which a glass that nobody reviewed stays listed, so that a sweep that was down suspends the agent late; seconds. */
export const OVERDUE_SECONDS = 7 * 86_400;
