/** A person by name; null is Ward itself. */
export function PersonName({ person }: { readonly person: { readonly name: string } | null }) {
  return person === null ? <span className="muted">Ward</span> : <span>{person.name}</span>;
}
