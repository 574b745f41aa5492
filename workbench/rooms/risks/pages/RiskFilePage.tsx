// The risk management file of a product on one page: plan, roles, policy, safety file, model, threats, risks, what is due, what is
// missing. It says which evidence there is, not whether that is enough.
import { IconFileCertificate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type Role, roleTitle } from '../../../kernel/people/roles.ts';
import type { RecordSummary } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { PersonName } from '../../../web/design/PersonName.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useProduct } from '../../../web/product.ts';
import { useKinds } from '../../../web/queries.ts';
import { Matrix, MatrixLegend } from '../../products/pages/Matrix.tsx';
import type { RiskPolicy } from '../../products/policy.ts';
import type { RiskFileView } from '../contract.ts';
import { riskFileQuery } from './risk-queries.ts';
import { Statement } from './Statement.tsx';
import './risks.css';
import { TableBox } from './TableBox.tsx';

export function Page() {
  const { product } = useProduct();
  const file = useQuery({ ...riskFileQuery(product?.id ?? ''), enabled: product !== undefined });
  return (
    <PageFrame
      title="Risk management file"
      meta={
        <>
          {product ? <AppLink to={`/products/${product.key}`}>{product.title}</AppLink> : null}
          <span>IEC 81001-5-1 4.1, 7; ISO 14971 4</span>
        </>
      }
    >
      {product === undefined ? (
        <EmptyState
          icon={<IconFileCertificate size={28} aria-hidden="true" />}
          what="No product is chosen"
          why="Every product has a risk management file of its own, from design to decommissioning."
          action={<AppLink to="/products">Products</AppLink>}
        />
      ) : (
        <Answer query={file} lines={14}>
          {(found) => <Loaded file={found} />}
        </Answer>
      )}
    </PageFrame>
  );
}

function Loaded({ file }: { readonly file: RiskFileView }) {
  return (
    <>
      <Missing file={file} />
      <div className="file-parts">
        <Plan file={file} />
        <SafetyFile file={file} />
        <Records file={file} />
        <Section
          title="Residual risk"
          aside={
            <AppLink to="/risks" search={{ product: file.product.id }}>
              All risks
            </AppLink>
          }
        >
          {file.statement.total === 0 ? (
            <p className="muted">No risk has been judged yet.</p>
          ) : (
            <Statement statement={file.statement} />
          )}
        </Section>
      </div>
      <Roles file={file} />
      <div className="file-parts">
        <Section title="Acceptance matrix">
          <div className="stack">
            <Matrix label="Acceptance matrix in force" policy={file.policy as unknown as RiskPolicy} />
            <MatrixLegend />
          </div>
        </Section>
        <Releases file={file} />
      </div>
    </>
  );
}

function Missing({ file }: { readonly file: RiskFileView }) {
  return (
    <Section
      title={
        file.missing.length === 0
          ? 'Nothing that Ward knows of is missing'
          : `Missing: ${file.missing.length}`
      }
    >
      {file.missing.length === 0 ? (
        <p className="muted">That is no statement that the file is enough; people judge that.</p>
      ) : (
        <ul className="missing lines risk-lines">
          {file.missing.map(({ what, remedy, to }) => {
            const [path = '/', query] = to.split('?');
            return (
              <li key={what}>
                <span className="grow">{what}</span>
                <AppLink to={path} search={Object.fromEntries(new URLSearchParams(query ?? ''))}>
                  {remedy}
                </AppLink>
              </li>
            );
          })}
        </ul>
      )}
      {file.due.length > 0 ? (
        <>
          <h3>Due within 30 days, or over</h3>
          <ul className="lines risk-lines">
            {file.due.map(({ record, on, what }) => (
              <li key={`${record.key} ${what}`} className="row">
                <time dateTime={on}>{on}</time>
                <span className="grow">
                  {what}: <KeyLink recordKey={record.key} title={record.title} />
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </Section>
  );
}

function Line({ record }: { readonly record: RecordSummary }) {
  const kind = useKinds().find((one) => one.kind === record.kind);
  return (
    <p className="row">
      <span className="grow">
        <KeyLink recordKey={record.key} title={record.title} />
      </span>
      <RecordState kind={kind} state={record.state} />
    </p>
  );
}

function Plan({ file }: { readonly file: RiskFileView }) {
  const { plan, signatures, inForce, product } = file;
  return (
    <Section
      title="Plan"
      aside={
        <AppLink to={`/products/${product.key}/plan`}>{plan ? 'Change the plan' : 'Write the plan'}</AppLink>
      }
    >
      {plan ? (
        <div className="stack">
          <Line record={plan} />
          <p className="small">
            Revision {plan.revision}.{' '}
            {inForce
              ? `In force: ${inForce.key} as approved in revision ${inForce.revision}.`
              : "Never approved: Ward's default policy stands in."}
          </p>
          {signatures.length === 0 ? (
            <p className="small muted">Nobody has signed it.</p>
          ) : (
            <ul className="small">
              {signatures.map(({ revision, signer, meaning, at }) => (
                <li key={`${at} ${signer}`}>
                  Revision {revision}: {signer}, {meaning}, <RelativeTime at={at} />
                </li>
              ))}
            </ul>
          )}
        </div>
      ) : (
        <p className="muted">
          No plan yet. It says by which policy risks are judged, before the work begins.
        </p>
      )}
    </Section>
  );
}

function SafetyFile({ file }: { readonly file: RiskFileView }) {
  const { harms, gone, last } = file.safetyFile;
  return (
    <Section
      title="Safety file"
      aside={
        <AppLink to="/harms/import" search={{ product: file.product.id }}>
          {harms === 0 ? 'Import it' : 'Import it again'}
        </AppLink>
      }
    >
      <p>
        <AppLink to="/records/harm" search={{ product: file.product.id }}>
          {harms} harms
        </AppLink>
        {gone > 0 ? `, ${gone} gone from the file` : ''}.
      </p>
      {last ? (
        <p className="small">
          Last from {last.fileName} ({last.format.toUpperCase()}), <RelativeTime at={last.at} /> by{' '}
          <PersonName person={last.by} />. SHA-256 <code>{last.sha256.slice(0, 16)}</code>
        </p>
      ) : (
        <p className="small muted">
          {harms > 0 ? 'Where they came from is not on record as an import.' : 'It was never imported.'}
        </p>
      )}
    </Section>
  );
}

const SHOWN = ['attacker', 'threat', 'risk', 'requirement', 'control', 'verification'] as const;

function Records({ file }: { readonly file: RiskFileView }) {
  const kinds = useKinds();
  return (
    <Section title="What hangs on it">
      {file.model ? <Line record={file.model} /> : <p className="muted">No system model yet.</p>}
      <TableBox label="Records by state">
        <table>
          <tbody>
            {SHOWN.map((name) => {
              const kind = kinds.find((one) => one.kind === name);
              const counts = file.counts[name];
              const total = Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
              return (
                <tr key={name}>
                  <th scope="row">
                    <AppLink
                      to={name === 'risk' ? '/risks' : `/records/${name}`}
                      search={{ product: file.product.id }}
                    >
                      {kind?.plural ?? name}
                    </AppLink>
                  </th>
                  <td>{total === 0 ? <span className="muted">none</span> : total}</td>
                  <td className="small muted">
                    {Object.entries(counts ?? {})
                      .map(
                        ([state, count]) =>
                          `${count} ${(kind?.states.find((one) => one.id === state)?.title ?? state).toLowerCase()}`,
                      )
                      .join(', ')}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </TableBox>
      {file.suspect > 0 ? (
        <p>
          <StateBadge tone="stale">{file.suspect} suspect links</StateBadge>
        </p>
      ) : null}
    </Section>
  );
}

function Roles({ file }: { readonly file: RiskFileView }) {
  return (
    <Section title="Roles" aside={<AppLink to="/people">People and access</AppLink>}>
      {file.roles.length === 0 ? (
        <p className="muted">The plan names no roles yet.</p>
      ) : (
        <TableBox label="Roles and who holds them">
          <table>
            <thead>
              <tr>
                <th scope="col">Role</th>
                <th scope="col">Held by</th>
                <th scope="col">Training on record</th>
                <th scope="col">Independence (at least)</th>
              </tr>
            </thead>
            <tbody>
              {file.roles.map(({ role, training, independence, holders }) => (
                <tr key={role}>
                  <th scope="row">{roleTitle(role as Role)}</th>
                  <td>
                    {holders.length === 0 ? (
                      <StateBadge tone="attention">Nobody</StateBadge>
                    ) : (
                      holders.map((holder) => (
                        <p key={holder.key}>
                          <PersonName person={holder.person} />
                        </p>
                      ))
                    )}
                  </td>
                  <td className="small">
                    {holders.map((holder) => (
                      <p key={holder.key}>
                        {holder.training || (
                          <span className="not-assessed">Not given; needed: {training || 'nothing'}</span>
                        )}
                      </p>
                    ))}
                  </td>
                  <td className="small">
                    {holders.map((holder) => (
                      <p key={holder.key}>
                        {holder.independence}
                        {holder.independentEnough ? '' : ' (too near)'}
                      </p>
                    ))}
                    <span className="muted">({independence})</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </Section>
  );
}

function Releases({ file }: { readonly file: RiskFileView }) {
  return (
    <Section title="Releases and their life">
      {file.releases.length === 0 ? (
        <p className="muted">No release yet.</p>
      ) : (
        file.releases.map((release) => <Line key={release.id} record={release} />)
      )}
    </Section>
  );
}
