// On a supplier's record: what of theirs is in the releases, and until when they support it.
import { useQuery } from '@tanstack/react-query';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { suppliedQuery } from './platform-queries.ts';

const SHOWN_RELEASES = 5;

export function Panel({ record }: { readonly record: RecordView }) {
  const supplied = useQuery(suppliedQuery(record.key));
  return (
    <Section title="What they supply">
      <Answer query={supplied} lines={3}>
        {(items) =>
          items.length === 0 ? (
            <p className="muted">
              No component of a release names {record.title} as its supplier. A supplier that an SBOM leaves
              out can be completed on the release's Quality tab.
            </p>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keys
            <section className="small-table" aria-label="Components they supply" tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Component</th>
                    <th scope="col">Versions</th>
                    <th scope="col">Support</th>
                    <th scope="col">Ends</th>
                    <th scope="col">Releases</th>
                    <th scope="col">Written as</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((item) => (
                    <tr key={item.name}>
                      <td>{item.name}</td>
                      <td>{item.versions.join(', ') || <span className="muted">none given</span>}</td>
                      <td>{item.supportLevel ?? <span className="muted">not known</span>}</td>
                      <td>{item.endOfSupport ?? <span className="muted">not known</span>}</td>
                      <td>
                        {item.releases.slice(0, SHOWN_RELEASES).map((release) => (
                          <span key={release.key} title={release.title}>
                            <AppLink
                              to={`/releases/${release.key}`}
                              search={{ tab: 'components', q: item.name }}
                            >
                              {release.key}
                            </AppLink>{' '}
                          </span>
                        ))}
                        {item.releases.length > SHOWN_RELEASES
                          ? `and ${item.releases.length - SHOWN_RELEASES} more`
                          : null}
                      </td>
                      <td className="muted">{item.written}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </Answer>
    </Section>
  );
}
