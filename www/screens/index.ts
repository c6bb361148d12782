// The screens, in the order of the navigation. The first is part of the first view; the others load when they are shown.
import type { Screens } from '../ui/shell.tsx';
import { Groups } from './groups/groups.tsx';

export const SCREENS: Screens = [
  { name: 'groups', title: 'Groups', component: Groups },
  { name: 'bulk', title: 'Members in bulk', load: () => import('./bulk/bulk.tsx') },
  { name: 'rules', title: 'Rules', load: () => import('./rules/rules.tsx') },
  { name: 'people', title: 'People', load: () => import('./people/people.tsx') },
  { name: 'compare', title: 'Compare', load: () => import('./compare/compare.tsx') },
  { name: 'insights', title: 'Insights', load: () => import('./insights/insights.tsx') },
  { name: 'activity', title: 'Activity', load: () => import('./activity/activity.tsx') },
  { name: 'org', title: 'Org', load: () => import('./org/org.tsx') },
];
