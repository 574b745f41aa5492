// What a package URL means beside itself: pairs that ship with Ward, and those that people of the house added or took away.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '../../../web/design/Answer.tsx';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { showProblem, showToast } from '../../../web/design/toasts.ts';
import { useSubmit } from '../../../web/pages/use-submit.ts';
import { queryClient } from '../../../web/query-client.ts';
import { knowledgeClient } from './knowledge-queries.ts';

const aliasesQuery = queryOptions({
  queryKey: ['knowledge', 'aliases'],
  queryFn: async () => (await knowledgeClient.knowledge.aliases.$get()).json(),
});

const renew = () => queryClient.invalidateQueries({ queryKey: ['knowledge', 'aliases'] });

export function Aliases() {
  const aliases = useQuery(aliasesQuery);
  const [adding, setAdding] = useState(false);
  const end = async (id: string) => {
    try {
      await knowledgeClient.knowledge.aliases[':id'].end.$post({ param: { id } });
      await renew();
      showToast('It holds no more; components are compared anew.');
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <Section
      title="Names of one thing"
      aside={
        aliases.data?.mayChange ? <Button onClick={() => setAdding(true)}>Add a pair…</Button> : undefined
      }
    >
      <Answer query={aliases} lines={3}>
        {({ house, curated, mayChange }) => (
          <div className="stack">
            <p className="muted">
              A package URL and a CPE may name the same component. {curated.length} pairs ship with Ward; the
              house can add its own, or take one away.
            </p>
            {house
              .filter((alias) => alias.endedAt === null)
              .map((alias) => (
                <div key={alias.id}>
                  <p className="wrap-anywhere">
                    <code className="code">{alias.purl}</code> {alias.effect === 'joins' ? 'is' : 'is not'}{' '}
                    <code className="code">{alias.target}</code>
                  </p>
                  <p className="muted small">
                    {alias.reason} <RelativeTime at={alias.addedAt} />
                    {alias.addedBy ? ` by ${alias.addedBy.name}` : ''}.{' '}
                    {mayChange ? (
                      <button
                        type="button"
                        className="link-button"
                        aria-label={`End the pair of ${alias.purl}`}
                        onClick={() => void end(alias.id)}
                      >
                        End
                      </button>
                    ) : null}
                  </p>
                </div>
              ))}
            <details className="more">
              <summary>The pairs that ship with Ward</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keys */}
              <section className="small-table" aria-label="Pairs that ship with Ward" tabIndex={0}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Package URL</th>
                      <th scope="col">Is also</th>
                    </tr>
                  </thead>
                  <tbody>
                    {curated.map(({ purl, target }) => (
                      <tr key={`${purl} ${target}`}>
                        <td className="code">{purl}</td>
                        <td className="code">{target}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
            </details>
          </div>
        )}
      </Answer>
      {adding ? <AddDialog onClose={() => setAdding(false)} /> : null}
    </Section>
  );
}

function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const [fields, setFields] = useState({
    purl: '',
    target: '',
    effect: 'joins' as 'joins' | 'parts',
    reason: '',
  });
  const { error, busy, onSubmit } = useSubmit(async () => {
    await knowledgeClient.knowledge.aliases.$post({
      json: {
        ...fields,
        purl: fields.purl.trim(),
        target: fields.target.trim(),
        reason: fields.reason.trim(),
      },
    });
    await renew();
    showToast('Kept; components are compared anew in the background.');
    onClose();
  });
  const text = (name: 'purl' | 'target' | 'reason', label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      required={true}
      maxLength={1_000}
      {...(name === 'purl' ? { 'data-autofocus': 'true' } : {})}
      value={fields[name]}
      onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
    />
  );
  return (
    <Dialog title="Add a pair of names" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        {text('purl', 'Package URL', 'Without a version: pkg:generic/our-tls')}
        <NativeSelect
          label="It"
          value={fields.effect}
          onChange={(event) =>
            setFields({ ...fields, effect: event.currentTarget.value as 'joins' | 'parts' })
          }
          data={[
            { value: 'joins', label: 'is the same thing as' },
            { value: 'parts', label: 'is another thing than (takes a shipped pair away)' },
          ]}
        />
        {text('target', 'CPE or package URL', 'cpe:2.3:a:arm:mbed_tls, or pkg:deb/debian/openssl')}
        {text('reason', 'Why', 'It stays with the pair.')}
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy}>
            Add pair
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
