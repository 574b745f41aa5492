// Two kinds against each other: a full mark where they are linked, a hollow one where other records stand between.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import type { MatrixView as Matrix } from '../api.ts';
import { KIND_TITLES } from '../kind-titles.ts';
import type { Traced } from '../trace.ts';
import { matrixQuery } from './trace-queries.ts';

export function MatrixView(props: {
  readonly product: string;
  readonly rows: Traced;
  readonly columns: Traced;
  readonly release: string | undefined;
}) {
  const matrix = useQuery(matrixQuery(props.product, props.rows, props.columns, props.release));
  return (
    <Answer query={matrix} lines={10}>
      {(data) => <Grid matrix={data} rows={props.rows} columns={props.columns} />}
    </Answer>
  );
}

function Grid({
  matrix,
  rows,
  columns,
}: {
  readonly matrix: Matrix;
  readonly rows: Traced;
  readonly columns: Traced;
}) {
  const cells = useMemo(
    () => new Map(matrix.cells.map((cell) => [`${cell.row} ${cell.column}`, cell])),
    [matrix.cells],
  );
  const label = `${KIND_TITLES[rows][1]} against ${KIND_TITLES[columns][1].toLowerCase()}`;
  if (matrix.rows.length === 0 || matrix.columns.length === 0)
    return (
      <p className="muted">
        There are no {KIND_TITLES[matrix.rows.length === 0 ? rows : columns][1].toLowerCase()} yet.
      </p>
    );
  return (
    <>
      <p className="muted">
        ● linked, ○ through other records, ! suspect.{' '}
        {matrix.rows.length < matrix.rowsTotal || matrix.columns.length < matrix.columnsTotal
          ? `The first ${matrix.rows.length} of ${matrix.rowsTotal} by the first ${matrix.columns.length} of ${matrix.columnsTotal}; the export has all.`
          : ''}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key */}
      <section className="matrix-frame" tabIndex={0} aria-label={`${label}, scrolls`}>
        <table className="trace-matrix" aria-label={label}>
          <thead>
            <tr>
              <td />
              {matrix.columns.map(({ key, title }) => (
                <th key={key} scope="col" title={title}>
                  <span>{key}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.rows.map(({ key, title }, row) => (
              <tr key={key}>
                <th scope="row" title={title}>
                  <AppLink to="/traceability" search={{ view: 'graph', key }}>
                    {key}
                  </AppLink>{' '}
                  {title}
                </th>
                {matrix.columns.map((column, at) => {
                  const cell = cells.get(`${row} ${at}`);
                  return (
                    <td key={column.key} className={cell?.suspect ? 'is-suspect' : undefined}>
                      {cell ? `${cell.tie === 'direct' ? '●' : '○'}${cell.suspect ? '!' : ''}` : ''}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
