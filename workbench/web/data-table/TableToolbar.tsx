import { Button, Menu, NativeSelect, TextInput } from '@mantine/core';
import { IconColumns3, IconDownload, IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Column, TableFilter } from './columns.ts';
import type { TableState } from './use-table-state.ts';

const TYPING_MS = 180;

export interface TableToolbarProps<Row> {
  readonly label: string;
  readonly withText: boolean;
  readonly state: TableState;
  readonly columns: readonly Column<Row>[];
  readonly shown: (column: Column<Row>) => boolean;
  readonly filters: readonly TableFilter<Row>[];
  readonly count: string;
  readonly onExport: (format: 'csv' | 'json') => void;
}

export function TableToolbar<Row>(props: TableToolbarProps<Row>) {
  const { state, columns, filters, shown } = props;
  return (
    <div className="table-bar">
      {props.withText ? <FilterBox label={props.label} value={state.text} onChange={state.setText} /> : null}
      {filters.map((filter) => (
        <NativeSelect
          key={filter.id}
          aria-label={filter.title}
          value={state.filter(filter.id)}
          onChange={(event) => state.setFilter(filter.id, event.currentTarget.value)}
          data={[
            { value: '', label: `${filter.title}: all` },
            ...filter.options.map((option) => ({ value: option.value, label: option.title })),
          ]}
        />
      ))}
      <span className="table-bar__count muted small" role="status">
        {props.count}
      </span>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<IconColumns3 size={16} aria-hidden="true" />}>Columns</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {columns.map((column) => (
            <Menu.CheckboxItem
              key={column.id}
              checked={shown(column)}
              onChange={() => state.toggleColumn(column.id)}
            >
              {column.title}
            </Menu.CheckboxItem>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button leftSection={<IconDownload size={16} aria-hidden="true" />}>Export</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => props.onExport('csv')}>CSV of what is filtered</Menu.Item>
          <Menu.Item onClick={() => props.onExport('json')}>JSON of what is filtered</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** Typing stays smooth; the address follows when the reader pauses. */
function FilterBox({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <TextInput
      className="table-bar__filter"
      type="search"
      aria-label={`Filter ${label.toLowerCase()}`}
      placeholder="Filter"
      data-filter-box="true"
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      leftSection={<IconSearch size={15} aria-hidden="true" />}
    />
  );
}
