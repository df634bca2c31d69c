/** Notice for an empty list, with the kinds of escalations that would be in it. */
export const NoEscalation = ({ within }: { readonly within: string }) => (
  <div class="empty">
    <p class="empty-title">No rule found anything within {within}.</p>
    <p>
      This list shows calls that succeeded after their task had ended or beyond its grant, sessions that nobody
      recorded, denied writes to permissions, touched tripwires, and agents that policy refuses again and again.
      CloudTrail reports calls minutes later.
    </p>
  </div>
);
