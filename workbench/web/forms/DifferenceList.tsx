// How one revision differs from another, field by field; words inside long text.
import type { FieldDifferenceView } from '../../kernel/records/contract.ts';
import { Words } from '../design/Words.tsx';

export function DifferenceList({ differences }: { readonly differences: readonly FieldDifferenceView[] }) {
  if (differences.length === 0) return <p className="muted">Nothing differs.</p>;
  return (
    <ul className="lines">
      {differences.map((one) => (
        <li key={one.path}>
          <p>
            <strong>{one.label}</strong> <span className="muted small">{one.change}</span>
          </p>
          {one.words ? (
            <Words words={one.words} />
          ) : (
            <span className="words">
              {one.change === 'added' ? null : <del>{shown(one.before)}</del>}{' '}
              {one.change === 'removed' ? null : <ins>{shown(one.after)}</ins>}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return JSON.stringify(value, null, 1);
}
