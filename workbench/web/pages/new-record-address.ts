// What the address of a new record may fill in. Pure; the address can come from anywhere, so it fills texts, choices and short
// lists of words (`places=flow-1,console`) only.
import type { Body, Field } from '../forms/fields.ts';
import type { Search } from '../search-state.ts';

const TAKEN = new Set(['product', 'link', 'q', 'sort']);

export function prefilled(fields: readonly Field[], search: Search): Body {
  const body: Body = {};
  for (const field of fields) {
    const text = search[field.name];
    if (text === undefined || TAKEN.has(field.name)) continue;
    if (field.kind === 'line' || field.kind === 'long' || field.kind === 'day' || field.kind === 'person')
      body[field.name] = text.slice(0, 2_000);
    if (field.kind === 'list' && field.item.kind === 'line')
      body[field.name] = text
        .slice(0, 2_000)
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
        .slice(0, 50);
    if (field.kind === 'choice' && field.options.some((option) => option.value === text))
      body[field.name] = text;
  }
  return body;
}

/** `leads-to:HRM-3,by:ATK-1` */
export function linksInAddress(text: string | undefined): readonly { type: string; to: string }[] {
  return (text ?? '')
    .split(',')
    .flatMap((part) => {
      const found = /^([a-z][a-z-]{0,59}):([A-Za-z0-9-]{1,60})$/.exec(part.trim());
      return found ? [{ type: found[1] as string, to: found[2] as string }] : [];
    })
    .slice(0, 50);
}
