import type { RouteRecordRaw } from 'vue-router'
import { shellWords as t } from '../../parts/shell-words.ts'

export const loginRoutes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('./login-page.vue'),
    meta: { open: true, title: () => t('signIn') },
  },
]
