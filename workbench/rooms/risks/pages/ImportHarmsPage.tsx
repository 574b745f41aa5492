// The safety file in three steps: the file, its columns with a preview, the difference to what is there; then it is confirmed.
import { Button, NativeSelect, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useProduct } from '../../../web/product.ts';
import { hasRole, useMe } from '../../../web/session.ts';
import { useRequest } from '../../../web/use-request.ts';
import { DropArea } from '../../components/pages/DropArea.tsx';
import type { HarmImportView, PreviewView } from '../contract.ts';
import { FIELDS, guessLevel, type Mapping, severityWords, sheetOf } from '../safety-file/mapping.ts';
import { importHarms, previewHarms, refreshRisks } from './risk-queries.ts';
import './risks.css';

export function Page() {
  const { product } = useProduct();
  const me = useMe();
  const may = product !== undefined && hasRole(me, ['safety-risk-manager', 'security-lead'], product.id);
  return (
    <PageFrame
      title="Import the safety file"
      meta={
        <>
          {product ? <span>{product.title}</span> : null}
          <span>ISO 14971 5.4; IEC 81001-5-1 7.1</span>
        </>
      }
    >
      {product === undefined ? (
        <EmptyState
          what="No product is chosen"
          why="Harms belong to one product."
          action={<AppLink to="/products">Products</AppLink>}
        />
      ) : may ? (
        <Import product={product.id} productKey={product.key} />
      ) : (
        <p className="muted">A safety risk manager or a security lead imports the safety file.</p>
      )}
    </PageFrame>
  );
}

function Import({ product, productKey }: { readonly product: string; readonly productKey: string }) {
  const [file, setFile] = useState<File | null>(null);
  const [preview, setPreview] = useState<PreviewView | null>(null);
  const [mapping, setMapping] = useState<Mapping | null>(null);
  const [difference, setDifference] = useState<HarmImportView | null>(null);
  const { busy, error, run } = useRequest();
  const take = (chosen: File) =>
    void run(async () => {
      setFile(chosen);
      setDifference(null);
      setPreview(null);
      const found = await previewHarms({ product, file: chosen });
      setPreview(found);
      setMapping(found.mapping);
    });
  const compare = () =>
    void run(async () => {
      if (file && mapping) setDifference(await importHarms({ product, file }, mapping, null));
    });
  const confirm = () =>
    void run(async () => {
      if (!file || !mapping || !difference) return;
      const done = await importHarms({ product, file }, mapping, difference.seen);
      await refreshRisks();
      setDifference(done);
      showToast(`The safety file is imported into ${productKey}.`);
    });
  return (
    <div className="stack">
      <DropArea
        verb="Choose a safety file"
        accept=".csv,.txt,.xlsx,.json,.reqif,.xml"
        disabled={busy}
        onFile={take}
      >
        <p>Drop the harms of the ISO 14971 file here: CSV, XLSX, JSON or ReqIF.</p>
        <p className="muted small">
          Nothing is stored before you confirm the difference. Severities come from the file and from nowhere
          else.
        </p>
      </DropArea>
      {error ? <ProblemNotice error={error} /> : null}
      {preview && mapping ? (
        <MappingStep
          preview={preview}
          mapping={mapping}
          onChange={(next) => {
            setMapping(next);
            setDifference(null);
          }}
          onCompare={compare}
          busy={busy}
        />
      ) : null}
      {difference ? (
        <DifferenceStep difference={difference} onConfirm={confirm} busy={busy} product={product} />
      ) : null}
    </div>
  );
}

function MappingStep({
  preview,
  mapping,
  onChange,
  onCompare,
  busy,
}: {
  readonly preview: PreviewView;
  readonly mapping: Mapping;
  readonly onChange: (mapping: Mapping) => void;
  readonly onCompare: () => void;
  readonly busy: boolean;
}) {
  const sheet = sheetOf(preview, mapping);
  const headings = sheet?.rows[mapping.headingRow - 1] ?? [];
  const words = severityWords(preview, mapping);
  const levelOf = (word: string) => mapping.severities[word] ?? guessLevel(word);
  return (
    <Section
      title="Columns"
      aside={
        <span className="small muted">
          {preview.format.toUpperCase()} ·{' '}
          {preview.remembered ? 'as at the last import' : 'guessed from the headings'}
        </span>
      }
    >
      <div className="stack">
        <div className="mapping">
          {preview.sheets.length > 1 ? (
            <NativeSelect
              label="Sheet"
              value={mapping.sheet ?? ''}
              onChange={(event) => onChange({ ...mapping, sheet: event.currentTarget.value })}
              data={preview.sheets.map(({ name }) => name)}
            />
          ) : null}
          <NumberInput
            label="Row of the headings"
            min={1}
            max={200}
            allowDecimal={false}
            value={mapping.headingRow}
            onChange={(value) => onChange({ ...mapping, headingRow: Number(value) || 1 })}
          />
          {FIELDS.map(({ id, title, required }) => (
            <NativeSelect
              key={id}
              label={title}
              withAsterisk={required}
              error={required && mapping.columns[id] === null ? 'Choose its column.' : undefined}
              value={mapping.columns[id] ?? ''}
              onChange={(event) =>
                onChange({
                  ...mapping,
                  columns: { ...mapping.columns, [id]: event.currentTarget.value || null },
                })
              }
              data={[
                { value: '', label: 'Not in the file' },
                ...[...new Set(headings)]
                  .filter((heading) => heading !== '')
                  .map((heading) => ({ value: heading, label: heading.slice(0, 80) })),
              ]}
            />
          ))}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
        <section className="scroll-table file-preview" aria-label="Preview of the file" tabIndex={0}>
          <table>
            <tbody>
              {(sheet?.rows ?? []).slice(0, 12).map((row, index) => (
                <tr
                  // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the file
                  key={index}
                  {...(index === mapping.headingRow - 1 ? { 'aria-current': 'true' as const } : {})}
                >
                  <th scope="row" className="muted small">
                    {index + 1}
                  </th>
                  {row.map((cell, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place in the file
                    <td key={column}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <p className="small muted">{sheet?.total ?? 0} rows in the file.</p>
        {words.length > 0 ? (
          <>
            <h3>Severities of the file on the scale of the plan</h3>
            <div className="mapping">
              {words.map((word) => (
                <NativeSelect
                  key={word}
                  label={`"${word}"`}
                  error={levelOf(word) === null ? 'Say what it stands for.' : undefined}
                  value={String(levelOf(word) ?? '')}
                  onChange={(event) => {
                    const { [word]: _before, ...others } = mapping.severities;
                    const level = Number(event.currentTarget.value) as 1 | 2 | 3 | 4 | 5;
                    onChange({ ...mapping, severities: level ? { ...others, [word]: level } : others });
                  }}
                  data={[
                    { value: '', label: 'Not mapped' },
                    { value: '1', label: '1 Negligible' },
                    { value: '2', label: '2 Minor' },
                    { value: '3', label: '3 Serious' },
                    { value: '4', label: '4 Critical' },
                    { value: '5', label: '5 Catastrophic' },
                  ]}
                />
              ))}
            </div>
          </>
        ) : null}
        <div>
          <Button variant="filled" loading={busy} onClick={onCompare}>
            Show the difference
          </Button>
        </div>
      </div>
    </Section>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  title: 'Harm',
  hazardousSituation: 'Hazardous situation',
  severity: 'Severity',
  affected: 'Who is hurt',
};

function DifferenceStep({
  difference,
  onConfirm,
  busy,
  product,
}: {
  readonly difference: HarmImportView;
  readonly onConfirm: () => void;
  readonly busy: boolean;
  readonly product: string;
}) {
  const { added, changed, gone, unchanged, stored } = difference;
  const nothing = added.length + changed.length + gone.length === 0;
  return (
    <Section title={stored ? 'Imported' : 'Difference to what is there'}>
      <div className="stack" aria-live="polite">
        <p>
          {added.length} new, {changed.length} changed, {gone.length} gone, {unchanged} as before.
        </p>
        {added.length > 0 ? (
          <>
            <h3>New</h3>
            <ul className="lines risk-lines">
              {added.map((harm) => (
                <li key={`${harm.sourceId} ${harm.at}`}>
                  <span className="code">{harm.sourceId || harm.at}</span> {harm.title}{' '}
                  <span className="muted small">severity {harm.severity}</span>
                </li>
              ))}
            </ul>
          </>
        ) : null}
        {changed.length > 0 ? (
          <>
            <h3>Changed</h3>
            <ul className="lines risk-lines">
              {changed.map((harm) => (
                <li key={harm.key}>
                  <KeyLink recordKey={harm.key} title={harm.title} />
                  {harm.returns ? <p className="small">It stands in the file again.</p> : null}
                  {harm.fields.map((field) => (
                    <p key={field.name} className="small">
                      {NAMES[field.name] ?? field.name}: <del>{field.before || 'nothing'}</del> →{' '}
                      <ins>{field.now || 'nothing'}</ins>
                    </p>
                  ))}
                  {harm.dependants > 0 ? (
                    <p className="small muted">{harm.dependants} links become suspect.</p>
                  ) : null}
                </li>
              ))}
            </ul>
          </>
        ) : null}
        {gone.length > 0 ? (
          <>
            <h3>Gone from the file</h3>
            <ul className="lines risk-lines">
              {gone.map((harm) => (
                <li key={harm.key}>
                  <KeyLink recordKey={harm.key} title={harm.title} />{' '}
                  {harm.dependants > 0 ? (
                    <span className="muted small">{harm.dependants} links lead to it.</span>
                  ) : null}
                </li>
              ))}
            </ul>
          </>
        ) : null}
        {stored ? (
          <p className="row">
            <AppLink to="/records/harm" search={{ product }}>
              Harms
            </AppLink>
            <AppLink to="/risks" search={{ product }}>
              Risks
            </AppLink>
          </p>
        ) : (
          <div>
            <Button variant="filled" loading={busy} onClick={onConfirm}>
              {nothing ? 'Note that the file was looked at' : 'Confirm and import'}
            </Button>
          </div>
        )}
      </div>
    </Section>
  );
}
