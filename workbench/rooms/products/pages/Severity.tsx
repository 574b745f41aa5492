// A level as icon and word, and counts by level as a bar; colour only repeats what the words say.
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleDot,
  IconCircleDotted,
  IconCircleMinus,
  IconHelpCircle,
} from '@tabler/icons-react';
import { levelCounts, levelTitle, levelWords } from './severity.ts';
import './figures.css';

const ICONS: Readonly<Record<string, typeof IconAlertOctagon>> = {
  critical: IconAlertOctagon,
  high: IconAlertTriangle,
  medium: IconCircleDot,
  low: IconCircleDotted,
  none: IconCircleMinus,
};

export function Severity({ level }: { readonly level: string }) {
  const Icon = ICONS[level] ?? IconHelpCircle;
  return (
    <span className={`severity severity--${ICONS[level] ? level : 'unknown'}`}>
      <Icon size={15} stroke={2} aria-hidden="true" />
      {levelTitle(level)}
    </span>
  );
}

const HEIGHT = 8;
const GAP = 0.6;

/** Counts by level as one bar of `width` 100; the words say the same to those who do not see it. */
export function LevelBar({ byLevel }: { readonly byLevel: Readonly<Record<string, number>> }) {
  const counts = levelCounts(byLevel);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  let x = 0;
  return (
    <svg
      className="bar"
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`By severity: ${levelWords(byLevel)}`}
    >
      <rect width="100" height={HEIGHT} className="bar__ground" />
      {counts.map(({ level, count }) => {
        const width = (count / total) * 100;
        const left = x;
        x += width;
        return (
          <rect
            key={level.id}
            x={left}
            width={Math.max(0.4, width - GAP)}
            height={HEIGHT}
            className={`bar__${level.id}`}
          />
        );
      })}
    </svg>
  );
}
