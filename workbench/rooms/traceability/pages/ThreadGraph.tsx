// The thread through one record as a drawing: a column for each kind, from harms at the left to results at the right. Every box is a
// link; the same stands as a list below for those who do not see it.
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import type { GraphView } from '../api.ts';
import { KIND_TITLES } from '../kind-titles.ts';
import { TRACED } from '../trace.ts';
import { graphQuery } from './trace-queries.ts';

const BOX = { width: 150, height: 44, gapX: 46, gapY: 12, head: 26 } as const;

export function ThreadGraph({
  product,
  chosen,
  release,
}: {
  readonly product: string;
  readonly chosen: string;
  readonly release: string | undefined;
}) {
  const graph = useQuery(graphQuery(product, chosen, release));
  if (chosen === '')
    return <p className="muted">Open a row of the table: the thread through it is drawn here.</p>;
  return (
    <Answer query={graph} lines={10}>
      {(data) => <Drawing graph={data} chosen={chosen} />}
    </Answer>
  );
}

function Drawing({ graph, chosen }: { readonly graph: GraphView; readonly chosen: string }) {
  const columns = TRACED.filter((kind) => graph.nodes.some((node) => node.kind === kind));
  const places = new Map<string, { x: number; y: number }>();
  let height = 0;
  for (const [column, kind] of columns.entries()) {
    for (const [row, node] of graph.nodes.filter((one) => one.kind === kind).entries()) {
      const y = BOX.head + row * (BOX.height + BOX.gapY);
      places.set(node.key, { x: column * (BOX.width + BOX.gapX) + 1, y });
      height = Math.max(height, y + BOX.height + 2);
    }
  }
  const width = columns.length * (BOX.width + BOX.gapX) - BOX.gapX + 2;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key */}
      <section className="thread" tabIndex={0} aria-label={`Thread through ${chosen}`}>
        <svg width={width} height={height} role="presentation">
          {columns.map((kind, column) => (
            <text key={kind} className="thread__head" x={column * (BOX.width + BOX.gapX) + 2} y={14}>
              {KIND_TITLES[kind][1]}
            </text>
          ))}
          {graph.links.map((link) => {
            const [from, to] = [places.get(link.from), places.get(link.to)];
            if (!from || !to) return null;
            const [left, right] = from.x <= to.x ? [from, to] : [to, from];
            const start = `${left.x + BOX.width} ${left.y + BOX.height / 2}`;
            const end = `${right.x} ${right.y + BOX.height / 2}`;
            const middle = (left.x + BOX.width + right.x) / 2;
            return (
              <path
                key={`${link.from} ${link.type} ${link.to}`}
                className={link.suspect ? 'is-suspect' : undefined}
                d={`M ${start} C ${middle} ${left.y + BOX.height / 2} ${middle} ${right.y + BOX.height / 2} ${end}`}
              />
            );
          })}
          {graph.nodes.map((node) => {
            const place = places.get(node.key);
            if (!place) return null;
            return (
              <AppLink
                key={node.key}
                to="/traceability"
                search={{ view: 'graph', key: node.key }}
                className={node.key === chosen ? 'is-chosen' : ''}
              >
                <g transform={`translate(${place.x} ${place.y})`}>
                  <title>{`${node.key} ${node.title}: ${node.outcome ?? node.state}`}</title>
                  <rect width={BOX.width} height={BOX.height} rx={4} />
                  {/* A page's own text is cut where the box ends, whatever its letters are wide. */}
                  <foreignObject width={BOX.width} height={BOX.height}>
                    <div className="thread__box">
                      <span className="thread__line">
                        {node.key} · {node.outcome ?? node.state}
                      </span>
                      <span className="thread__line">{node.title}</span>
                    </div>
                  </foreignObject>
                </g>
              </AppLink>
            );
          })}
        </svg>
      </section>
      {graph.leftOut > 0 ? (
        <p className="muted">{graph.leftOut} more records do not fit into the drawing.</p>
      ) : null}
      <details>
        <summary>The same as a list</summary>
        {columns.map((kind) => (
          <section key={kind} aria-label={KIND_TITLES[kind][1]}>
            <h3>{KIND_TITLES[kind][1]}</h3>
            <ul>
              {graph.nodes
                .filter((node) => node.kind === kind)
                .map((node) => (
                  <li key={node.key}>
                    <KeyLink recordKey={node.key} title={node.title} />{' '}
                    <span className="muted">
                      {graph.links
                        .filter(({ from }) => from === node.key)
                        .map(({ type, to, suspect }) => `${type} ${to}${suspect ? ' (suspect)' : ''}`)
                        .join(', ')}
                    </span>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </details>
    </>
  );
}
