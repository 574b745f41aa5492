// The model as text that can live beside the code: copied, downloaded, edited elsewhere and taken back after its difference was seen.
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { ProblemError } from '../../../web/client.ts';
import { download } from '../../../web/data-table/export.ts';
import { copyText } from '../../../web/design/CopyField.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import type { SystemModel } from '../metamodel.ts';
import { diffModels, type ModelChange } from '../semantic-diff.ts';
import { readModelText, writeModelText } from '../text-form.ts';
import { ChangeList } from './ChangeList.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import type { ModelEditor } from './use-model-editor.ts';

const EXPORTS = [
  ['threat-dragon', 'Threat Dragon'],
  ['otm', 'OTM'],
  ['cyclonedx', 'CycloneDX'],
  ['mermaid', 'Mermaid'],
  ['svg', 'SVG'],
] as const;

interface Proposal {
  readonly model: SystemModel;
  readonly changes: readonly ModelChange[];
}

export function TextTab({ editor }: { readonly editor: ModelEditor }) {
  const { model, record, mayEdit } = editor;
  const [notation, setNotation] = useState<'yaml' | 'json'>('yaml');
  const text = useMemo(() => writeModelText(model, notation), [model, notation]);
  const [typed, setTyped] = useState<string | null>(null);
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [importing, setImporting] = useState(false);
  const name = `${record.key.toLowerCase()}.${notation}`;
  const read = () => {
    setError(null);
    try {
      const next = readModelText(typed ?? '', name);
      setProposal({ model: next, changes: diffModels(model, next) });
    } catch (refusal) {
      setProposal(null);
      setError(asShown(refusal));
    }
  };
  const take = () => {
    if (!proposal) return;
    editor.change('Take the text', proposal.model);
    setProposal(null);
    setTyped(null);
  };
  return (
    <div className="text-tab">
      <div className="row">
        <label className="row">
          <span className="muted">Notation</span>
          <select
            className="mi__input"
            value={notation}
            onChange={(event) => setNotation(event.currentTarget.value === 'json' ? 'json' : 'yaml')}
          >
            <option value="yaml">YAML</option>
            <option value="json">JSON</option>
          </select>
        </label>
        <Button onClick={() => void copyText(text)}>Copy</Button>
        <Button
          onClick={() => download(name, notation === 'json' ? 'application/json' : 'application/yaml', text)}
        >
          Download
        </Button>
        <span className="grow" />
        {mayEdit ? <Button onClick={() => setImporting(true)}>Import a newer state…</Button> : null}
      </div>
      <p className="muted small">
        {editor.dirty
          ? 'The text says what you are working on, saved or not. The files below hold the saved revision.'
          : 'Saved revision in the words of other tools; what a format cannot say is said in the file’s report.'}{' '}
        {EXPORTS.map(([format, title], at) => (
          <span key={format}>
            {at > 0 ? ' · ' : ''}
            <a href={`/api/system-models/${record.key}/export?format=${format}`} download={true}>
              {title}
            </a>
          </span>
        ))}
      </p>
      {error ? <ProblemNotice error={error} /> : null}
      {proposal ? (
        <section className="section" aria-label="What would change">
          <div className="section__head">
            <h3>What would change ({proposal.changes.length})</h3>
            <div className="row">
              <Button onClick={() => setProposal(null)}>Back to the text</Button>
              <Button variant="filled" disabled={proposal.changes.length === 0} onClick={take}>
                Take it into my work
              </Button>
            </div>
          </div>
          <ChangeList changes={proposal.changes} model={proposal.model} />
        </section>
      ) : null}
      <label className="unseen" htmlFor="model-text">
        Text of the model
      </label>
      <textarea
        id="model-text"
        className="text-tab__text"
        spellCheck={false}
        readOnly={!mayEdit}
        value={typed ?? text}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setProposal(null);
          setError(null);
        }}
      />
      {typed !== null && typed !== text ? (
        <div className="row">
          <Button variant="filled" onClick={read}>
            Show what changes
          </Button>
          <Button
            onClick={() => {
              setTyped(null);
              setProposal(null);
              setError(null);
            }}
          >
            Throw the text away
          </Button>
        </div>
      ) : null}
      {importing ? (
        <ImportDialog
          product={record.productId ?? ''}
          model={{ key: record.key, revision: editor.revision }}
          onClose={() => setImporting(false)}
          onDone={() => setImporting(false)}
        />
      ) : null}
    </div>
  );
}

/** The refusal of the text form as the page shows refusals: same words as from the server. */
export function asShown(refusal: unknown): unknown {
  if (typeof refusal !== 'object' || refusal === null || !('code' in refusal)) return refusal;
  const { code, message, at, remedy, title } = refusal as Record<string, unknown>;
  return new ProblemError({
    type: `urn:ward:problem:${String(code)}`,
    title: typeof title === 'string' ? title : 'The text is not taken',
    status: 422,
    code: String(code),
    detail: String(message),
    remedy: typeof remedy === 'string' ? remedy : 'Mend the text at the place that is named, then try again.',
    requestId: 'none',
    ...(typeof at === 'string' ? { at } : {}),
  });
}
