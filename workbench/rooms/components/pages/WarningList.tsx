import './components.css';

export interface WarningListProps {
  readonly warnings: readonly { readonly at: string; readonly message: string }[];
}

/** What was read all the same but should be looked at, each with its place in the file. */
export function WarningList({ warnings }: WarningListProps) {
  if (warnings.length === 0) return null;
  return (
    <details className="more">
      <summary>
        {warnings.length} {warnings.length === 1 ? 'warning' : 'warnings'}
      </summary>
      <ul className="lines more__scroll">
        {warnings.map((warning) => (
          <li key={`${warning.at} ${warning.message}`}>
            <code>{warning.at}</code> {warning.message}
          </li>
        ))}
      </ul>
    </details>
  );
}
