import type { RouteRecordRaw } from 'vue-router'
import { guideTitles as t } from './titles/guide-titles.ts'

export const guideRoutes: RouteRecordRaw[] = [
  {
    path: '/guide',
    component: () => import('./guide-layout.vue'),
    children: [
      { path: '', component: () => import('./launcher/launcher-page.vue'), meta: { title: () => t('launcher') } },
      {
        path: 'run/:id',
        component: () => import('./run/run-page.vue'),
        props: true,
        meta: { title: () => t('run') },
      },
      {
        path: 'rehearse',
        component: () => import('./launcher/rehearse-page.vue'),
        meta: { title: () => t('rehearse') },
      },
      { path: 'records', component: () => import('./records/records-page.vue'), meta: { title: () => t('records') } },
      {
        path: 'records/:id',
        component: () => import('./records/record-page.vue'),
        props: true,
        meta: { title: () => t('records') },
      },
      { path: 'cards', component: () => import('./cards/cards-page.vue'), meta: { title: () => t('cards') } },
    ],
  },
]
