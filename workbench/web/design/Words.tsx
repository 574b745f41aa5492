import type { FieldDifferenceView } from '../../kernel/records/contract.ts';

/** Added and removed words inside a text; the marks are underlined and struck through, not only coloured. */
export function Words({ words }: { readonly words: NonNullable<FieldDifferenceView['words']> }) {
  return (
    <span className="words" style={{ whiteSpace: 'pre-wrap' }}>
      {words.map((part, index) => {
        const key = `${index} ${part.kind}`;
        if (part.kind === 'added') return <ins key={key}>{part.text}</ins>;
        if (part.kind === 'removed') return <del key={key}>{part.text}</del>;
        return <span key={key}>{part.text}</span>;
      })}
    </span>
  );
}
