// The plan of a product in steps: scope, environment, people, policy, life, review. Defaults fit a medical device; what is missing is
// said at each step; the approval is a signature of somebody else, on the plan's record.
import { Button, Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { INDEPENDENCE } from '../../../kernel/people/role-assignment.ts';
import { ROLES, type Role, roleTitle } from '../../../kernel/people/roles.ts';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { recordsClient } from '../../../web/client.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { dropDraft, keepDraft, readDraft } from '../../../web/forms/draft.ts';
import type { Body, Schema } from '../../../web/forms/fields.ts';
import { fieldsOf } from '../../../web/forms/fields.ts';
import { SchemaForm } from '../../../web/forms/SchemaForm.tsx';
import { fewRecordsQuery, recordQuery, refreshRecords, useKind } from '../../../web/queries.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { hasRole, mayCreate, useMe } from '../../../web/session.ts';
import { useGo } from '../../../web/use-go.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { PlannedRole } from '../plan-defaults.ts';
import { PolicyEditor } from './PolicyEditor.tsx';
import { lacks, newPlan, planOf, policyOf, STEPS, type StepId } from './plan-draft.ts';

export function Page() {
  const { key } = useParams({ strict: false }) as { key: string };
  const product = useQuery(recordQuery(key));
  return (
    <Answer query={product} lines={10}>
      {(found) => <WithPlan product={found} />}
    </Answer>
  );
}

function WithPlan({ product }: { readonly product: RecordView }) {
  const plans = useQuery(fewRecordsQuery({ kind: 'plan', product: product.id, sort: 'key' }));
  const current = plans.data?.items.find((plan) => plan.state !== 'superseded');
  const plan = useQuery({ ...recordQuery(current?.key ?? ''), enabled: current !== undefined });
  return (
    <Answer query={plans} lines={10}>
      {() =>
        current === undefined ? (
          <Wizard product={product} plan={null} />
        ) : (
          <Answer query={plan} lines={10}>
            {(found) => <Wizard key={`${found.key}@${found.revision}`} product={product} plan={found} />}
          </Answer>
        )
      }
    </Answer>
  );
}

function Wizard({ product, plan }: { readonly product: RecordView; readonly plan: RecordView | null }) {
  const me = useMe();
  const go = useGo();
  const kind = useKind('plan');
  const [search, set] = useSearchState();
  const place = `plan ${product.key}`;
  const base = plan ? planOf(plan.body, product) : newPlan(product);
  const [body, setBody] = useState<Body>(() => {
    const draft = readDraft(place);
    return draft && draft.revision === (plan?.revision ?? 0) ? draft.body : base;
  });
  const [reason, setReason] = useState('');
  const { busy, error, run } = useRequest();
  const step = STEPS.find(({ id }) => id === search.step)?.id ?? 'scope';
  const index = STEPS.findIndex(({ id }) => id === step);
  const missing = lacks(body);
  const may = plan ? plan.mayEdit : kind !== undefined && mayCreate(me, kind, product.id);
  const maySubmit = hasRole(me, ['security-lead'], product.id);
  const needsReason = plan !== null && (kind?.editReason ?? []).includes(plan.state);
  const show = (id: StepId) => {
    set({ step: id });
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.steps .choice[aria-current]')?.focus());
  };
  const change = (patch: Body) => {
    const next = { ...body, ...patch };
    setBody(next);
    keepDraft(place, { revision: plan?.revision ?? 0, base, body: next, at: new Date().toISOString() });
  };
  const save = (submit: boolean) =>
    run(async () => {
      let saved: RecordView = plan as RecordView;
      if (plan === null) {
        const made = await recordsClient.records.$post({
          json: { kind: 'plan', productId: product.id, body, reason: null },
        });
        saved = (await made.json()) as RecordView;
      } else if (JSON.stringify(body) !== JSON.stringify(plan.body)) {
        const answer = await recordsClient.records[':key'].$put({
          param: { key: plan.key },
          json: { seenRevision: plan.revision, body, reason: reason.trim() || null },
        });
        saved = (await answer.json()) as RecordView;
      }
      dropDraft(place);
      if (submit && saved.state === 'draft')
        await recordsClient.records[':key'].transitions.$post({
          param: { key: saved.key },
          json: { seenRevision: saved.revision, transition: 'submit', reason: null },
        });
      await refreshRecords();
      showToast(submit ? `${saved.key} waits for approval.` : `${saved.key} is saved as a draft.`);
      await go(`/r/${saved.key}`);
    });
  return (
    <PageFrame
      title={`Plan of the ${product.title}`}
      state={plan ? <RecordState kind={kind} state={plan.state} /> : null}
      meta={
        <>
          {plan ? <AppLink to={`/r/${plan.key}`}>{plan.key}</AppLink> : <span>New</span>}
          <AppLink to={`/products/${product.key}`}>{product.title}</AppLink>
          <span>IEC 81001-5-1 4.1, 7.1</span>
        </>
      }
    >
      <ol className="steps" aria-label="Steps">
        {STEPS.map(({ id, title }, position) => (
          <li key={id}>
            <button
              type="button"
              className="choice"
              {...(id === step ? { 'aria-current': 'step' as const } : {})}
              onClick={() => show(id)}
            >
              {position + 1}. {title}
              {missing[id].length > 0 ? (
                <span className="muted small"> · {missing[id].length} open</span>
              ) : null}
            </button>
          </li>
        ))}
      </ol>
      <form
        className="stack"
        noValidate={true}
        onSubmit={(event) => {
          event.preventDefault();
          if (step !== 'review') show(STEPS[index + 1]?.id ?? 'review');
        }}
      >
        <StepBody step={step} body={body} change={change} product={product} />
        {step === 'review' ? (
          <>
            {needsReason ? (
              <ReasonField
                description="The plan was approved; say why it changes. What was approved stays in force until this is."
                value={reason}
                onChange={setReason}
              />
            ) : null}
            {error ? <ProblemNotice error={error} /> : null}
            {may ? null : <p className="muted">A security lead or quality writes the plan.</p>}
          </>
        ) : null}
        <div className="form__foot row">
          {index > 0 ? <Button onClick={() => show(STEPS[index - 1]?.id ?? 'scope')}>Back</Button> : null}
          {step === 'review' ? (
            <>
              <Button
                disabled={!may || missing.stops.length > 0}
                loading={busy}
                onClick={() => void save(false)}
              >
                Save draft
              </Button>
              {maySubmit ? (
                <Button
                  variant="filled"
                  disabled={!may || missing.stops.length > 0}
                  loading={busy}
                  onClick={() => void save(true)}
                >
                  Save and submit for review
                </Button>
              ) : (
                <span className="muted small">A security lead submits it for review.</span>
              )}
            </>
          ) : (
            <Button type="submit" variant="filled">
              Next: {STEPS[index + 1]?.title}
            </Button>
          )}
        </div>
      </form>
    </PageFrame>
  );
}

interface StepProps {
  readonly step: StepId;
  readonly body: Body;
  readonly change: (patch: Body) => void;
  readonly product: RecordView;
}

function StepBody({ step, body, change, product }: StepProps) {
  const text = (name: string) => String(body[name] ?? '');
  const long = (name: string, label: string, description: string, rows = 4) => (
    <Textarea
      label={label}
      description={description}
      autosize={true}
      minRows={rows}
      maxLength={name === 'scope' || name === 'schedule' ? 20_000 : 4_000}
      value={text(name)}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  );
  switch (step) {
    case 'scope':
      return (
        <Section title="Scope">
          <div className="form">
            <TextInput
              label="Title"
              withAsterisk={true}
              maxLength={300}
              value={text('title')}
              onChange={(event) => change({ title: event.currentTarget.value })}
            />
            {long(
              'scope',
              'What the plan covers',
              'Devices, software, services, tools; what is left out, and why. From design to decommissioning.',
            )}
            {long('intendedUse', 'Intended use', 'Taken from the product; the safety file says the same.')}
          </div>
        </Section>
      );
    case 'environment':
      return (
        <Section title="Use environment">
          <div className="form">
            {long(
              'useEnvironment',
              'Where it is used',
              'Rooms, networks, people who can reach it, what is assumed of the operator. What is only assumed is a duty that somebody must be told of.',
              6,
            )}
          </div>
        </Section>
      );
    case 'people':
      return <PeopleStep body={body} change={change} product={product} />;
    case 'policy':
      return (
        <Section title="Policy">
          <PolicyEditor
            policy={policyOf(body)}
            onChange={(policy) => change({ riskPolicy: JSON.parse(JSON.stringify(policy)) as Body })}
          />
        </Section>
      );
    case 'life':
      return <LifeStep body={body} change={change} long={long} />;
    case 'review':
      return <ReviewStep body={body} />;
  }
}

function PeopleStep({ body, change, product }: Omit<StepProps, 'step'>) {
  const roles = (Array.isArray(body.roles) ? body.roles : []) as unknown as PlannedRole[];
  const set = (next: readonly PlannedRole[]) => change({ roles: next.map((role) => ({ ...role })) });
  return (
    <Section
      title="People"
      aside={
        <AppLink to="/risk-file" search={{ product: product.id }}>
          Who holds them today
        </AppLink>
      }
    >
      <p className="muted small">
        Which roles the product needs, with which training, and how far from those whose work they judge. Who
        holds a role stands in the role assignments.
      </p>
      <div className="stack">
        {ROLES.filter(({ id }) => !['administrator', 'auditor', 'supplier-contact'].includes(id)).map(
          ({ id }) => {
            const at = roles.findIndex(({ role }) => role === id);
            const planned = roles[at];
            const edit = (patch: Partial<PlannedRole>) =>
              set(roles.map((role, position) => (position === at ? { ...role, ...patch } : role)));
            return (
              <fieldset key={id} className="plan-role">
                <legend>
                  <Checkbox
                    label={roleTitle(id as Role)}
                    checked={planned !== undefined}
                    onChange={(event) =>
                      event.currentTarget.checked
                        ? set([...roles, { role: id, duty: '', training: '', independence: 'same team' }])
                        : set(roles.filter(({ role }) => role !== id))
                    }
                  />
                </legend>
                {planned ? (
                  <div className="form">
                    <TextInput
                      label="Duty"
                      maxLength={1_000}
                      value={planned.duty}
                      onChange={(event) => edit({ duty: event.currentTarget.value })}
                    />
                    <TextInput
                      label="Training that is needed"
                      maxLength={1_000}
                      value={planned.training}
                      onChange={(event) => edit({ training: event.currentTarget.value })}
                    />
                    <NativeSelect
                      label="At least as independent as"
                      className="form__short"
                      value={planned.independence}
                      onChange={(event) =>
                        edit({ independence: event.currentTarget.value as PlannedRole['independence'] })
                      }
                      data={[...INDEPENDENCE]}
                    />
                  </div>
                ) : null}
              </fieldset>
            );
          },
        )}
      </div>
    </Section>
  );
}

function LifeStep({
  body,
  change,
  long,
}: Pick<StepProps, 'body' | 'change'> & {
  readonly long: (name: string, label: string, description: string, rows?: number) => ReactNode;
}) {
  const kind = useKind('plan');
  const fields = kind ? fieldsOf(kind.schema as Schema).filter(({ name }) => name === 'lifecycle') : [];
  return (
    <Section title="Life of the product">
      <div className="form">
        <NumberInput
          label="Security update cadence (days)"
          className="form__short"
          min={1}
          max={3_650}
          allowDecimal={false}
          value={typeof body.updateCadenceDays === 'number' ? body.updateCadenceDays : ''}
          onChange={(value) => change({ updateCadenceDays: typeof value === 'number' ? value : null })}
        />
        <TextInput
          label="Next review of the plan on"
          type="date"
          className="form__short"
          value={String(body.reviewOn ?? '')}
          onChange={(event) => change({ reviewOn: event.currentTarget.value || null })}
        />
        {long(
          'schedule',
          'Schedule',
          'When the threat model, the risks and the plan itself are looked at.',
          2,
        )}
      </div>
      <SchemaForm fields={fields} body={body} tried={false} onChange={(next) => change(next)} />
      <div className="form">
        {long(
          'decommissioning',
          'Duties at decommissioning',
          'What is owed when support ends and when a unit leaves service.',
          5,
        )}
      </div>
    </Section>
  );
}

function ReviewStep({ body }: Pick<StepProps, 'body'>) {
  const missing = lacks(body);
  const open = STEPS.flatMap(({ id, title }) => missing[id].map((what) => ({ title, what })));
  return (
    <Section title="Review">
      {open.length === 0 ? (
        <p>Every part is filled in. Somebody in quality approves it with a signature; its author cannot.</p>
      ) : (
        <>
          <p>Open, and seen by whoever approves:</p>
          <ul>
            {open.map(({ title, what }) => (
              <li key={`${title} ${what}`}>
                {title}: {what}
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
