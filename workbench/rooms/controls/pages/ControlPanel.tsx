// On a control: where it stands on the model, and what proves it in which release.
import { Button, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { recordsClient } from '../../../web/client.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { fewRecordsQuery, refreshRecords } from '../../../web/queries.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { ControlView } from '../api.ts';
import { controlsQuery, type PlaceOption, placesOf, useModels } from './controls-queries.ts';
import './controls.css';

export function Panel({ record }: { readonly record: RecordView }) {
  const product = record.productId ?? undefined;
  const control = useQuery(controlsQuery(product, record.key));
  return (
    <>
      <Places key={record.revision} record={record} />
      <Section
        title="What proves it"
        aside={
          <AppLink to="/traceability" search={{ view: 'graph', key: record.key }}>
            See its thread
          </AppLink>
        }
      >
        <Answer query={control} lines={3}>
          {({ items }) =>
            items[0] ? (
              <>
                <Proofs control={items[0]} product={product} />
                <Next control={items[0]} product={product} />
              </>
            ) : null
          }
        </Answer>
      </Section>
    </>
  );
}

function Places({ record }: { readonly record: RecordView }) {
  const stored = useMemo(
    () => (Array.isArray(record.body.places) ? record.body.places.map(String) : []),
    [record.body.places],
  );
  const [places, setPlaces] = useState<readonly string[]>(stored);
  const { busy, error, run } = useRequest();
  const models = useModels(record.productId ?? undefined);
  const options = useMemo(() => placesOf(models ?? []), [models]);
  const changed = places.join('\n') !== stored.join('\n');
  const save = () =>
    run(async () => {
      await recordsClient.records[':key'].$put({
        param: { key: record.key },
        json: {
          seenRevision: record.revision,
          body: { ...record.body, places: [...places] },
          reason: 'Placed on the model.',
        },
      });
      // Told when the page shows the new revision: a step taken on the one before would be refused.
      await refreshRecords();
      showToast(`${record.key} stands at ${places.length} ${places.length === 1 ? 'place' : 'places'}.`);
    });
  return (
    <Section title="Where it stands">
      <div className="control-places stack">
        {places.length === 0 ? (
          <p className="muted">Nowhere yet: on no attack path does it count.</p>
        ) : (
          <ul>
            {places.map((id) => (
              <PlaceLine
                key={id}
                id={id}
                option={options.find((one) => one.id === id)}
                known={models !== undefined}
                onRemove={record.mayEdit ? () => setPlaces(places.filter((one) => one !== id)) : null}
              />
            ))}
          </ul>
        )}
        {record.mayEdit ? (
          <Select
            label="Add a place"
            placeholder="Search elements, flows, interfaces and zones"
            searchable={true}
            limit={50}
            value={null}
            nothingFoundMessage="Nothing of the model has this name"
            data={options
              .filter(({ id }) => !places.includes(id))
              .filter((one, at, all) => all.findIndex(({ id }) => id === one.id) === at)
              .map(({ id, title, part }) => ({ value: id, label: `${title} (${part.toLowerCase()} ${id})` }))}
            onChange={(id) => {
              if (id !== null) setPlaces([...places, id]);
            }}
          />
        ) : null}
        {error ? <ProblemNotice error={error} /> : null}
        {changed ? (
          <div className="row">
            <Button variant="filled" loading={busy} onClick={() => void save()}>
              Save places
            </Button>
            <Button onClick={() => setPlaces(stored)}>Take back</Button>
          </div>
        ) : null}
      </div>
    </Section>
  );
}

function PlaceLine({
  id,
  option,
  known,
  onRemove,
}: {
  readonly id: string;
  readonly option: PlaceOption | undefined;
  readonly known: boolean;
  readonly onRemove: (() => void) | null;
}) {
  return (
    <li>
      {option ? (
        <span className="grow">
          <AppLink to={`/system-models/${option.model}`} search={{ at: id }}>
            {option.title}
          </AppLink>{' '}
          <span className="muted small">
            {option.part} {id}
          </span>
        </span>
      ) : (
        <span className="grow">
          <span className="code">{id}</span>{' '}
          {known ? <StateBadge tone="attention">Not in the model</StateBadge> : null}
        </span>
      )}
      {onRemove ? (
        <button
          type="button"
          className="icon-button"
          aria-label={`Take away ${option?.title ?? id}`}
          onClick={onRemove}
        >
          <IconX size={15} aria-hidden="true" />
        </button>
      ) : null}
    </li>
  );
}

const OUTCOMES = { pass: ['settled', 'Passed'], fail: ['danger', 'Failed'] } as const;

interface OfProduct {
  readonly control: ControlView;
  /** Of the control: the one that is looked at elsewhere may be another. */
  readonly product: string | undefined;
}

/** What is still to be written, with the link that it needs. */
function Next({ control, product }: OfProduct) {
  return (
    <p className="row">
      <AppLink to="/new/requirement" search={{ product, link: `demands:${control.key}` }}>
        {control.requirements.length === 0
          ? 'Write the requirement that demands it'
          : 'Write another requirement'}
      </AppLink>
      <AppLink to="/new/verification" search={{ product, link: `verifies:${control.key}` }}>
        {control.verifications.length === 0 ? 'Make a verification' : 'Make another verification'}
      </AppLink>
    </p>
  );
}

/** A result counts in the release in which it ran: one way for each of the newest that has none. */
function NewResult({
  verification,
  product,
}: {
  readonly verification: ControlView['verifications'][number];
  readonly product: string | undefined;
}) {
  const releases = useQuery({
    ...fewRecordsQuery({ kind: 'release', product, sort: 'key', order: 'desc' }, 3),
    enabled: product !== undefined,
  });
  const without = (releases.data?.items ?? []).filter(
    ({ key }) => !verification.results.some(({ release }) => release === key),
  );
  if (without.length === 0) return null;
  return (
    <p className="row small">
      <span className="muted">Record a result in</span>
      {without.map(({ key, title }) => (
        <AppLink
          key={key}
          className="tap"
          to="/new/result"
          search={{ product, title: title.slice(0, 200), link: `of:${verification.key},in:${key}` }}
        >
          {key}
        </AppLink>
      ))}
    </p>
  );
}

function Proofs({ control, product }: OfProduct) {
  if (control.verifications.length === 0)
    return (
      <p>
        <StateBadge tone="attention">Nothing</StateBadge> Until a verification of it passed in a release it is
        a claim.
      </p>
    );
  return (
    <ul>
      {control.verifications.map((verification) => {
        const { key, title, results } = verification;
        return (
          <li key={key}>
            <KeyLink recordKey={key} title={title} />
            {results.length === 0 ? (
              <>
                {' '}
                <StateBadge tone="question">Not run</StateBadge>
              </>
            ) : (
              <ul>
                {results.slice(0, 20).map((result) => {
                  const [tone, word] = OUTCOMES[result.outcome as keyof typeof OUTCOMES] ?? [
                    'question',
                    'Not run',
                  ];
                  return (
                    <li key={result.key}>
                      <StateBadge tone={tone}>{word}</StateBadge> in{' '}
                      {result.release ? <KeyLink recordKey={result.release} /> : 'no release'}:{' '}
                      <KeyLink recordKey={result.key} />
                    </li>
                  );
                })}
              </ul>
            )}
            <NewResult verification={verification} product={product} />
          </li>
        );
      })}
    </ul>
  );
}
