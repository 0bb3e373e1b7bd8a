import type { RouteRecordRaw } from 'vue-router'

/** Its title counts what is out of order, so the page writes it itself. */
export const counterRoutes: RouteRecordRaw[] = [{ path: '/counter', component: () => import('./counter-page.vue') }]
