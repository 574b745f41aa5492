// Who is no longer believed: persons, certificates, tokens, with why and until when; and what was issued and can be taken back.
import { Button, Select, TextInput } from '@mantine/core';
import { IconUserX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { ConfirmDialog } from '../../../web/design/ConfirmDialog.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import type { IssuedList, TakenBackList } from '../contract.ts';
import { namesRevocable } from '../revocable.ts';
import { issuedQuery, refreshFleet, takenBackClient, takenBackQuery } from './fleet-queries.ts';
import './fleet.css';

type Kind = TakenBackList['items'][number]['kind'];
interface Wanted {
  readonly kind: Kind;
  readonly value: string;
  /** In words; null when the person names it in the dialog. */
  readonly what: string | null;
}

const KINDS: Readonly<Record<Kind, { title: string; label: string; hint: string; form: string }>> = {
  person: {
    title: 'Person',
    label: 'Id of the person',
    hint: 'As tokens name the person, e.g. person:jo. No token of this person is believed again.',
    form: '“person:”, then letters, digits, dots, dashes; at most 64.',
  },
  token: {
    title: 'Token',
    label: 'Id of the token',
    hint: 'Its jti, as it was said when it was issued.',
    form: 'Letters, digits, dots, dashes and underscores, 8 to 64.',
  },
  certificate: {
    title: 'Certificate',
    label: 'Serial number',
    hint: 'Of a console, a laptop or a clinic, in lower-case hexadecimal. A unit is revoked on its own page.',
    form: 'Digits and the letters a to f, 2 to 40, without blanks or colons.',
  },
};

export function Page() {
  const taken = useInfiniteQuery(takenBackQuery);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const head = taken.data?.pages[0];
  const items = taken.data?.pages.flatMap((page) => page.items) ?? [];
  const take = {
    id: 'fleet.take-back',
    name: 'Revoke',
    keys: 'n',
    section: 'Fleet',
    icon: IconUserX,
    visibleWhen: () => head?.mayTakeBack === true,
    perform: () => setWanted({ kind: 'person', value: 'person:', what: null }),
  };
  useActions([take]);
  return (
    <PageFrame
      title="Revocations"
      meta={<AppLink to="/fleet">Units</AppLink>}
      primary={<ActionButton action={take} primary={true} />}
    >
      {wanted ? <TakeBack wanted={wanted} onClose={() => setWanted(null)} /> : null}
      <Answer query={taken} lines={6}>
        {() => (
          <>
            {head ? <Fill fill={head.fill} /> : null}
            <Section title="No longer believed">
              {items.length === 0 ? (
                <EmptyState
                  icon={<IconUserX size={28} aria-hidden="true" />}
                  what="Nobody and nothing was revoked"
                  why="Who leaves and what is lost is revoked here, with a reason. Units hear of it with their next report, consoles within a minute; a unit that hears nothing soon believes nobody from afar."
                />
              ) : (
                <ul className="fleet-list">
                  {items.map((entry) => (
                    <li key={`${entry.kind} ${entry.value}`}>
                      <Entry entry={entry} />
                    </li>
                  ))}
                </ul>
              )}
              {taken.hasNextPage ? (
                <Button loading={taken.isFetchingNextPage} onClick={() => void taken.fetchNextPage()}>
                  Show earlier ones
                </Button>
              ) : null}
            </Section>
          </>
        )}
      </Answer>
      <Issued onTake={setWanted} />
    </PageFrame>
  );
}

function Fill({ fill }: { readonly fill: TakenBackList['fill'] }) {
  const { kinds, percent, nearlyFull } = fill;
  const leaves = kinds.flatMap(({ nextLeaves }) => nextLeaves ?? []).sort()[0];
  return (
    <p className={nearlyFull ? 'fleet-note' : 'muted'} role={nearlyFull ? 'status' : undefined}>
      {nearlyFull ? (
        <>
          <StateBadge tone="danger">List nearly full</StateBadge> Soon nothing more can be revoked.{' '}
        </>
      ) : null}
      In the list that units get:{' '}
      {kinds.map(({ kind, entries, most }, at) => (
        <span key={kind}>
          {at > 0 ? ', ' : ''}
          {entries.toLocaleString('en')} of {most.toLocaleString('en')} {KINDS[kind].title.toLowerCase()}s
        </span>
      ))}
      ; {percent} % of its size. What has ended leaves it a day later
      {leaves ? <>, the next on {leaves.slice(0, 10)}</> : null}; persons stay.
    </p>
  );
}

function Entry({ entry }: { readonly entry: TakenBackList['items'][number] }) {
  const { kind, value, why, at, by, endsAt, leftAt } = entry;
  return (
    <>
      <p>
        <StateBadge tone={leftAt === null ? 'danger' : 'ended'}>
          {leftAt === null ? 'Not believed' : 'Ended, left the list'}
        </StateBadge>{' '}
        {KINDS[kind].title} <Holder of={entry} /> <span className="code small muted">{value}</span>
      </p>
      <p>{why}</p>
      <p className="muted small">
        <RelativeTime at={at} />, {by ?? 'at the command line'};{' '}
        {endsAt === null ? 'for good' : leftAt === null ? 'ends ' : 'ended '}
        {endsAt === null ? null : <RelativeTime at={endsAt} />}
      </p>
    </>
  );
}

const ROLE_WORDS: Readonly<Record<string, string>> = {
  unit: 'of the unit',
  console: 'of the console',
  service: 'of the service laptop',
  issuer: 'of the issuer',
};

function Holder({
  of: { role, holder, unit },
}: {
  readonly of: { readonly role: string | null; readonly holder: string | null; readonly unit: string | null };
}) {
  if (role === null || holder === null) return null;
  const words = ROLE_WORDS[role];
  const link = unit ? (
    <AppLink className="code" to={`/fleet/${unit}`}>
      {unit}
    </AppLink>
  ) : null;
  if (role === 'unit')
    return (
      <>
        {words} {link ?? holder}
      </>
    );
  if (words)
    return (
      <>
        {words} {holder}
      </>
    );
  return (
    <>
      of {holder}, {role.replaceAll('-', ' ')}
      {link ? <> for {link}</> : null}
    </>
  );
}

function Issued({ onTake }: { readonly onTake: (wanted: Wanted) => void }) {
  const issued = useQuery(issuedQuery);
  return (
    <Section title="Issued and still good">
      <Answer query={issued} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">
              No token, and no certificate of a console, a laptop or a clinic, is good now. They are issued
              with <code>ward fleet token</code> and <code>ward fleet certify</code>; clinics issue the tokens
              of their own people, which are not known here.
            </p>
          ) : (
            <ul className="fleet-list">
              {items.map((one) => (
                <Good key={`${one.kind} ${one.value}`} one={one} onTake={onTake} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Section>
  );
}

function Good({
  one,
  onTake,
}: {
  readonly one: IssuedList['items'][number];
  readonly onTake: (wanted: Wanted) => void;
}) {
  const { kind, value, issuedAt, endsAt, holder, mayTakeBack } = one;
  const title = KINDS[kind].title;
  return (
    <li>
      <p>
        {title} <Holder of={one} /> <span className="code small muted">{value}</span>{' '}
        {mayTakeBack ? (
          <Button
            size="compact-xs"
            aria-label={`Revoke the ${title.toLowerCase()} of ${holder}, ${value}`}
            onClick={() => onTake({ kind, value, what: `${title.toLowerCase()} of ${holder}` })}
          >
            Revoke
          </Button>
        ) : null}
      </p>
      <p className="muted small">
        issued <RelativeTime at={issuedAt} />, ends <RelativeTime at={endsAt} />
      </p>
    </li>
  );
}

function TakeBack({ wanted, onClose }: { readonly wanted: Wanted; readonly onClose: () => void }) {
  const [kind, setKind] = useState<Kind>(wanted.kind);
  const [value, setValue] = useState(wanted.value);
  const [why, setWhy] = useState('');
  // Nothing is said of what was not typed yet.
  const problem =
    value === '' || value === 'person:' || namesRevocable(kind, value.trim()) ? null : KINDS[kind].form;
  return (
    <ConfirmDialog
      title={wanted.what === null ? 'Revoke' : `Revoke the ${wanted.what}`}
      verb="Revoke"
      danger={true}
      opened={true}
      onClose={onClose}
      onConfirm={async () => {
        const answer = await takenBackClient.fleet['taken-back'].$post({ json: { kind, value, why } });
        const { new: isNew } = await answer.json();
        await refreshFleet();
        showToast(isNew ? 'Revoked; units hear of it with their next report.' : 'It was revoked before.');
      }}
    >
      <div className="stack">
        <p>It is believed no longer, by no unit, console or gateway. This cannot be undone.</p>
        {wanted.what === null ? (
          <>
            <Select
              label="What"
              allowDeselect={false}
              data={Object.entries(KINDS).map(([id, { title }]) => ({ value: id, label: title }))}
              value={kind}
              onChange={(next) => {
                setKind((next ?? 'person') as Kind);
                setValue(next === 'person' ? 'person:' : '');
              }}
            />
            <TextInput
              label={KINDS[kind].label}
              description={KINDS[kind].hint}
              withAsterisk={true}
              maxLength={128}
              error={problem}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
            />
          </>
        ) : (
          <p className="code small">{value}</p>
        )}
        <ReasonField
          description="Stands in the ledger and in this list."
          value={why}
          onChange={setWhy}
          first={wanted.what !== null}
        />
      </div>
    </ConfirmDialog>
  );
}
