import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { fewRecordsQuery } from '../../../web/queries.ts';
import { ReleaseTable } from '../../products/pages/ReleaseTable.tsx';

// Each row asks two questions of its own; the others are one step away.
const SHOWN = 6;

/** Releases in the field and on their way, those that changed last first. */
export function Releases() {
  const releases = useQuery(
    fewRecordsQuery(
      { kind: 'release', state: 'planned,released,end-of-support', sort: 'updated', order: 'desc' },
      SHOWN + 1,
    ),
  );
  return (
    <Section title="Releases" aside={<AppLink to="/products">All products</AppLink>}>
      <Answer query={releases} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">
              No release yet. <AppLink to="/new/release">Add one</AppLink>, then import its SBOM: its
              components are watched from then on.
            </p>
          ) : (
            <ReleaseTable releases={items.slice(0, SHOWN)} />
          )
        }
      </Answer>
    </Section>
  );
}
