import { IconAlertHexagon, IconListDetails, IconMessageQuestion } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    {
      path: '/questions',
      title: 'Questions',
      icon: IconMessageQuestion,
      keys: 'g q',
      order: 320,
      section: 'Design',
    },
    {
      path: '/threats',
      title: 'Threats',
      icon: IconAlertHexagon,
      keys: 'g t',
      order: 330,
      section: 'Design',
    },
    { path: '/rules', title: 'Rules', icon: IconListDetails, keys: 'g u', order: 390, section: 'Design' },
  ],
  routes: [
    { path: '/questions', load: () => import('./QuestionsPage.tsx') },
    { path: '/threats', load: () => import('./ThreatsPage.tsx') },
    { path: '/rules', load: () => import('./RulesPage.tsx') },
    { path: '/rules/$pack', load: () => import('./RulePackPage.tsx') },
  ],
  modelTabs: [{ id: 'questions', title: 'Questions', order: 400, load: () => import('./QuestionsTab.tsx') }],
  modelQuestions: { load: () => import('./model-questions.ts') },
  modelDifference: { load: () => import('./AffectedThreats.tsx') },
  panels: [
    { kind: 'system-model', load: () => import('./ModelPanel.tsx') },
    { kind: 'threat', load: () => import('./ThreatPanel.tsx') },
  ],
};
