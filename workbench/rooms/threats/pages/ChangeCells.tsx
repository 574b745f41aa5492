// What a row of a difference says of one result: which threat, where, and its state before and after.
import type { ChangeView } from '../views.ts';

export function ChangeCells({
  item,
}: {
  readonly item: Pick<ChangeView, 'title' | 'threat' | 'targetTitle' | 'before' | 'now'>;
}) {
  return (
    <>
      <td>
        {item.title}
        {item.threat === null ? null : <span className="muted"> {item.threat.key}</span>}
      </td>
      <td>{item.targetTitle}</td>
      <td>
        {item.before ?? '–'} → {item.now ?? 'does not apply'}
      </td>
    </>
  );
}
