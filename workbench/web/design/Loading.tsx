import { useEffect, useState } from 'react';

// A wait that is over sooner is not shown: a flash of grey reads as slower than nothing.
const PATIENCE_MS = 300;
const WIDTHS = ['62%', '88%', '74%', '93%', '55%', '81%'];

/** The shape of what will come; nothing for the first 300 ms. */
export function Loading({
  lines = 6,
  label = 'Loading',
}: {
  readonly lines?: number;
  readonly label?: string;
}) {
  const shown = useAfter(PATIENCE_MS);
  return (
    <div aria-busy="true" style={{ minHeight: `${lines * 1.7}rem` }}>
      {shown ? (
        <>
          <span className="unseen" role="status">
            {label}
          </span>
          {Array.from({ length: lines }, (_, line) => WIDTHS[line % WIDTHS.length]).map((width, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
            <span key={line} className="skeleton" style={{ width }} />
          ))}
        </>
      ) : null}
    </div>
  );
}

function useAfter(delayMs: number): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), delayMs);
    return () => clearTimeout(timer);
  }, [delayMs]);
  return over;
}
