// Microsoft Threat Modeling Tool, TM7. Lost: the copy of the template (see TB7), line boundaries (computed by geometry and
// proposed), pictures. A property at its first choice is the tool's default and therefore not answered.
import type { Answers, Element } from '../metamodel.ts';
import type { ImportedThreatState, ModelImport } from './contract.ts';
import { answerOf, Draft, oneLine, wordsOf } from './draft.ts';
import { type Box, innermost, middles, proposeZone } from './geometry.ts';
import type { XmlNode } from './read-text.ts';
import type { Source } from './source.ts';
import {
  ATTRIBUTE_QUESTIONS,
  child,
  childText,
  lineage,
  readTemplate,
  type TmtTemplate,
  wordOf,
} from './tmt-template.ts';

export const isTm7 = ({ root }: Source) => root?.name === 'ThreatModel';

interface Shape {
  readonly node: XmlNode;
  readonly guid: string;
  readonly stencil: string;
  /** `StencilEllipse`, `Connector`, `BorderBoundary`. */
  readonly form: string;
  readonly name: string;
  readonly properties: readonly Property[];
  readonly box: Box;
}

interface Property {
  /** Name of the attribute in the template, often a GUID. */
  readonly key: string;
  readonly label: string;
  readonly value: string;
  /** Nobody chose: the first entry, or a word that says so. */
  readonly isDefault: boolean;
}

export function readTm7({ root, name }: Source): ModelImport {
  const draft = new Draft(name);
  const meta = child(root, 'MetaInformation');
  draft.title = childText(meta, 'ThreatModelName');
  draft.description = childText(meta, 'HighLevelSystemDescription');
  for (const field of ['Owner', 'Reviewer', 'Contributors', 'Assumptions', 'ExternalDependencies']) {
    if (childText(meta, field) !== '')
      draft.raw(placeOf(child(meta, field)), `${field}: ${childText(meta, field)}`);
  }
  const template = readTemplate(child(root, 'KnowledgeBase'));
  if (template.stencils.size > 0)
    draft.raw(
      placeOf(child(root, 'KnowledgeBase')),
      `template ${template.title}`,
      'A copy of the template; import the TB7 itself as a rule pack.',
    );
  const surfaces = child(root, 'DrawingSurfaceList')?.children ?? [];
  let offset = 0;
  for (const surface of surfaces) offset = readSurface(draft, surface, template, offset);
  draft.counts.diagrams = surfaces.length;
  for (const entry of child(root, 'ThreatInstances')?.children ?? [])
    readThreat(draft, child(entry, 'Value'));
  for (const note of child(root, 'Notes')?.children ?? [])
    draft.raw(placeOf(note), `note ${childText(note, 'Message')}`);
  return draft.finish('Microsoft TM7');
}

const placeOf = (node: XmlNode | undefined) => `line ${node?.line ?? 1}`;

function shapesOf(surface: XmlNode, part: string): Shape[] {
  return (child(surface, part)?.children ?? []).flatMap((entry) => {
    const node = child(entry, 'Value');
    if (!node) return [];
    const properties = propertiesOf(node);
    const number = (field: string) => Number(childText(node, field)) || 0;
    return [
      {
        node,
        guid: childText(node, 'Guid') || childText(entry, 'Key'),
        stencil: childText(node, 'TypeId'),
        form: node.attributes.get('type') ?? '',
        name: properties.find(({ label }) => label === 'Name')?.value ?? '',
        properties,
        box: { x: number('Left'), y: number('Top'), w: number('Width'), h: number('Height') },
      },
    ];
  });
}

function propertiesOf(node: XmlNode): Property[] {
  return (child(node, 'Properties')?.children ?? []).flatMap((entry) => {
    const kind = entry.attributes.get('type') ?? '';
    if (/HeaderDisplayAttribute$/.test(kind)) return [];
    const value = child(entry, 'Value');
    const choices = value?.children.map((choice) => choice.text.trim()) ?? [];
    const selected = Number(childText(entry, 'SelectedIndex')) || 0;
    const chosen = choices.length > 0 ? (choices[selected] ?? '') : (value?.text.trim() ?? '');
    const isDefault =
      choices.length > 0 ? selected === 0 : chosen === '' || chosen === 'false' || chosen === '0';
    return [
      {
        key: childText(entry, 'Name'),
        label: childText(entry, 'DisplayName'),
        value: chosen,
        isDefault: isDefault || /^(select|not selected)$/i.test(chosen),
      },
    ];
  });
}

function readSurface(draft: Draft, surface: XmlNode, template: TmtTemplate, offset: number): number {
  const shapes = shapesOf(surface, 'Borders');
  const lines = shapesOf(surface, 'Lines');
  const borders = shapes.filter(({ form }) => form === 'BorderBoundary');
  const zoneOf = (shape: Shape) => {
    const around = innermost(
      shape.box,
      borders.map(({ box }) => box),
    );
    return draft.idOf('zones', borders.find(({ box }) => box === around)?.guid ?? '');
  };
  for (const border of borders.toSorted(
    (left, right) => right.box.w * right.box.h - left.box.w * left.box.h,
  )) {
    const stencil = template.stencils.get(border.stencil)?.name ?? '';
    const id = draft.add('zones', border.guid, placeOf(border.node), {
      title: border.name || stencil,
      kind: /internet/i.test(`${border.name} ${stencil}`) ? 'internet' : 'other',
      description: stencil === '' ? '' : `Stencil: ${stencil}.`,
      parent: zoneOf(border),
    });
    draft.place(id, border.box.x, border.box.y + offset, border.box.w, border.box.h);
  }
  const nodes: string[] = [];
  for (const shape of shapes) {
    if (borders.includes(shape)) continue;
    const id = addElement(draft, shape, template, zoneOf(shape));
    draft.place(id, shape.box.x, shape.box.y + offset, shape.box.w, shape.box.h);
    nodes.push(id);
  }
  const connectors = lines.filter(({ form }) => form === 'Connector');
  for (const connector of connectors) addFlow(draft, connector, template);
  for (const line of lines) {
    if (line.form === 'LineBoundary') proposeLine(draft, line, { nodes, offset, connectors });
    else if (line.form !== 'Connector')
      draft.refused(placeOf(line.node), line.form || 'line', 'No line of this form is known.');
  }
  const bottom = Math.max(0, ...shapes.map(({ box }) => box.y + box.h));
  // Diagrams stand one below another, so that no two elements of different ones overlap.
  return offset + bottom + 200;
}

const FORMS: Readonly<Record<string, Element['kind']>> = {
  StencilRectangle: 'external',
  StencilEllipse: 'process',
  StencilParallelLines: 'store',
};

function addElement(draft: Draft, shape: Shape, template: TmtTemplate, zone: string): string {
  const line = lineage(template, shape.stencil);
  const own = line[0]?.name ?? '';
  const form = FORMS[shape.form];
  const isPerson =
    form === 'external' && /\b(user|human|person|operator|administrator|clinician|patient)\b/i.test(own);
  const isPhysical = /physical/i.test(line.at(-1)?.name ?? '');
  const holdsLog = shape.properties.some(({ key, value }) => key === 'storesLogData' && value === 'Yes');
  const holdsSecrets = shape.properties.some(
    ({ key, value }) => key === 'storesCredentials' && value === 'Yes',
  );
  const answers = answersOf(draft, shape);
  const reason = shape.properties.find(({ label }) => label === 'Reason For Out Of Scope')?.value ?? '';
  const id = draft.add('elements', shape.guid, placeOf(shape.node), {
    title: shape.name || own,
    kind: isPerson ? 'actor' : isPhysical ? 'hardware' : (form ?? 'process'),
    type: wordOf(own),
    zone,
    description: reason === '' ? '' : `Out of scope: ${reason}`,
    outOfScope: shape.properties.some(({ label, value }) => label === 'Out Of Scope' && value === 'true'),
    tags: wordsOf(
      line.filter(({ generic }) => !generic).map((stencil) => wordOf(stencil.name)),
      holdsLog ? 'log' : '',
      holdsSecrets ? 'stores-credentials' : '',
    ),
    answers,
  });
  if (!form)
    draft.changed(
      placeOf(shape.node),
      `element ${shape.name}`,
      `The form ${shape.form} is not known; it is read as a process.`,
    );
  return id;
}

/** Chosen properties that answer a question of ours; the others stay in the original file and are listed. */
function answersOf(draft: Draft, shape: Shape): Answers {
  const answers: Answers = {};
  for (const property of shape.properties) {
    const { key, label, value, isDefault } = property;
    if (isDefault || label === 'Name' || /Out Of Scope$/.test(label)) continue;
    const question = ATTRIBUTE_QUESTIONS[key];
    if (question !== undefined && (value === 'Yes' || value === 'No'))
      answers[question] = answerOf(value === 'Yes' ? 'yes' : 'no');
    else if (key !== 'storesLogData' && key !== 'storesCredentials')
      draft.raw(
        placeOf(shape.node),
        `${shape.name || shape.guid}: ${oneLine(label, 80)} = ${oneLine(value, 120)}`,
      );
  }
  return answers;
}

function addFlow(draft: Draft, connector: Shape, template: TmtTemplate): void {
  const [from, to] = ['SourceGuid', 'TargetGuid'].map((end) =>
    draft.idOf('elements', childText(connector.node, end)),
  );
  const stencil = lineage(template, connector.stencil)[0];
  const protocol = stencil && !stencil.generic ? wordOf(stencil.name) : '';
  draft.add('flows', connector.guid, placeOf(connector.node), {
    title: connector.name || stencil?.name || 'Data flow',
    from: from ?? '',
    to: to ?? '',
    protocol: wordsOf(protocol),
    answers: answersOf(draft, connector),
  });
  if (from === '' || to === '')
    draft.changed(
      placeOf(connector.node),
      `flow ${connector.name}`,
      'Dangling: an end is joined to nothing in the drawing.',
    );
}

function proposeLine(
  draft: Draft,
  line: Shape,
  { nodes, offset, connectors }: { nodes: readonly string[]; offset: number; connectors: readonly Shape[] },
): void {
  const point = (shape: Shape, end: string) => ({
    x: Number(childText(shape.node, `${end}X`)) || 0,
    y: (Number(childText(shape.node, `${end}Y`)) || 0) + offset,
  });
  const way = (shape: Shape) => [point(shape, 'Source'), point(shape, 'Handle'), point(shape, 'Target')];
  const flows = connectors.map((shape) => ({ id: draft.idOf('flows', shape.guid), points: way(shape) }));
  const given = {
    id: line.guid,
    title: oneLine(line.name, 300) || 'Trust boundary',
    points: way(line),
    place: placeOf(line.node),
  };
  const zone = proposeZone(given, middles(draft.layout, nodes), flows);
  draft.proposedZones.push(zone);
  draft.changed(
    placeOf(line.node),
    `boundary ${zone.title}`,
    `A line has no inside: derived from the drawing, it is crossed by ${zone.crossedBy.length} flows; a zone is proposed.`,
  );
}

const STATES: Readonly<Record<string, ImportedThreatState>> = {
  AutoGenerated: 'not decided',
  NeedsInvestigation: 'raised',
  NotStarted: 'raised',
  Mitigated: 'answered, unverified',
  NotApplicable: 'decision',
};

function readThreat(draft: Draft, node: XmlNode | undefined): void {
  if (!node) return;
  const values = new Map(
    (child(node, 'Properties')?.children ?? []).map((entry) => [
      childText(entry, 'Key'),
      childText(entry, 'Value'),
    ]),
  );
  const value = (key: string) => childText(node, key) || (values.get(key) ?? '');
  const status = childText(node, 'State');
  const target =
    draft.idOf('flows', childText(node, 'FlowGuid')) || draft.idOf('elements', childText(node, 'SourceGuid'));
  const mitigation = value('PossibleMitigations');
  const reason = childText(node, 'StateInformation');
  const threat = draft.threat({
    title: value('Title') || value('UserThreatShortDescription') || childText(node, 'TypeId'),
    description: value('UserThreatDescription').slice(0, 8_000),
    target,
    category: value('UserThreatCategory'),
    status,
    state: STATES[status] ?? 'raised',
    severity: value('Priority'),
    mitigations:
      mitigation === ''
        ? []
        : [{ title: oneLine(mitigation, 300), description: mitigation.slice(0, 4_000), status: '' }],
    place: placeOf(node),
  });
  if (threat.state !== 'decision') return;
  draft.decisions.push({
    threat: threat.id,
    about: threat.title,
    target,
    kind: 'not applicable',
    reason,
    asksForReason: reason === '',
    by: childText(node, 'ChangedBy'),
    at: childText(node, 'ModifiedAt'),
    place: placeOf(node),
  });
}
