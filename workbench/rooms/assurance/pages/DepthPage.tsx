// Defence in depth of a release: what misses controls that count, and the ways to it. What is chosen stands in the address.
import { NativeSelect } from '@mantine/core';
import { IconShieldHalf } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { useProduct } from '../../../web/product.ts';
import { fewRecordsQuery } from '../../../web/queries.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { useGo } from '../../../web/use-go.ts';
import type { AssuranceView } from '../views.ts';
import { DepthTable } from './DepthTable.tsx';
import { depthQuery } from './depth-queries.ts';
import { missingOf } from './depth-words.ts';
import { TargetWays } from './TargetWays.tsx';
import { WhatIf } from './WhatIf.tsx';
import './depth.css';

export function Page() {
  const { key } = useParams({ strict: false }) as { key?: string };
  return key === undefined ? <NewestRelease /> : <Depth key={key} release={key} />;
}

/** Without a release in the address: the newest of the product that the reader works on. */
function NewestRelease() {
  const { product } = useProduct();
  const releases = useQuery({
    ...fewRecordsQuery({ kind: 'release', product: product?.id, sort: 'key', order: 'desc' }),
    enabled: product !== undefined,
  });
  const list = releases.data?.items;
  const release = list?.find(({ state }) => state === 'released') ?? list?.[0];
  if (release) return <Depth key={release.key} release={release.key} />;
  return (
    <PageFrame title="Defence in depth">
      {product && !list ? (
        <Loading lines={8} />
      ) : (
        <EmptyState
          icon={<IconShieldHalf size={28} aria-hidden="true" />}
          what="No release yet"
          why="Controls count in a release: each is tested in it. Create the release first."
          action={<AppLink to="/new/release">New release</AppLink>}
        />
      )}
    </PageFrame>
  );
}

function Depth({ release }: { readonly release: string }) {
  const [search] = useSearchState();
  const answer = useQuery(depthQuery(release, search.target));
  return (
    <PageFrame
      title="Defence in depth"
      wide={true}
      meta={
        answer.data ? <Meta view={answer.data} /> : <AppLink to={`/releases/${release}`}>{release}</AppLink>
      }
    >
      <Answer query={answer} lines={12}>
        {(view) => (view.model ? <Loaded view={view} /> : <NoModel view={view} />)}
      </Answer>
    </PageFrame>
  );
}

function Meta({ view }: { readonly view: AssuranceView }) {
  return (
    <>
      <AppLink to={`/releases/${view.release.key}`}>{view.release.key}</AppLink> {view.release.title}
      {view.model ? (
        <span>
          on <AppLink to={`/r/${view.model.key}`}>{view.model.key}</AppLink> revision {view.model.revision}
          {view.model.linked ? '' : ' (the newest model; none is linked to this release)'}
        </span>
      ) : null}
      <span>
        {view.policy.plan === null ? (
          "No approved plan: Ward's default policy is used"
        ) : (
          <>
            Policy of <AppLink to={`/r/${view.policy.plan}`}>{view.policy.plan}</AppLink>
          </>
        )}
      </span>
    </>
  );
}

function NoModel({ view }: { readonly view: AssuranceView }) {
  return (
    <EmptyState
      icon={<IconShieldHalf size={28} aria-hidden="true" />}
      what="No system model yet"
      why={`Ways to harm are found on the system model of ${view.release.title}: elements, flows, zones, attackers.`}
      action={<AppLink to="/new/system-model">Draw the system model</AppLink>}
    />
  );
}

function Loaded({ view }: { readonly view: AssuranceView }) {
  const [search, set] = useSearchState();
  const attacker = view.attackers.some(({ id }) => id === search.attacker) ? (search.attacker ?? null) : null;
  const depths = view.depths.filter((depth) => depth.attacker === attacker);
  const missing = depths.filter((depth) => missingOf(depth) > 0).length;
  const chosen = depths.find((depth) => depth.target === search.target);
  return (
    <>
      <p className="depth-lead">
        {depths.length === 0
          ? 'The model names no safety function and no data.'
          : missing === 0
            ? 'Every target that can be reached has as many counted controls on each way as the policy asks for.'
            : `${missing} of ${depths.length} targets have a way with fewer counted controls than the policy asks for.`}{' '}
        <span className="muted">
          A control counts when a verification of it passed in this release and nothing that implements it is
          affected; else it is a claim.
        </span>
      </p>
      <div className="row depth-choices">
        <ReleaseChoice release={view.release.key} />
        <NativeSelect
          label="Attacker"
          value={attacker ?? ''}
          onChange={(event) => set({ attacker: event.currentTarget.value })}
          data={[
            { value: '', label: 'All together' },
            ...view.attackers.map(({ id, title }) => ({ value: id, label: title })),
          ]}
        />
      </div>
      <DepthTable view={view} depths={depths} />
      {chosen ? <TargetWays view={view} depth={chosen} /> : null}
      <WhatIf view={view} attacker={attacker} chosen={chosen} />
      {view.notes.length > 0 ? (
        <ul className="muted small">
          {view.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function ReleaseChoice({ release }: { readonly release: string }) {
  const go = useGo();
  const [search] = useSearchState();
  const { product } = useProduct();
  const releases = useQuery({
    ...fewRecordsQuery({ kind: 'release', product: product?.id, sort: 'key', order: 'desc' }),
    enabled: product !== undefined,
  });
  const list = releases.data?.items ?? [];
  if (!list.some(({ key }) => key === release)) return null;
  return (
    <NativeSelect
      label="Release"
      value={release}
      onChange={(event) => go(`/releases/${event.currentTarget.value}/depth`, search)}
      data={list.map(({ key, title }) => ({ value: key, label: `${key} ${title}` }))}
    />
  );
}
