// One release: summary, SBOMs, components, tree, findings; which of them is shown stands in the address.
import { IconEdit } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { ActionView, RecordView } from '../../../kernel/records/contract.ts';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { recordQuery, useKind } from '../../../web/queries.ts';
import { StepDialog } from '../../../web/record/StepDialog.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import { useGo } from '../../../web/use-go.ts';
import { ComponentTable } from '../../components/pages/ComponentTable.tsx';
import { ComponentTree } from '../../components/pages/ComponentTree.tsx';
import { LicenceTable } from '../../components/pages/LicenceTable.tsx';
import { QualitySection } from '../../components/pages/QualitySection.tsx';
import { SbomExport } from '../../components/pages/SbomExport.tsx';
import { SbomSection } from '../../components/pages/SbomSection.tsx';
import { ChangesSection } from './ChangesSection.tsx';
import { FindingTable } from './FindingTable.tsx';
import { Proposals } from './Proposals.tsx';
import { ReleaseSummary } from './ReleaseSummary.tsx';
import { VexExport } from './VexExport.tsx';
import { VexSection } from './VexSection.tsx';
import './findings.css';

const TABS = [
  { id: 'summary', title: 'Summary' },
  { id: 'sboms', title: 'SBOMs' },
  { id: 'components', title: 'Components' },
  { id: 'tree', title: 'Tree' },
  { id: 'quality', title: 'Quality' },
  { id: 'licences', title: 'Licences' },
  { id: 'changes', title: 'Changes' },
  { id: 'findings', title: 'Findings' },
  { id: 'statements', title: 'Statements' },
  { id: 'proposals', title: 'Taken over' },
] as const;
type Tab = (typeof TABS)[number]['id'];

export function Page() {
  const { key } = useParams({ strict: false }) as { key: string };
  const record = useQuery(recordQuery(key));
  if (record.data?.kind === 'release') return <Loaded key={record.data.id} release={record.data} />;
  return (
    <PageFrame title={key}>
      {record.data ? (
        <EmptyState
          what={`${key} is not a release`}
          why="This address is for releases."
          action={<AppLink to={`/r/${key}`}>Open {key}</AppLink>}
        />
      ) : record.error ? (
        <ProblemNotice error={record.error} onRetry={() => void record.refetch()} />
      ) : (
        <Loading lines={12} label={`Loading ${key}`} />
      )}
    </PageFrame>
  );
}

function Loaded({ release }: { readonly release: RecordView }) {
  const go = useGo();
  const kind = useKind('release');
  const [search] = useSearchState();
  const [step, setStep] = useState<ActionView | null>(null);
  const tab: Tab = TABS.find((one) => one.id === search.tab)?.id ?? 'summary';
  const edit = {
    id: 'release.edit',
    name: 'Edit',
    keys: 'e',
    section: 'This release',
    icon: IconEdit,
    visibleWhen: () => release.mayEdit,
    perform: () => go(`/r/${release.key}`, { edit: '1' }),
  };
  const steps = release.actions
    .filter((action) => action.allowed)
    .map((action) => ({
      id: `release.step.${action.id}`,
      name: action.title,
      section: 'This release',
      perform: () => setStep(action),
    }));
  useActions([edit, ...steps]);
  return (
    <PageFrame
      title={release.title}
      wide={true}
      state={<RecordState kind={kind} state={release.state} />}
      meta={
        <>
          <span className="code">{release.key}</span>
          <span>Version {String(release.body.version ?? 'not given')}</span>
          <span>{release.productTitle}</span>
          <AppLink to={`/r/${release.key}`}>Record and history</AppLink>
        </>
      }
      actions={
        <>
          <SbomExport release={release.key} />
          <VexExport release={release.key} />
          <ActionButton action={edit} />
          {steps.map((action) => (
            <ActionButton key={action.id} action={action} />
          ))}
        </>
      }
    >
      <nav className="tabs" aria-label="Parts of the release">
        {TABS.map((one) => (
          <AppLink
            key={one.id}
            to={`/releases/${release.key}`}
            search={{ tab: one.id }}
            aria-current={one.id === tab ? 'page' : undefined}
          >
            {one.title}
          </AppLink>
        ))}
      </nav>
      <h2 className="unseen">{TABS.find((one) => one.id === tab)?.title}</h2>
      <TabContent tab={tab} release={release} />
      {step && kind ? (
        <StepDialog record={release} kind={kind} action={step} onClose={() => setStep(null)} />
      ) : null}
    </PageFrame>
  );
}

function TabContent({ tab, release }: { readonly tab: Tab; readonly release: RecordView }) {
  switch (tab) {
    case 'summary':
      return <ReleaseSummary release={release} />;
    case 'sboms':
      return <SbomSection release={release.key} />;
    case 'components':
      return <ComponentTable release={release.key} />;
    case 'tree':
      return <ComponentTree release={release.key} />;
    case 'quality':
      return <QualitySection release={release.key} />;
    case 'licences':
      return <LicenceTable release={release.key} />;
    case 'changes':
      return <ChangesSection release={release} />;
    case 'findings':
      return (
        <FindingTable
          release={release.key}
          empty={
            <EmptyState
              what="No findings in this release"
              why="No imported advisory speaks of its components. Components that are not watched are not counted here, and none is no proof that there are no flaws."
              action={
                <AppLink to={`/releases/${release.key}`} search={{ tab: 'components', watch: 'not-watched' }}>
                  Show what is not watched
                </AppLink>
              }
            />
          }
        />
      );
    case 'statements':
      return <VexSection release={release.key} />;
    case 'proposals':
      return <Proposals release={release.key} />;
    default:
      return tab satisfies never;
  }
}
