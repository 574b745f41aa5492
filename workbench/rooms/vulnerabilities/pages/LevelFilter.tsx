// Counts by severity; each is a button that narrows the list to it, and a second press widens it again.
import { Severity } from '../../products/pages/Severity.tsx';
import { levelCounts } from '../../products/pages/severity.ts';
import './findings.css';

export interface LevelFilterProps {
  readonly byLevel: Readonly<Record<string, number>>;
  readonly chosen: readonly string[];
  readonly onChoose: (levels: readonly string[]) => void;
}

export function LevelFilter({ byLevel, chosen, onChoose }: LevelFilterProps) {
  // A chosen level stays on the screen when nothing of it is left, so that it can be taken back.
  const kept = Object.fromEntries(chosen.map((id) => [id, byLevel[id] ?? 0]));
  const counts = levelCounts(byLevel);
  const gone = chosen.filter((id) => !counts.some(({ level }) => level.id === id));
  if (counts.length === 0 && gone.length === 0) return null;
  const press = (id: string) =>
    onChoose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <fieldset className="levels">
      <legend className="unseen">Severity</legend>
      {[
        ...counts.map(({ level, count }) => ({ id: level.id, count })),
        ...gone.map((id) => ({ id, count: kept[id] ?? 0 })),
      ].map(({ id, count }) => (
        <button
          key={id}
          type="button"
          className="levels__one"
          aria-pressed={chosen.includes(id)}
          onClick={() => press(id)}
        >
          <span className="levels__count">{count.toLocaleString('en')}</span>
          <Severity level={id} />
        </button>
      ))}
    </fieldset>
  );
}
