// Records that wait for the reader, each list with what to do when it is empty.
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { RecordSummary } from '../../../kernel/records/contract.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useKinds } from '../../../web/queries.ts';
import type { TodayView } from '../api.ts';
import './today.css';

export function ToSign({ items }: { readonly items: TodayView['toSign'] }) {
  return (
    <List
      id="to-sign"
      title="To sign"
      items={items}
      empty="Nothing waits for your signature. What others submit appears here."
      idOf={({ record }) => record.id}
    >
      {({ record, step }) => <Line record={record} aside={step} />}
    </List>
  );
}

export function Reopened({ items }: { readonly items: TodayView['reopened'] }) {
  return (
    <List
      id="reopened"
      title="Re-opened"
      items={items}
      empty="No decision was re-opened. Ward re-opens one when the facts that it rests on move."
      idOf={(record) => record.id}
    >
      {(record) => <Line record={record} />}
    </List>
  );
}

/** Risks whose premises moved: nothing was scored anew, somebody has to look. */
export function FlaggedRisks({ items }: { readonly items: TodayView['flagged'] }) {
  return (
    <List
      id="flagged"
      title="Risks to look at again"
      items={items}
      empty="No risk is flagged. Ward flags one when a control falls, a harm changes or a vulnerability appears."
      idOf={({ record }) => record.id}
    >
      {({ record, reasons }) => (
        <div>
          <Line record={record} />
          <p className="muted small">{reasons.join(' ')}</p>
        </div>
      )}
    </List>
  );
}

/** What the rules say otherwise of a model than what was accepted: it counts when somebody has looked. */
export function ThreatsToAccept({ items }: { readonly items: TodayView['threats'] }) {
  return (
    <List
      id="threats"
      title="Threats to accept"
      items={items}
      empty="The rules say of each model what was accepted. A change of a model, of its answers or of the rules shows here."
      idOf={({ record }) => record.id}
    >
      {({ record, waits }) => (
        <div className="line">
          <span className="grow">
            <AppLink to="/threats" search={{ model: record.key }}>
              {record.title}
            </AppLink>
          </span>
          <StateBadge tone="attention">{waits}</StateBadge>
        </div>
      )}
    </List>
  );
}

export function Drafts({ items }: { readonly items: TodayView['drafts'] }) {
  return (
    <List
      id="drafts"
      title="Your drafts"
      items={items}
      empty="You have no drafts."
      idOf={(record) => record.id}
    >
      {(record) => <Line record={record} />}
    </List>
  );
}

export function SuspectLinks({ items }: { readonly items: TodayView['suspect'] }) {
  const kinds = useKinds();
  const titleOf = (from: RecordSummary, type: string) =>
    kinds.find((kind) => kind.kind === from.kind)?.links.find((link) => link.type === type)?.title ?? type;
  return (
    <List
      id="suspect"
      title="Links to confirm"
      items={items}
      empty="No link is suspect. A link is when its far end got a new revision and nobody looked at it since."
      idOf={({ from, to, type }) => `${from.id} ${type} ${to.id}`}
    >
      {({ from, to, type }) => (
        <div className="line">
          <span className="grow">
            <KeyLink recordKey={from.key} title={from.title} />{' '}
            <span className="muted">{titleOf(from, type).toLowerCase()}</span>{' '}
            <KeyLink recordKey={to.key} title={to.title} />
          </span>
          <StateBadge tone="stale">{to.key} changed</StateBadge>
        </div>
      )}
    </List>
  );
}

const SHOWN_FIRST = 6;

interface ListProps<Item> {
  readonly id: string;
  readonly title: string;
  readonly items: readonly Item[];
  readonly empty: string;
  readonly idOf: (item: Item) => string;
  readonly children: (item: Item) => ReactNode;
}

function List<Item>({ id, title, items, empty, idOf, children }: ListProps<Item>) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? items : items.slice(0, SHOWN_FIRST);
  const rest = items.length - shown.length;
  return (
    <Section title={title} id={id} aside={<span className="muted small">{items.length || ''}</span>}>
      {items.length === 0 ? <p className="muted">{empty}</p> : null}
      <ul className="lines">
        {shown.map((item) => (
          <li key={idOf(item)}>{children(item)}</li>
        ))}
      </ul>
      {rest > 0 ? (
        <button type="button" className="link-button" onClick={() => setWhole(true)}>
          Show {rest} more
        </button>
      ) : null}
    </Section>
  );
}

function Line({ record, aside }: { readonly record: RecordSummary; readonly aside?: string }) {
  const kind = useKinds().find((one) => one.kind === record.kind);
  return (
    <div className="line">
      <span className="grow">
        <KeyLink recordKey={record.key} title={record.title} />
      </span>
      {aside === undefined ? null : <span className="muted small">{aside}</span>}
      <RecordState kind={kind} state={record.state} />
      <span className="muted small line__time">
        <RelativeTime at={record.updatedAt} />
      </span>
    </div>
  );
}
