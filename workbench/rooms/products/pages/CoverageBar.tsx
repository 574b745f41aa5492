// How much of a release is watched. The rest is hatched like an open question; nothing here is ever green.
import { useId } from 'react';
import './figures.css';

const HEIGHT = 8;

export function CoverageBar({ watched, total }: { readonly watched: number; readonly total: number }) {
  const hatch = useId();
  const share = total === 0 ? 0 : (watched / total) * 100;
  return (
    <svg
      className="bar"
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={total === 0 ? 'No components' : `${watched} of ${total} components are watched`}
    >
      <defs>
        <pattern id={hatch} width="1.6" height={HEIGHT} patternUnits="userSpaceOnUse">
          <rect width="0.8" height={HEIGHT} className="bar__hatch" />
        </pattern>
      </defs>
      <rect width="100" height={HEIGHT} className="bar__ground" />
      <rect width={share} height={HEIGHT} className="bar__watched" />
      {share < 100 && total > 0 ? (
        <rect
          x={Math.min(share, 99)}
          width={Math.max(1, 100 - share)}
          height={HEIGHT}
          fill={`url(#${hatch})`}
        />
      ) : null}
    </svg>
  );
}
