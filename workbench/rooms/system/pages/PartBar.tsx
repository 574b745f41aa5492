// The buttons above a tab that show one of its parts; which one stands in the address.

export interface PartBarProps<Id extends string> {
  readonly label: string;
  readonly parts: readonly { readonly id: Id; readonly title: string; readonly count?: number }[];
  readonly shown: Id;
  readonly onShow: (id: Id) => void;
}

export function PartBar<Id extends string>({ label, parts, shown, onShow }: PartBarProps<Id>) {
  return (
    <nav className="mt__parts" aria-label={label}>
      {parts.map(({ id, title, count }) => (
        <button
          key={id}
          type="button"
          className="mt__part"
          aria-pressed={id === shown}
          onClick={() => onShow(id)}
        >
          {title}
          {count === undefined ? null : <span className="muted"> {count}</span>}
        </button>
      ))}
    </nav>
  );
}
