// AWS Threat Composer, schema 1 (threat-composer-v1.schema.json; read 2026-11). It has no model: statements wait for a
// target. Lost: pictures of diagrams, the order of display.
import type { ImportedThreatState, ModelImport } from './contract.ts';
import { Draft, json, list, objects, oneLine, text } from './draft.ts';
import type { Source } from './source.ts';

export const isThreatComposer = ({ value }: Source): boolean => {
  const root = json(value);
  return root.schema === 1 && ('threats' in root || 'applicationInfo' in root);
};

const STATES: Readonly<Record<string, ImportedThreatState>> = {
  threatIdentified: 'raised',
  threatResolved: 'answered, unverified',
  threatResolvedNotUseful: 'decision',
};

export function readThreatComposer({ value, name }: Source): ModelImport {
  const root = json(value);
  const draft = new Draft(name);
  const about = json(root.applicationInfo);
  draft.title = text(about.name);
  draft.description = [
    about.description,
    json(root.architecture).description,
    json(root.dataflow).description,
  ]
    .map(text)
    .filter((part) => part !== '')
    .join('\n\n');
  for (const part of ['architecture', 'dataflow'])
    if (text(json(root[part]).image) !== '')
      draft.raw(
        `$.${part}.image`,
        `picture of the ${part}`,
        'A picture says nothing to a model; it stays in the original file.',
      );
  const mitigations = new Map(objects(root.mitigations).map((one) => [text(one.id), one]));
  const links = objects(root.mitigationLinks);
  for (const [at, threat] of objects(root.threats).entries()) {
    const status = text(threat.status);
    const metadata = objects(threat.metadata);
    const meta = (key: string) => metadata.find((entry) => entry.key === key)?.value;
    const own = links
      .filter((link) => link.linkedId === threat.id)
      .map((link) => json(mitigations.get(text(link.mitigationId))));
    const read = draft.threat({
      title: threat.statement ?? threat.threatAction,
      description: text(threat.statement),
      category: list(meta('STRIDE')).map(text).join(', '),
      status,
      state: STATES[status] ?? 'raised',
      severity: text(meta('Priority')),
      mitigations: own.map((one) => ({
        title: oneLine(one.content, 300),
        description: text(one.content),
        status: text(one.status),
      })),
      references: list(threat.tags).map(text),
      place: `$.threats[${at}]`,
    });
    draft.alias('threats', threat.id, read.id);
    if (read.state === 'decision')
      draft.decisions.push({
        threat: read.id,
        about: read.title,
        target: '',
        kind: 'not applicable',
        reason: '',
        asksForReason: true,
        by: '',
        at: '',
        place: `$.threats[${at}]`,
      });
  }
  for (const [at, assumption] of objects(root.assumptions).entries())
    draft.add('assumptions', assumption.id, `$.assumptions[${at}]`, {
      title: oneLine(assumption.content, 300),
      description: text(assumption.content),
    });
  for (const [at, link] of links.entries())
    if (draft.idOf('threats', link.linkedId) === '')
      draft.raw(
        `$.mitigationLinks[${at}]`,
        `mitigation ${text(json(mitigations.get(text(link.mitigationId))).content)} of ${text(link.linkedId)}`,
        'It answers an assumption; mitigations here answer threats.',
      );
  const assumptionLinks = objects(root.assumptionLinks);
  Object.assign(draft.counts, {
    statements: draft.threats.length,
    mitigations: mitigations.size,
    assumptions: objects(root.assumptions).length,
    'mitigation links': links.length,
    'assumption links': assumptionLinks.length,
  });
  for (const [at, link] of assumptionLinks.entries())
    draft.raw(
      `$.assumptionLinks[${at}]`,
      `assumption ${text(link.assumptionId)} of ${text(link.type)} ${text(link.linkedId)}`,
      'An assumption here points at the model, and the statement waits for its target.',
    );
  return draft.finish('Threat Composer 1');
}
