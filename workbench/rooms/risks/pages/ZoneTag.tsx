import { type AnyZone, ZONE_WORDS, zoneClass } from '../../products/pages/zone-words.ts';
import '../../products/pages/matrix.css';
import './risks.css';

/** A zone as letter and word; the colour only repeats them. */
export function ZoneTag({ zone }: { readonly zone: AnyZone }) {
  const { letter, title } = ZONE_WORDS[zone];
  return (
    <span className={`${zoneClass(zone)} zone-tag`}>
      <span aria-hidden="true">{letter}</span>
      {title}
    </span>
  );
}
