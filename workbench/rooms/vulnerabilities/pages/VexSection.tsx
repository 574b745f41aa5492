// Statements of suppliers about a release, or from a supplier: import, what came, each original.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { ImportedFile, InForce } from '../../components/pages/ImportedFile.tsx';
import type { VulnerabilitiesApi } from '../api.ts';
import type { VexDocumentView } from '../vex/api.ts';
import { VexUpload } from './VexUpload.tsx';

const api = client<VulnerabilitiesApi>();

export interface VexAbout {
  readonly release?: string;
  readonly supplier?: string;
}

const documentsQuery = (about: VexAbout) =>
  queryOptions({
    queryKey: ['vex', 'documents', about],
    queryFn: async () => (await api.vex.documents.$get({ query: { ...about } })).json(),
  });

export function VexSection(about: VexAbout) {
  const documents = useQuery(documentsQuery(about));
  return (
    <Answer query={documents}>
      {({ items, mayImport }) => (
        <>
          {mayImport ? <VexUpload {...about} /> : null}
          <Section title="Statements of suppliers">
            {items.length === 0 ? (
              <EmptyState
                what="No statements yet"
                why="Suppliers say in VEX documents which flaws concern their products. They are evidence for your decisions and never decide by themselves."
                action={
                  mayImport ? null : (
                    <p className="muted small">
                      A security lead, developer or incident handler can import them.
                    </p>
                  )
                }
              />
            ) : (
              <ul className="lines">
                {items.map((item) => (
                  <OneDocument key={item.id} item={item} />
                ))}
              </ul>
            )}
          </Section>
        </>
      )}
    </Answer>
  );
}

function OneDocument({ item }: { readonly item: VexDocumentView }) {
  return (
    <ImportedFile
      hash={item.hash}
      warnings={item.warnings}
      original={{ href: `/api/vex/documents/${item.id}/original`, name: item.fileName }}
    >
      <p className="row">
        <strong>{item.name}</strong>
        <span>{item.author || 'Unnamed author'}</span>
        <InForce current={item.current} />
        {item.supplier ? (
          <span className="muted">
            supplier <KeyLink recordKey={item.supplier.key} />
          </span>
        ) : (
          <StateBadge tone="question">Not from a known supplier</StateBadge>
        )}
      </p>
      <p className="small muted">
        {item.format}
        {item.version === '' ? '' : `, version ${item.version}`}
        {item.tlp === null ? '' : `, TLP:${item.tlp}`}: {item.statements}{' '}
        {item.statements === 1 ? 'statement' : 'statements'}, {item.applied} about what is known here
        {item.release ? (
          <>
            {' '}
            (only for <AppLink to={`/releases/${item.release.key}`}>{item.release.title}</AppLink>)
          </>
        ) : null}
        . Imported <RelativeTime at={item.importedAt} />
      </p>
    </ImportedFile>
  );
}
