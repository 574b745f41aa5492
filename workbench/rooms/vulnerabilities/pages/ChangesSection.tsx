// What changed since another release: vulnerabilities that came and went, then the components.
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { client } from '../../../web/client.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { fewRecordsQuery } from '../../../web/queries.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { DifferenceTable } from '../../components/pages/DifferenceTable.tsx';
import type { VulnerabilitiesApi } from '../api.ts';
import type { Flaw } from '../flaw-diff-api.ts';

const api = client<VulnerabilitiesApi>();

/** Keys count up, so the release before is the nearest lower one. */
const numberOf = (key: string) => Number(/\d+$/.exec(key)?.[0] ?? 0);

export function ChangesSection({ release }: { readonly release: RecordView }) {
  const [search, setSearch] = useSearchState();
  const releases = useQuery(
    fewRecordsQuery({ kind: 'release', product: release.productId ?? undefined, sort: 'key', order: 'asc' }),
  );
  return (
    <Answer query={releases} lines={4}>
      {({ items }) => {
        const others = items.filter((one) => one.id !== release.id);
        const against =
          others.find((one) => one.key === search.against)?.key ??
          (others.filter((one) => numberOf(one.key) < numberOf(release.key)).at(-1) ?? others[0])?.key;
        if (against === undefined)
          return (
            <EmptyState
              what="Nothing to compare with"
              why="The product has no other release; two are needed for a difference."
            />
          );
        return (
          <div className="stack">
            <NativeSelect
              label="Compared with"
              value={against}
              onChange={(event) => setSearch({ against: event.currentTarget.value })}
              data={others.map((one) => ({ value: one.key, label: `${one.key} ${one.title}` }))}
              style={{ maxWidth: '24rem' }}
            />
            <Flaws release={release.key} against={against} />
            <Section title="Components">
              <DifferenceTable release={release.key} against={against} />
            </Section>
          </div>
        );
      }}
    </Answer>
  );
}

function Flaws({ release, against }: { readonly release: string; readonly against: string }) {
  const found = useQuery({
    queryKey: ['flaw-diff', release, against],
    queryFn: async () =>
      (await api.releases[':release']['flaw-diff'].$get({ param: { release }, query: { against } })).json(),
  });
  return (
    <Section title="Vulnerabilities">
      <Answer query={found} lines={4}>
        {({ introduced, fixed, unknown, remaining, whole, notWatched, ...counts }) => (
          <div className="stack">
            <p>
              {counts.introducedCount} introduced, {counts.fixedCount} gone,{' '}
              {counts.unknownCount > 0 ? `${counts.unknownCount} unknown, ` : ''}
              {remaining} in both.
              {whole ? '' : ' There are more than are compared here.'}
            </p>
            {notWatched.before + notWatched.after > 0 ? (
              <p className="muted small">
                Of {notWatched.before} components of {against} and {notWatched.after} of {release} nothing can
                be said: they are not watched.
              </p>
            ) : null}
            <FlawList title="Introduced" release={release} flaws={introduced} />
            <FlawList title="Gone" release={against} flaws={fixed} />
            {unknown.length > 0 ? (
              <p className="muted small">
                Unknown: the component is still in {release}, but it has no identity there that is watched.
              </p>
            ) : null}
            <FlawList title="Unknown" release={against} flaws={unknown} />
          </div>
        )}
      </Answer>
    </Section>
  );
}

const SHOWN = 50;

function FlawList({
  title,
  release,
  flaws,
}: {
  readonly title: string;
  readonly release: string;
  readonly flaws: readonly Flaw[];
}) {
  if (flaws.length === 0) return null;
  return (
    <details className="more" open={flaws.length <= 10}>
      <summary>
        {title}: {flaws.length}
      </summary>
      <ul className="lines">
        {flaws.slice(0, SHOWN).map((flaw) => (
          <li key={`${flaw.vulnerability} ${flaw.place}`}>
            <AppLink to="/findings" search={{ release, q: flaw.vulnerability }}>
              {flaw.vulnerability}
            </AppLink>{' '}
            {flaw.component} {flaw.versions.join(', ')}, {flaw.level}
          </li>
        ))}
      </ul>
      {flaws.length > SHOWN ? <p className="muted small">The first {SHOWN} are shown.</p> : null}
    </details>
  );
}
