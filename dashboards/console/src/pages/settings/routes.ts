import type { RouteComponent, RouteRecordRaw } from 'vue-router'
import { SECTIONS, settingsWords as t } from './sections.ts'

type Page = () => Promise<RouteComponent>

const PAGES: Record<(typeof SECTIONS)[number]['path'], Page> = {
  site: () => import('./site/site-page.vue'),
  devices: () => import('./devices/devices-page.vue'),
  profiles: () => import('./profiles/profiles-page.vue'),
  rules: () => import('./rules/rules-page.vue'),
  channels: () => import('./channels/channels-page.vue'),
  duty: () => import('./duty/duty-page.vue'),
  'tariffs-and-facts': () => import('./facts/facts-page.vue'),
  users: () => import('./users/users-page.vue'),
  audit: () => import('./audit/audit-page.vue'),
  backup: () => import('./backup/backup-page.vue'),
  about: () => import('./about/about-page.vue'),
}

export const settingsRoutes: RouteRecordRaw[] = [
  {
    path: '/settings',
    component: () => import('./shell/settings-layout.vue'),
    children: [
      { path: '', redirect: '/settings/site' },
      ...SECTIONS.map(({ path, title }) => ({ path, component: PAGES[path], meta: { title: () => t(title) } })),
      {
        path: 'devices/add',
        component: () => import('./wizard/wizard-page.vue'),
        meta: { title: () => t('addDevice') },
      },
      {
        path: 'profiles/:vendor/:model',
        component: () => import('./profiles/profile-page.vue'),
        props: true,
        meta: { title: () => t('profiles') },
      },
    ],
  },
]
