// TicTaaC YAML (expl/ of its repository; read 2026-11). Its lists mix a name with further keys below it, which no YAML
// parser accepts, so the file is read by lines: sections, `- name`, and indented lists of the entry. Lost: nothing but comments.
import { refuseModel } from '../errors.ts';
import type { ModelImport } from './contract.ts';
import { Draft, unique } from './draft.ts';
import { kindOf } from './otm.ts';

const SECTIONS = ['assets', 'elements', 'boundaries', 'data-flows'] as const;
type Section = (typeof SECTIONS)[number];

export const isTicTaac = (text: string): boolean => /^data-flows:/m.test(text) && /^elements:/m.test(text);

interface Entry {
  readonly name: string;
  readonly line: number;
  readonly lists: Map<string, string[]>;
}

export function readTicTaac(text: string, name: string): ModelImport {
  const draft = new Draft(name);
  const sections = new Map<Section, Entry[]>(SECTIONS.map((section) => [section, []]));
  let section: Section | undefined;
  let entry: Entry | undefined;
  let key = '';
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trimEnd();
    if (line.trim() === '') continue;
    const indent = line.length - line.trimStart().length;
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
    if (indent === 0) {
      const [head = '', ...rest] = line.split(':');
      const value = rest.join(':').trim();
      if (head === 'name') draft.title = value;
      else if (head === 'version') draft.version = value;
      section = SECTIONS.find((one) => one === head);
      if (!section && head !== 'name' && head !== 'version') draft.raw(`line ${at + 1}`, line);
      entry = undefined;
      continue;
    }
    if (!section) {
      draft.refused(`line ${at + 1}`, line.trim(), 'It stands in no section that is known.');
      continue;
    }
    if (item !== undefined && indent <= 2) {
      entry = { name: item.trim(), line: at + 1, lists: new Map() };
      sections.get(section)?.push(entry);
      key = '';
    } else if (item !== undefined && entry) entry.lists.get(key)?.push(item.trim());
    else if (entry) {
      const [head = '', ...rest] = line.trim().split(':');
      key = head;
      const value = rest.join(':').trim();
      entry.lists.set(key, value === '' ? [] : [value]);
    }
  }
  if (sections.get('elements')?.length === 0)
    throw refuseModel('model.no-model', `${name} names no element.`, { at: `${name}:1:1` });
  build(draft, sections);
  return draft.finish('TicTaaC');
}

function build(draft: Draft, sections: ReadonlyMap<Section, readonly Entry[]>): void {
  const entries = (section: Section) => sections.get(section) ?? [];
  const at = (entry: Entry) => `line ${entry.line}`;
  for (const asset of entries('assets')) {
    const sensitive = asset.lists.get('sensitivity')?.[0] === 'sensitive';
    draft.add('assets', asset.name, at(asset), { title: asset.name, confidentiality: sensitive ? 3 : 0 });
  }
  const zoneOf = new Map<string, string>();
  for (const boundary of entries('boundaries')) {
    const kind = /internet/i.test(boundary.name) ? 'internet' : 'other';
    const id = draft.add('zones', boundary.name, at(boundary), { title: boundary.name, kind });
    for (const inner of boundary.lists.get('elements') ?? []) zoneOf.set(inner, id);
  }
  for (const element of entries('elements')) {
    const held = ['produced-assets', 'consumed-assets', 'processed-assets', 'stored-assets'].flatMap(
      (list) => element.lists.get(list) ?? [],
    );
    draft.add('elements', element.name, at(element), {
      title: element.name,
      kind: kindOf(element.name),
      type: element.name.toLowerCase(),
      zone: zoneOf.get(element.name) ?? '',
      holds: unique(held.map((asset) => draft.idOf('assets', asset))),
    });
    draft.changed(at(element), `element ${element.name}`, 'Its kind is read from its name; check it.');
  }
  for (const flow of entries('data-flows')) {
    const [from = '', to = ''] = flow.name.split('->').map((end) => draft.idOf('elements', end.trim()));
    draft.add('flows', flow.name.replace(/\s*->\s*/, '-to-'), at(flow), {
      title: flow.name,
      from,
      to,
      carries: unique(
        (flow.lists.get('transferred-assets') ?? []).map((asset) => draft.idOf('assets', asset)),
      ),
    });
    if (from === '' || to === '')
      draft.changed(at(flow), `flow ${flow.name}`, 'An end is no element of the file; it hangs loose.');
  }
}
