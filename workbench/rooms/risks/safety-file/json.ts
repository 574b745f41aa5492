// JSON as a table: a list of harms, alone or under `harms`; hazardous situations that name harms are added to them.
import { refuseFile } from './errors.ts';
import { LIMITS, type Sheet } from './limits.ts';

type Item = Record<string, unknown>;

/** Refuses `harms.broken-file` for what is no JSON, `harms.hostile-file` for depth, `harms.no-table` for anything else. */
export function tableOfJson(text: string, name: string): Sheet {
  checkDepth(text, name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuseFile('harms.broken-file', `${name} is not valid JSON.`, { at: name, cause });
  }
  const list = Array.isArray(value) ? value : isItem(value) ? value.harms : undefined;
  if (!Array.isArray(list) || !list.every(isItem))
    throw refuseFile('harms.no-table', `${name} holds no list of harms: [{…}] or {"harms": [{…}]}.`, {
      at: '$.harms',
    });
  if (list.length > LIMITS.rows)
    throw refuseFile('harms.too-large', `${name} has more than ${LIMITS.rows} harms.`, {
      at: `$.harms[${LIMITS.rows}]`,
    });
  const situations = isItem(value)
    ? situationsByHarm(value.hazardousSituations)
    : new Map<string, string[]>();
  const items = list.map((item: Item): Item => {
    const own = situations.get(String(item.id));
    return own === undefined || item.hazardousSituation !== undefined
      ? item
      : { ...item, hazardousSituation: own.join('\n') };
  });
  const headings = [...new Set(items.flatMap((item) => Object.keys(item)))];
  if (headings.length === 0)
    throw refuseFile('harms.no-table', `${name} has no harm in its list.`, { at: '$.harms' });
  return {
    name: '',
    rows: [headings, ...items.map((item) => headings.map((heading) => wordOf(item[heading])))],
  };
}

function situationsByHarm(given: unknown): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (!Array.isArray(given)) return found;
  for (const one of given.filter(isItem).slice(0, LIMITS.rows)) {
    const harms = Array.isArray(one.harms) ? one.harms : [];
    const words = [one.id, one.title]
      .filter((word) => word !== undefined)
      .map(wordOf)
      .join(': ');
    for (const harm of harms) found.set(String(harm), [...(found.get(String(harm)) ?? []), words]);
  }
  return found;
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value)) return value.map(wordOf).join('\n');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isItem(value: unknown): value is Item {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Before JSON.parse, whose recursion an attacker would control. */
function checkDepth(text: string, name: string): void {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index];
    if (quoted) {
      if (letter === '\\') index += 1;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === '{' || letter === '[') {
      depth += 1;
      if (depth > LIMITS.depth)
        throw refuseFile('harms.hostile-file', `${name} nests more than ${LIMITS.depth} levels.`, {
          at: `${name}@${index}`,
        });
    } else if (letter === '}' || letter === ']') depth -= 1;
  }
}
