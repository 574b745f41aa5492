// One person's work on one model: history, draft, saving as a revision, and merging what somebody else saved meanwhile.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { ProblemError, recordsClient } from '../../../web/client.ts';
import { announce } from '../../../web/design/announcer.ts';
import { showProblem, showToast } from '../../../web/design/toasts.ts';
import { recordQuery, refreshRecords, revisionQuery } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import { type Layout, layoutDifference } from '../layout-model.ts';
import { type Merge, mergeModels, type Side } from '../merge.ts';
import { SystemModel } from '../metamodel.ts';
import { begin, type History, rebase, record as recordStep, redo, undo } from './editing/history.ts';
import { dropModelDraft, keepModelDraft, readModelDraft } from './model-draft.ts';
import { putLayout } from './model-queries.ts';

/** Both changed the same: somebody has to choose. */
export interface OpenMerge {
  readonly base: SystemModel;
  readonly mine: SystemModel;
  readonly theirs: SystemModel;
  readonly revision: number;
  readonly by: string;
  readonly merge: Merge;
  readonly reason: string | null;
}

export interface ModelEditor {
  readonly record: RecordView;
  readonly model: SystemModel;
  readonly layout: Layout;
  /** The revision that the work began from. */
  readonly base: SystemModel;
  readonly revision: number;
  readonly mayEdit: boolean;
  readonly dirty: boolean;
  readonly saving: boolean;
  readonly error: unknown;
  /** When the draft was kept that this work goes on from. */
  readonly draftFrom: string | null;
  readonly draftLost: boolean;
  /** Somebody else's newer revision, while there is work here. */
  readonly newer: number | null;
  readonly openMerge: OpenMerge | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly needsReason: boolean;
  /** `group`: changes that follow quickly under one name are one step. */
  readonly change: (label: string, model: SystemModel, options?: { layout?: Layout; group?: string }) => void;
  readonly arrange: (label: string, layout: Layout) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly save: (reason?: string) => Promise<void>;
  readonly resolve: (choices: Readonly<Record<string, Side>>) => Promise<void>;
  readonly leaveMerge: () => void;
  readonly mergeNow: () => Promise<void>;
  readonly discard: () => void;
}

const LAYOUT_MS = 700;
const DRAFT_MS = 500;

/** `stored` and `draft` are as they were when the page was opened. */
export function useModelEditor(record: RecordView, layout: Layout): ModelEditor {
  const { key } = record;
  const [draft] = useState(() => (record.mayEdit ? readModelDraft(key) : null));
  const stored = useMemo(() => SystemModel.parse(record.body), [record.body]);
  const [base, setBase] = useState(stored);
  const [revision, setRevision] = useState(draft?.revision ?? record.revision);
  const [history, setHistory] = useState<History>(() => begin({ model: draft?.model ?? stored, layout }));
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [openMerge, setOpenMerge] = useState<OpenMerge | null>(null);
  const [draftLost, setDraftLost] = useState(false);
  const { model } = history.now;
  const dirty = model !== base;

  // A draft that began from an older revision: that revision is its base, and nothing is saved before it is here.
  const [outdated] = useState(draft !== null && draft.revision !== record.revision);
  const older = useQuery({
    ...revisionQuery(key, draft?.revision ?? record.revision),
    enabled: outdated,
  });
  const olderBase = useMemo(
    () => (older.data && draft?.revision === older.data.revision ? SystemModel.parse(older.data.body) : null),
    [older.data, draft],
  );
  useEffect(() => {
    if (olderBase) setBase(olderBase);
  }, [olderBase]);

  // Nothing is being worked on here: somebody else's revision is simply shown.
  useEffect(() => {
    if (record.revision <= revision || dirty) return;
    setBase(stored);
    setRevision(record.revision);
    setHistory((now) => begin({ model: stored, layout: now.now.layout }));
  }, [record.revision, revision, dirty, stored]);

  useEffect(() => {
    if (!record.mayEdit) return;
    const timer = setTimeout(() => {
      if (dirty) setDraftLost(!keepModelDraft(key, { revision, model, at: new Date().toISOString() }));
      else dropModelDraft(key);
    }, DRAFT_MS);
    return () => clearTimeout(timer);
  }, [key, dirty, model, revision, record.mayEdit]);
  useEffect(() => {
    if (!draftLost) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [draftLost]);

  // Places are stored as they change: they are no part of a revision.
  const kept = useRef(layout);
  const places = history.now.layout;
  useEffect(() => {
    if (!record.mayEdit) return;
    const send = () => {
      const change = layoutDifference(kept.current, places);
      if (Object.keys(change).length === 0) return;
      kept.current = places;
      putLayout(key, change).catch(showProblem);
    };
    const timer = setTimeout(send, LAYOUT_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [key, places, record.mayEdit]);
  const latestPlaces = useRef(places);
  latestPlaces.current = places;
  useEffect(
    () => () => {
      // The page is left before the last move was sent.
      const change = layoutDifference(kept.current, latestPlaces.current);
      if (Object.keys(change).length === 0) return;
      kept.current = latestPlaces.current;
      putLayout(key, change)
        .then(() => queryClient.invalidateQueries({ queryKey: ['system-layout', key] }))
        .catch(showProblem);
    },
    [key],
  );

  const change: ModelEditor['change'] = useCallback((label, next, options) => {
    setHistory((now) =>
      recordStep(
        now,
        label,
        { model: next, layout: options?.layout ?? now.now.layout },
        { at: Date.now(), ...(options?.group === undefined ? {} : { group: options.group }) },
      ),
    );
  }, []);
  const arrange = useCallback((label: string, next: Layout) => {
    setHistory((now) => recordStep(now, label, { model: now.now.model, layout: next }, { at: Date.now() }));
  }, []);
  const latest = useRef(history);
  latest.current = history;
  const step = (way: typeof undo, words: string) => {
    const done = way(latest.current);
    if (!done) return;
    setHistory(done.history);
    announce(`${words}: ${done.label}`);
  };

  const put = async (body: SystemModel, seenRevision: number, reason: string | null) => {
    const answer = await recordsClient.records[':key'].$put({
      param: { key },
      json: { seenRevision, body, reason },
    });
    const saved = await answer.json();
    const now = SystemModel.parse(saved.body);
    dropModelDraft(key);
    setBase(now);
    setRevision(saved.revision);
    // What is shown stays the same object where it says the same, so that undo goes on working over a save.
    setHistory((before) =>
      before.now.model === body ? { ...before, now: { ...before.now, model: now } } : before,
    );
    queryClient.setQueryData(recordQuery(key).queryKey, saved);
    showToast(`${key} saved as revision ${saved.revision}.`);
    void refreshRecords();
  };

  /** Puts this work on top of the newest revision; the model to save, or null when somebody has to choose. */
  const onTop = async (
    mine: SystemModel,
    reason: string | null,
  ): Promise<{ model: SystemModel; revision: number } | null> => {
    const newest = await queryClient.fetchQuery({ ...recordQuery(key), staleTime: 0 });
    const theirs = SystemModel.parse(newest.body);
    const merge = mergeModels(base, mine, theirs);
    const by = newest.updatedBy?.name ?? 'Somebody';
    if (merge.conflicts.length > 0) {
      setOpenMerge({ base, mine, theirs, revision: newest.revision, by, merge, reason });
      return null;
    }
    setBase(theirs);
    setRevision(newest.revision);
    setHistory((now) => rebase(now, merge.model));
    showToast(`${by} saved revision ${newest.revision} meanwhile. Your work now stands on top of it.`);
    return { model: merge.model, revision: newest.revision };
  };

  const attempt = async (work: () => Promise<void>) => {
    setSaving(true);
    setError(null);
    try {
      await work();
    } catch (refusal) {
      setError(refusal);
      announce('Saving failed.', 'urgent');
    } finally {
      setSaving(false);
    }
  };
  const save = (reason?: string) =>
    attempt(async () => {
      if (outdated && olderBase === null)
        throw older.error ?? new Error('The revision that the draft began from is not here yet.');
      const said = reason?.trim() || null;
      let body = model;
      let seen = revision;
      // Somebody may save again and again; after some rounds the refusal is shown.
      for (let round = 0; ; round += 1) {
        try {
          await put(body, seen, said);
          return;
        } catch (refusal) {
          const stale = refusal instanceof ProblemError && refusal.code === 'record.stale-revision';
          if (!stale || round >= 3) throw refusal;
          const merged = await onTop(body, said);
          if (merged === null) return;
          body = merged.model;
          seen = merged.revision;
        }
      }
    });

  return {
    record,
    model,
    layout: places,
    base,
    revision,
    mayEdit: record.mayEdit,
    dirty,
    saving,
    error,
    draftFrom: draft !== null && dirty ? draft.at : null,
    draftLost,
    newer: dirty && record.revision > revision ? record.revision : null,
    openMerge,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    needsReason: record.state === 'approved',
    change,
    arrange,
    undo: () => step(undo, 'Undone'),
    redo: () => step(redo, 'Done again'),
    save,
    resolve: (choices) =>
      attempt(async () => {
        const open = openMerge;
        if (open === null) return;
        const chosen = mergeModels(open.base, open.mine, open.theirs, choices).model;
        setBase(open.theirs);
        setRevision(open.revision);
        setHistory((now) => rebase(now, chosen));
        setOpenMerge(null);
        await put(chosen, open.revision, open.reason);
      }),
    leaveMerge: () => setOpenMerge(null),
    mergeNow: () =>
      attempt(async () => {
        if (outdated && olderBase === null) return;
        await onTop(model, null);
      }),
    discard: () => {
      dropModelDraft(key);
      setBase(stored);
      setRevision(record.revision);
      setError(null);
      setHistory((now) => begin({ model: stored, layout: now.now.layout }));
    },
  };
}
