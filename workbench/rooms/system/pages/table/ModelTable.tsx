// biome-ignore-all lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: rows in view only, placed by hand; the elements of HTML tables cannot be
// The model as tables to fill quickly: type, Tab to the next cell, Enter to the row below, paste rows from a spreadsheet.
import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  memo,
  useDeferredValue,
  useMemo,
  useRef,
  useState,
} from 'react';
import { announce } from '../../../../web/design/announcer.ts';
import { Notice } from '../../../../web/design/ProblemNotice.tsx';
import { useSearchState } from '../../../../web/search-state.ts';
import type { ModelPart, SystemModel } from '../../metamodel.ts';
import { PART_PLURALS, PART_WORDS } from '../drawing/model-words.ts';
import { addObject, removeObjects, setFields } from '../editing/edit-model.ts';
import { type ModelField, objectsOf, PROTOCOLS, type TablePart } from '../model-fields.ts';
import { PartBar } from '../PartBar.tsx';
import type { ModelEditor } from '../use-model-editor.ts';
import { Cell } from './Cell.tsx';
import { cellText, columnsOf, type Names, namesOf, parseTsv, pasteRows } from './cells.ts';

const ORDER: readonly TablePart[] = [
  'elements',
  'flows',
  'zones',
  'interfaces',
  'assets',
  'safetyFunctions',
  'harms',
  'attackers',
  'useCases',
  'assumptions',
  'environments',
  'conduits',
];
const ROW = 34;
const ID_WIDTH = 130;

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

export function ModelTable({ editor }: { readonly editor: ModelEditor }) {
  const { model, mayEdit } = editor;
  const [search, setSearch] = useSearchState();
  const part = ORDER.find((one) => one === search.part) ?? 'elements';
  return (
    <div className="mt">
      <PartBar
        label="Tables of the model"
        parts={ORDER.map((one) => ({ id: one, title: PART_PLURALS[one], count: model[one].length }))}
        shown={part}
        onShow={(one) => setSearch({ part: one === 'elements' ? undefined : one })}
      />
      <PartTable key={part} part={part} editor={editor} readOnly={!mayEdit} />
    </div>
  );
}

function PartTable({
  part,
  editor,
  readOnly,
}: {
  readonly part: TablePart;
  readonly editor: ModelEditor;
  readonly readOnly: boolean;
}) {
  const { model } = editor;
  const columns = useMemo(() => columnsOf(part), [part]);
  const names = useMemo(() => namesOf(model), [model]);
  const [filter, setFilter] = useState('');
  const wanted = useDeferredValue(filter.trim().toLowerCase());
  const [fresh, setFresh] = useState('');
  const [problems, setProblems] = useState<readonly { row: number; message: string }[]>([]);
  const scroller = useRef<HTMLDivElement>(null);

  const all = model[part] as unknown as readonly Row[];
  const rows = useMemo(
    () =>
      wanted === ''
        ? all
        : all.filter((row) =>
            `${row.id} ${columns.map((column) => cellText(column, row[column.name], names)).join(' ')}`
              .toLowerCase()
              .includes(wanted),
          ),
    [all, wanted, columns, names],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 14,
  });
  const widths = columns.map((column) => column.column as number);
  const template = `${widths.map((width) => `${width}px`).join(' ')} ${ID_WIDTH}px 40px`;
  const total = widths.reduce((sum, width) => sum + width, 0) + ID_WIDTH + 40;

  // Given to rows that are drawn anew only when they change, so they find what is current here.
  const latest = useRef({ editor, model });
  latest.current = { editor, model };
  const set = useRef((id: string, field: ModelField, value: unknown) => {
    const { editor: now, model: before } = latest.current;
    now.change(
      `Change ${field.label.toLowerCase()}`,
      setFields(before, part, id, { [field.name]: value } as never),
      {
        group: `${id}.${field.name}`,
      },
    );
  }).current;
  const remove = useRef((id: string) => {
    const { editor: now, model: before } = latest.current;
    now.change(`Delete ${PART_WORDS[part].toLowerCase()}`, removeObjects(before, new Set([id])));
    announce('Deleted. Undo with Ctrl Z.');
  }).current;

  const add = () => {
    const title = fresh.trim();
    if (title === '') return;
    editor.change(`Add ${PART_WORDS[part].toLowerCase()}`, addObject(model, part, title).model);
    setFresh('');
    setFilter('');
    announce(`${title} added.`);
    requestAnimationFrame(() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }));
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.altKey || event.ctrlKey || event.metaKey) return;
    const input = event.target as HTMLElement;
    const [row, column] = [Number(input.dataset.row), Number(input.dataset.column)];
    if (Number.isNaN(row) || Number.isNaN(column)) return;
    event.preventDefault();
    const next = row + (event.shiftKey ? -1 : 1);
    if (next < 0) return;
    if (next >= rows.length) {
      document.querySelector<HTMLInputElement>('[data-new-row]')?.focus();
      return;
    }
    virtual.scrollToIndex(next);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"][data-column="${column}"]`)?.focus(),
    );
  };
  const pasted = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text/plain');
    if (readOnly || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const input = event.target as HTMLElement;
    const row = Number(input.dataset.row ?? rows.length);
    const result = pasteRows(model, part, parseTsv(text), {
      rows: rows.slice(row).map((one) => one.id),
      column: Number(input.dataset.column ?? 0),
    });
    // The field that had the focus would put its old text back when it loses it.
    (document.activeElement as HTMLElement | null)?.blur();
    editor.change(`Paste ${PART_PLURALS[part].toLowerCase()}`, result.model);
    setProblems(result.problems);
    setFresh('');
    announce(
      `${result.added.length} added, ${result.changed} changed, ${result.problems.length} cells not understood.`,
    );
  };

  return (
    <>
      <div className="mt__bar">
        <input
          className="mi__input mt__filter"
          type="search"
          aria-label={`Filter ${PART_PLURALS[part].toLowerCase()}`}
          placeholder="Filter…"
          data-filter-box="true"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        <span className="muted small" role="status">
          {rows.length === all.length ? `${all.length} rows` : `${rows.length} of ${all.length} rows`}
        </span>
        {readOnly ? null : (
          <span className="muted small mt__help">
            Tab: next cell. Enter: row below. Paste rows from a spreadsheet into any cell.
          </span>
        )}
      </div>
      {problems.length > 0 ? (
        <Notice
          title={`${problems.length} cells were not understood and stayed as they were`}
          action={<Button onClick={() => setProblems([])}>Close</Button>}
        >
          <ul>
            {problems.slice(0, 8).map((problem) => (
              <li key={`${problem.row} ${problem.message}`}>
                Row {problem.row}: {problem.message}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <Lists model={model} columns={columns} names={names} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys and paste of the fields inside */}
      <div className="mt__scroll" ref={scroller} onKeyDown={key} onPaste={pasted}>
        <div
          role="table"
          aria-label={PART_PLURALS[part]}
          aria-rowcount={rows.length + 1}
          style={{ width: total, minWidth: '100%' }}
        >
          <div role="rowgroup" className="mt__head">
            <div role="row" className="mt__row" style={{ gridTemplateColumns: template }}>
              {columns.map((column) => (
                <span key={column.name} role="columnheader" title={column.hint}>
                  {column.label}
                </span>
              ))}
              <span role="columnheader">Id</span>
              <span role="columnheader">
                <span className="unseen">Delete</span>
              </span>
            </div>
          </div>
          <div role="rowgroup" className="mt__body" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index] as Row;
              return (
                <TableLine
                  key={row.id}
                  row={row}
                  index={item.index}
                  top={item.start}
                  template={template}
                  columns={columns}
                  names={names}
                  readOnly={readOnly}
                  set={set}
                  remove={remove}
                />
              );
            })}
          </div>
        </div>
      </div>
      {readOnly ? (
        all.length === 0 ? (
          <p className="muted mt__none">No {PART_PLURALS[part].toLowerCase()} yet.</p>
        ) : null
      ) : (
        <div className="mt__new">
          <input
            className="mi__input"
            data-new-row="true"
            aria-label={`Title of a new ${PART_WORDS[part].toLowerCase()}`}
            placeholder={`New ${PART_WORDS[part].toLowerCase()}: title, then Enter`}
            maxLength={200}
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
            onPaste={pasted}
            onKeyDown={(event) => {
              if (event.key === 'Enter') {
                event.preventDefault();
                event.stopPropagation();
                add();
              }
            }}
          />
        </div>
      )}
    </>
  );
}

interface LineProps {
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly template: string;
  readonly columns: readonly ModelField[];
  readonly names: Names;
  readonly readOnly: boolean;
  readonly set: (id: string, field: ModelField, value: unknown) => void;
  readonly remove: (id: string) => void;
}

const TableLine = memo(function TableLine(props: LineProps) {
  const { row, index, columns, names, readOnly } = props;
  const title = String(row.title ?? row.id);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="mt__row mt__line"
      style={{ gridTemplateColumns: props.template, transform: `translateY(${props.top}px)` }}
    >
      {columns.map((field, column) => (
        <span key={field.name} role="cell">
          <Cell
            field={field}
            label={`${field.label} of ${title}`}
            value={row[field.name]}
            names={names}
            row={index}
            column={column}
            readOnly={readOnly}
            onChange={(value) => props.set(row.id, field, value)}
          />
        </span>
      ))}
      <span role="cell" className="mt__id cut" title={row.id}>
        {row.id}
      </span>
      <span role="cell">
        {readOnly ? null : (
          <button
            type="button"
            className="icon-button"
            aria-label={`Delete ${title}`}
            onClick={() => props.remove(row.id)}
          >
            <IconTrash size={15} aria-hidden="true" />
          </button>
        )}
      </span>
    </div>
  );
});

/** What the cells propose, once for the whole table. */
function Lists({
  model,
  columns,
  names,
}: {
  readonly model: SystemModel;
  readonly columns: readonly ModelField[];
  readonly names: Names;
}) {
  const lists = new Map<string, readonly string[]>();
  for (const field of columns) {
    if (field.kind === 'ref') lists.set(listId(field), optionsOf(model, [field.part], names));
    else if (field.kind === 'words' && field.suggest === 'protocols')
      lists.set(listId(field), [...new Set([...model.flows.flatMap((flow) => flow.protocol), ...PROTOCOLS])]);
    else if (field.kind === 'words' && field.options) lists.set(listId(field), field.options);
    else if (field.kind === 'words' && field.suggest === 'harms')
      lists.set(
        listId(field),
        model.harms.map((harm) => harm.id),
      );
  }
  return (
    <>
      {[...lists].map(([id, words]) => (
        <datalist key={id} id={id}>
          {words.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      ))}
    </>
  );
}

const optionsOf = (model: SystemModel, parts: readonly ModelPart[], names: Names) =>
  objectsOf(model, parts).map((one) => names.nameOf(one.id));

function listId(field: ModelField): string {
  return `cells-${field.name}`;
}
