// Everything about the object that is chosen on the drawing, to read and to change.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { client } from '../../../web/client.ts';
import { fewRecordsQuery } from '../../../web/queries.ts';
import type { ComponentsApi } from '../../components/api.ts';
import type { Answers, ModelPart, SystemModel } from '../metamodel.ts';
import { AnswersInput, type AskedQuestion } from './AnswersInput.tsx';
import { PART_WORDS, titleOf } from './drawing/model-words.ts';
import { findObject, setFields } from './editing/edit-model.ts';
import { ModelInput } from './ModelInputs.tsx';
import { MODEL_FIELDS } from './model-fields.ts';
import type { ModelEditor } from './use-model-editor.ts';

export interface ObjectPanelProps {
  readonly editor: ModelEditor;
  readonly id: string;
  readonly onPick: (id: string) => void;
  /** A new number brings the keyboard to the title. */
  readonly focusTitle: number;
  /** Enter or Escape in the title: back to the drawing. */
  readonly onDone: () => void;
  readonly asked: (model: SystemModel, part: ModelPart, id: string) => readonly AskedQuestion[];
}

const componentsClient = client<ComponentsApi>();

export function ObjectPanel({ editor, id, onPick, focusTitle, onDone, asked }: ObjectPanelProps) {
  const { model } = editor;
  const box = useRef<HTMLElement>(null);
  const found = findObject(model, id);
  useEffect(() => {
    if (focusTitle === 0) return;
    const input = box.current?.querySelector<HTMLInputElement>('[data-field="title"], textarea');
    input?.focus();
    input?.select();
  }, [focusTitle]);
  if (found === null) return null;
  const { part, object } = found;
  const readOnly = !editor.mayEdit;
  const set = (name: string, value: unknown, label: string) =>
    editor.change(label, setFields(model, part, id, { [name]: value } as never), { group: `${id}.${name}` });
  const fields = part === 'notes' ? [] : MODEL_FIELDS[part];
  const values = object as unknown as Readonly<Record<string, unknown>>;
  return (
    <section
      className="panel"
      ref={box}
      aria-label={`${PART_WORDS[part]} ${titleOf(model, id)}`}
      onKeyDown={(event) => {
        const inTitle = (event.target as HTMLElement).dataset?.field === 'title';
        if (event.key === 'Escape' || (event.key === 'Enter' && inTitle)) {
          event.preventDefault();
          onDone();
        }
      }}
    >
      <h3 className="panel__head">
        {PART_WORDS[part]} <code>{id}</code>
      </h3>
      {part === 'notes' ? (
        <ModelInput
          field={{ kind: 'text', max: 4_000, name: 'text', label: 'Text' }}
          model={model}
          value={values.text}
          readOnly={readOnly}
          onChange={(value) => set('text', value, 'Change note')}
        />
      ) : null}
      {fields.map((field) =>
        field.name === 'contains' ? (
          <Contained key={field.name} editor={editor} id={id} value={values.contains as string[]} set={set} />
        ) : (
          <ModelInput
            key={field.name}
            field={field}
            model={model}
            value={values[field.name]}
            readOnly={readOnly}
            onChange={(value) => set(field.name, value, `Change ${field.label.toLowerCase()}`)}
          />
        ),
      )}
      {part === 'elements' ? <Around model={model} id={id} onPick={onPick} /> : null}
      {'answers' in object ? (
        <AnswersInput
          legend="Questions"
          answers={object.answers}
          asked={asked(model, part, id)}
          readOnly={readOnly}
          onChange={(answers, label) => set('answers', answers, label)}
        />
      ) : null}
      {'elementDefaults' in object ? (
        <AnswersInput
          legend="For every element in it"
          answers={object.elementDefaults as Answers}
          asked={[]}
          readOnly={readOnly}
          onChange={(answers, label) => set('elementDefaults', answers, label)}
        />
      ) : null}
    </section>
  );
}

/** Interfaces and flows of an element: the way to them without a pointer. */
function Around({
  model,
  id,
  onPick,
}: {
  readonly model: SystemModel;
  readonly id: string;
  readonly onPick: (id: string) => void;
}) {
  const faces = model.interfaces.filter((face) => face.element === id);
  const flows = model.flows.filter((flow) => flow.from === id || flow.to === id);
  if (faces.length + flows.length === 0) return null;
  return (
    <div className="mi">
      <span className="mi__label">Interfaces and flows</span>
      <ul className="panel__list">
        {faces.map((face) => (
          <li key={face.id}>
            <button type="button" className="link-button" onClick={() => onPick(face.id)}>
              {face.title}
            </button>{' '}
            <span className="muted small">
              {face.kind}, {face.state}
            </span>
          </li>
        ))}
        {flows.map((flow) => (
          <li key={flow.id}>
            <button type="button" className="link-button" onClick={() => onPick(flow.id)}>
              {flow.title}
            </button>{' '}
            <span className="muted small">
              {flow.from === id ? `to ${titleOf(model, flow.to)}` : `from ${titleOf(model, flow.from)}`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Components of the SBOM whose name is like a word of the element are proposed. */
function Contained({
  editor,
  id,
  value,
  set,
}: {
  readonly editor: ModelEditor;
  readonly id: string;
  readonly value: readonly string[];
  readonly set: (name: string, value: unknown, label: string) => void;
}) {
  const { record, model } = editor;
  const element = model.elements.find((one) => one.id === id);
  const linked = record.links.find((link) => link.type === 'of-release')?.other.key;
  const releases = useQuery({
    ...fewRecordsQuery(
      { kind: 'release', product: record.productId ?? '', sort: 'updated', order: 'desc' },
      5,
    ),
    enabled: linked === undefined && record.productId !== null,
  });
  const release = linked ?? releases.data?.items[0]?.key;
  const components = useQuery({
    queryKey: ['components', 'names', release],
    enabled: release !== undefined,
    staleTime: 60_000,
    queryFn: async () => {
      const answer = await componentsClient.releases[':release'].components.$get({
        param: { release: release as string },
        query: { limit: '500' },
      });
      return (await answer.json()).items.map((one) => ({
        name: one.name,
        // A component is bound without its version: the binding holds over updates.
        ref: one.purl?.replace(/@[^/]*$/, '') ?? one.cpes[0] ?? one.name,
      }));
    },
  });
  const all = components.data ?? [];
  const title = element?.title ?? '';
  const words = useMemo(
    () =>
      new Set(
        [title, ...(element?.tech ?? []), element?.type ?? '']
          .join(' ')
          .toLowerCase()
          .split(/[^a-z0-9]+/)
          .filter((word) => word.length >= 3),
      ),
    [title, element?.tech, element?.type],
  );
  const like = [
    ...new Set(
      all
        .filter((one) =>
          one.name
            .toLowerCase()
            .split(/[^a-z0-9]+/)
            .some((part) => words.has(part)),
        )
        .map((one) => one.ref),
    ),
  ]
    .filter((ref) => !value.includes(ref))
    .slice(0, 6);
  const field = MODEL_FIELDS.elements.find((one) => one.name === 'contains');
  if (!field) return null;
  const add = (ref: string) => set('contains', [...value, ref], 'Bind component');
  return (
    <div>
      <ModelInput
        field={field}
        model={model}
        value={value}
        readOnly={!editor.mayEdit}
        proposals={[...new Set(all.map((one) => one.ref))]}
        onChange={(next) => set('contains', next, 'Change components')}
      />
      {editor.mayEdit && like.length > 0 ? (
        <div className="mi__proposed">
          <span className="muted small">Named alike in {release}:</span>
          {like.map((ref) => (
            <button key={ref} type="button" className="link-button" onClick={() => add(ref)}>
              + {ref}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
