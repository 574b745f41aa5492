// The first page: what waits, worst first; where the releases stand; what has happened.
import { IconPackage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { MAKER_ROLES } from '../../../kernel/people/roles.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { isoDay } from '../../../web/design/time.ts';
import { productsQuery } from '../../../web/queries.ts';
import { useMe } from '../../../web/session.ts';
import type { TodayView } from '../api.ts';
import { Drafts, FlaggedRisks, Reopened, SuspectLinks, ThreatsToAccept, ToSign } from './Lists.tsx';
import { News } from './News.tsx';
import { Recent } from './Recent.tsx';
import { Releases } from './Releases.tsx';
import { todayQuery } from './today-queries.ts';
import { UndecidedFindings } from './UndecidedFindings.tsx';
import './today.css';

export function Page() {
  const me = useMe();
  const today = useQuery(todayQuery);
  const products = useQuery(productsQuery);
  const makes = me.roles.some(({ role }) => MAKER_ROLES.includes(role));
  return (
    <PageFrame
      title="Today"
      wide={true}
      meta={
        <>
          <span>{isoDay(new Date())}</span>
          <span>{me.name}</span>
          {makes ? null : <span>You read; others decide and sign.</span>}
        </>
      }
    >
      <Answer query={today} lines={14}>
        {(shown) =>
          products.data?.items.length === 0 ? <NothingYet /> : <Overview today={shown} makes={makes} />
        }
      </Answer>
    </PageFrame>
  );
}

function NothingYet() {
  return (
    <EmptyState
      icon={<IconPackage size={28} aria-hidden="true" />}
      what="There is no product that you can see"
      why="Everything in Ward hangs on a product: add one and a release, import its SBOM, and this page says what waits for you."
      action={
        <span className="row">
          <AppLink to="/new/product">New product</AppLink>
          <AppLink to="/people">People and roles</AppLink>
        </span>
      }
    />
  );
}

function Overview({ today, makes }: { readonly today: TodayView; readonly makes: boolean }) {
  return (
    <>
      <Numbers today={today} makes={makes} />
      <div className="today">
        <div>
          <News news={today.news} />
          <Releases />
          {makes ? <ToSign items={today.toSign} /> : null}
          <Reopened items={today.reopened} />
          <FlaggedRisks items={today.flagged} />
          <ThreatsToAccept items={today.threats} />
          <SuspectLinks items={today.suspect} />
          {makes ? <Drafts items={today.drafts} /> : null}
        </div>
        <aside aria-label="Findings and recent changes">
          <UndecidedFindings findings={today.findings} />
          <Recent entries={today.recent} />
        </aside>
      </div>
    </>
  );
}

interface Figure {
  readonly id: string;
  readonly title: string;
  readonly count: number;
}

/** What waits, as numbers; each leads to its list. */
function Numbers({ today, makes }: { readonly today: TodayView; readonly makes: boolean }) {
  const figures: readonly Figure[] = [
    ...(makes ? [{ id: 'to-sign', title: 'to sign', count: today.toSign.length }] : []),
    { id: 'undecided', title: 'findings to decide', count: today.findings.undecided },
    { id: 'reopened', title: 're-opened', count: today.reopened.length },
    { id: 'flagged', title: 'risks flagged', count: today.flagged.length },
    {
      id: 'threats',
      title: today.threats.length === 1 ? 'model with other threats' : 'models with other threats',
      count: today.threats.length,
    },
    { id: 'suspect', title: 'links to confirm', count: today.suspect.length },
    ...(makes ? [{ id: 'drafts', title: 'drafts of yours', count: today.drafts.length }] : []),
  ];
  return (
    <nav className="numbers" aria-label="What waits">
      {figures.map(({ id, title, count }) => (
        <a
          key={id}
          href={`#${id}`}
          className={count === 0 ? 'numbers__one numbers__one--none' : 'numbers__one'}
        >
          <span className="numbers__count">
            {count >= LIST_MAX && id !== 'undecided' ? `${LIST_MAX}+` : count}
          </span>
          <span>{title}</span>
        </a>
      ))}
    </nav>
  );
}

// The server names this many of each; findings are counted whole.
const LIST_MAX = 50;
