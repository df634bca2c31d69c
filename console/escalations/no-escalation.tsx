/** Empty list: what would be in it. */
export const NoEscalation = ({ within }: { readonly within: string }) => (
  <div class="empty">
    <p class="empty-title">No rule found anything within {within}.</p>
    <p>
      Here stands a call that succeeded after its task had ended or beyond its grant, a session that nobody recorded, a
      denied write to permissions, a tripwire that was touched, and an agent that policy refuses again and again.
      CloudTrail tells of calls minutes later.
    </p>
  </div>
);
