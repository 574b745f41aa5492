// The SBOMs of a release: import, those in force, those that were replaced; each original as it came.
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../../web/design/Answer.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { PersonName } from '../../../web/design/PersonName.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import type { SbomView } from '../api.ts';
import { sbomsQuery } from './components-queries.ts';
import { ImportedFile, InForce } from './ImportedFile.tsx';
import { SbomUpload } from './SbomUpload.tsx';
import { sizeWords } from './upload-words.ts';

export function SbomSection({ release }: { readonly release: string }) {
  const sboms = useQuery(sbomsQuery(release));
  return (
    <Answer query={sboms}>
      {({ items, mayImport }) => {
        const present = items.filter((item) => item.current);
        const replaced = items.filter((item) => !item.current);
        return (
          <>
            {mayImport ? <SbomUpload release={release} /> : null}
            <Section title="In force">
              {present.length === 0 ? (
                <EmptyState
                  what="No SBOM yet"
                  why="Components, coverage and findings of this release come from its SBOMs."
                  action={
                    mayImport ? null : (
                      <p className="muted small">
                        A security lead, developer or release manager of the product can import one.
                      </p>
                    )
                  }
                />
              ) : (
                <SbomList items={present} />
              )}
            </Section>
            {replaced.length > 0 ? (
              <Section title="Replaced">
                <SbomList items={replaced} />
              </Section>
            ) : null}
          </>
        );
      }}
    </Answer>
  );
}

function SbomList({ items }: { readonly items: readonly SbomView[] }) {
  return (
    <ul className="lines">
      {items.map((item) => (
        <ImportedFile
          key={item.id}
          hash={item.hash}
          warnings={item.warnings}
          original={{ href: `/api/sboms/${item.id}/original`, name: item.fileName }}
        >
          <p className="row">
            <strong>{item.part === '' ? 'Whole release' : item.part}</strong>
            <InForce current={item.current} />
            <span className="muted">
              {item.format}, {item.components} components
            </span>
          </p>
          <p className="small muted">
            {item.fileName}, {sizeWords(item.size)}
            {item.createdAt === null ? ', made at an unknown time' : `, made ${item.createdAt.slice(0, 10)}`}
            {item.tools.length === 0 ? '' : ` by ${item.tools.join(', ')}`}; imported{' '}
            <RelativeTime at={item.importedAt} /> by <PersonName person={item.importedBy} />
          </p>
        </ImportedFile>
      ))}
    </ul>
  );
}
