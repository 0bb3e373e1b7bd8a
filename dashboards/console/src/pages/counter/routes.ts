import type { RouteRecordRaw } from 'vue-router'

export const counterRoutes: RouteRecordRaw[] = [{ path: '/counter', component: () => import('./counter-page.vue') }]
