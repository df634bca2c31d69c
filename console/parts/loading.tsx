interface LoadingProps {
  /** Sentence for screen readers. */
  readonly says?: string;
  /** Number of grey rows, about as many as the answer will need. */
  readonly rows?: number;
}

/** Grey rows in the place of an answer that is being read. They appear late, so that a fast answer makes nothing flicker. */
export const Loading = ({ says = "Reading…", rows = 3 }: LoadingProps) => (
  <div class="skeleton" role="status">
    <span class="unseen">{says}</span>
    {Array.from({ length: rows }, (_, nth) => (
      <span key={nth} class="skeleton-row" aria-hidden="true" />
    ))}
  </div>
);
