/** Time within which another person has to review a broken glass; seconds. After it the agent is suspended. */
export const REVIEW_SECONDS = 86_400;

/**
 * Time for which an unreviewed glass remains listed; seconds. A sweep that was down still suspends the agent later, and
 * the person who broke the glass cannot resume the agent.
 */
export const OVERDUE_SECONDS = 90 * 86_400;
