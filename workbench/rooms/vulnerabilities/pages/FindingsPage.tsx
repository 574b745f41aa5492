import { IconShieldSearch } from '@tabler/icons-react';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { FindingTable } from './FindingTable.tsx';

/** Findings of all releases that are not at their end of life. */
export function Page() {
  return (
    <PageFrame
      title="Findings"
      wide={true}
      meta={<span>Known flaws in components of your releases, as the imported advisories say.</span>}
    >
      <FindingTable
        empty={
          <EmptyState
            icon={<IconShieldSearch size={28} aria-hidden="true" />}
            what="No findings"
            why="A finding appears when a component of a release matches an advisory. It needs both: SBOMs and imported advisories. None is no proof that there are no flaws."
            action={
              <span className="row">
                <AppLink to="/products">Import an SBOM into a release</AppLink>
                <AppLink to="/knowledge">Import advisories</AppLink>
              </span>
            }
          />
        }
      />
    </PageFrame>
  );
}
